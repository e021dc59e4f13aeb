// Texts that become a script where somebody takes text for markup: every way of breaking out of what stands before it, times every
// element and attribute that runs something, times how it may be written. Each would set `window.pwned`.

const RUNS = ['window.pwned=1', 'pwned=1', 'top.pwned=1', 'self[`pwned`]=1', 'alert(pwned=1)', "eval('pwned=1')"];

/** What leaves the place that the text stands in. */
const BREAKS = ['', '">', "'>", '`>', '</textarea>', '</title>', '</style>', '</script>', '--></p>', ']]>', '\u2028"><', '</option></select>'];

const elements = run => [
  `<script>${run}</script>`,
  `<script src="data:text/javascript,${run}"></script>`,
  `<script type=module>${run}</script>`,
  `<svg><script>${run}</script></svg>`,
  `<img src=x onerror="${run}">`,
  `<svg onload=${run}>`,
  `<body onload="${run}">`,
  `<details open ontoggle="${run}">`,
  `<input autofocus onfocus="${run}">`,
  `<video><source onerror="${run}"></video>`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<iframe src="javascript:parent.${run}"></iframe>`,
  `<object data="javascript:${run}"></object>`,
  `<a href="javascript:${run}">klik</a>`,
  `<form action="javascript:${run}"><button>send</button></form>`,
  `<math><a xlink:href="javascript:${run}">x</a></math>`,
  `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<link rel=stylesheet href="data:text/css,*{background:url(javascript:${run})}">`,
  `<style>@import "javascript:${run}";</style>`,
  `<base href="javascript:${run}//">`,
  `<template><img src=x onerror="${run}"></template>`,
  `<marquee onstart="${run}">`,
  `<select onfocus="${run}" autofocus>`,
  `<style onload="${run}"></style>`,
];

/** How it may be written. */
const WRITTEN = [
  text => text,
  text => text.replace(/<(\w+)/, (_, tag) => `<${tag.toUpperCase()}`),
  text => text.replace(/<(\w+) /, '<$1/'),
  text => text.replace(/<(\w+) /, '<$1\t'),
  text => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  text => text.replaceAll('<', '\\u003c'),
  text => text.replaceAll('<', '%3C').replaceAll('>', '%3E'),
  text => text.replace('javascript:', 'java&#x09;script:'),
  text => text.replace('javascript:', ' JaVaScRiPt:'),
  text => `${text}{{constructor.constructor('pwned=1')()}}\${pwned=1}`,
];

/** All of them, none twice; the same ones at every run. */
export const PAYLOADS = [...new Set(BREAKS.flatMap((out, at) => WRITTEN.flatMap((write, how) =>
  elements(RUNS[(at + how) % RUNS.length]).map(text => out + write(text)))))].filter((_, at) => at % 4 === 0);
