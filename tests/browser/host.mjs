// Pages of a kommune's own, made up by a test: any HTML, any headers, on another origin than the chat; and a citizen
// who talks in the page itself, which is quick enough for hundreds of conversations.
// `LOKALSVAR_PROVE=1` (`cargo xtask prove`) means the long form of every test.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { BASE, citizen } from './support.mjs';
import { examples } from './utterances.mjs';

export const PROVE = process.env.LOKALSVAR_PROVE === '1';

const served = new Map();
const server = createServer((request, response) => {
  const { body = '', headers = {}, status = 404 } = served.get(request.url.slice(1).replace(/[?].*/, '')) ?? {};
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers }).end(body);
});
server.unref();
await new Promise(done => server.listen(0, '127.0.0.1', done));

/** Origin of the made-up pages: not the chat's. */
export const HOST = `http://127.0.0.1:${server.address().port}/`;

export const TAG = `<script src="${BASE}lokalsvar.js" data-kommune="eksempelby" async></script>`;

export const html = (body, head = '') =>
  `<!doctype html><html lang="da"><head><meta charset="utf-8"><title>Vært</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;

/** Serves made-up pages, path to HTML, until the end of the file. */
export function serve(pages, headers = {}) {
  for (const [path, body] of Object.entries(pages)) served.set(path, { body, headers, status: 200 });
}

/** A citizen on made-up pages; the first one is visited. */
export function visitor(pages, { headers, ...options } = {}) {
  serve(pages, headers);
  return citizen({ ...options, path: Object.keys(pages)[0], base: HOST });
}

/** Says each line and waits for the answer; gives the texts of the answers, or null where none came. */
export const talk = (page, lines) => page.evaluate(async lines => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  const said = () => [...root.querySelectorAll('[part~=bot-message]')];
  const answers = [];
  for (const line of lines) {
    const box = root.querySelector('#input');
    const words = line.split(' ');
    for (const [i] of words.entries()) { // type-ahead looks at every word
      box.value = words.slice(0, i + 1).join(' ');
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
    const before = said().length;
    root.querySelector('[part~=send]').click();
    for (let i = 0; i < 200 && said().length === before; i++) await new Promise(done => setTimeout(done, 5));
    answers.push(said().slice(before).map(node => node.innerText).join('\n') || null);
  }
  return answers;
}, lines);

/** Presses an item of the chat's menu; `label` may be a pattern, as the conversation may have gone over to English. */
export const choose = (page, label) => page.evaluate(async label => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  root.querySelector('#menu-button').click();
  [...root.querySelectorAll('.menu-item')].find(item => new RegExp(`^(${label})$`).test(item.textContent.trim())).click();
  await new Promise(done => setTimeout(done, 20));
}, label);

/** `count` conversations, each a list of lines: the authored ones, then groups of example utterances. */
export function conversations(count) {
  const folder = new URL('../../kb-bundle/faelles/', import.meta.url);
  const authored = readdirSync(folder).filter(name => name.endsWith('.samtaler')).sort().flatMap(name =>
    readFileSync(new URL(name, folder), 'utf8').split(/^---.*---$/m).slice(1)
      .map(part => part.split('\n').filter(line => line.startsWith('> ')).map(line => line.slice(2)).filter(line => !line.startsWith('['))));
  const rows = examples('eksempelby').map(row => row.text);
  const all = authored.filter(lines => lines.length);
  for (let i = 0, step = 37; all.length < count; i++) {
    all.push(Array.from({ length: 1 + (i % 3) }, (_, turn) => rows[((i * 3 + turn) * step) % rows.length]));
  }
  return all.slice(0, count);
}

/** What lies in the tab, readable: the stored conversation is base64 of a binary record. */
export const kept = page => page.evaluate(() => Object.fromEntries(Object.entries(sessionStorage).map(([name, value]) => {
  let text = value;
  try {
    text += ' ' + new TextDecoder().decode(Uint8Array.from(atob(value), char => char.charCodeAt()));
  } catch {
    // not base64
  }
  return [name, text];
})));
