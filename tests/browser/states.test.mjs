// axe-core on every state of the chat, in four themes, at 320, 360 and 1280 px, in light, dark and forced colours: no violation,
// and what axe cannot decide is explained below. The suite takes one theme at two widths, `cargo xtask prove` all.
// Also: sizes of targets, reflow at 320 x 256, text spacing.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, BASE, box, closeBrowser, launcher, open } from './support.mjs';
import { choose, html, PROVE, TAG, visitor } from './host.mjs';

after(closeBrowser);

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What axe cannot decide by itself, and why it is right. A pattern of `state, mode: rule: target (why)`. */
const EXPLAINED = [
  [/color-contrast: .*\.option-number \(Element content is too short/, 'a single digit; its colours are those of the send button, which axe measures'],
  [/color-contrast: .*#input \(Element has no value/, 'an empty box; the colours of its text are measured where something is typed'],
  [/(color-contrast|link-in-text-block): .*Axe encountered an error/, 'axe fails on nodes half scrolled out of the log; the same kinds of nodes are measured in the states where they are in sight'],
  [/^(suggestions|suggestion with the focus|menu open|larger text|largest text), .*color-contrast: .*overlap/, 'covered by the open list or menu (which stays open when the text grows), or the list itself lying over the log; both have a ground of their own'],
];

const theme = (light, dark, more) => {
  const rules = colours => Object.entries(colours).map(([name, value]) => `--lokalsvar-${name}:${value};`).join('');
  return `lokalsvar-chat{${rules(light)}${more}} @media (prefers-color-scheme:dark){lokalsvar-chat{${rules(dark)}}}`;
};
const THEMES = {
  eksempelby: { kommune: 'eksempelby' },
  fjordby: { kommune: 'fjordby' },
  'purple, round, serif': { kommune: 'eksempelby', css: theme(
    { primary: '#5b2a86', 'on-primary': '#ffffff', background: '#f7f2fb', surface: '#ffffff', text: '#22172b', muted: '#5d5068', border: '#877795', link: '#5b2a86' },
    { primary: '#d3b3ee', 'on-primary': '#2a1140', background: '#17101d', surface: '#241a2d', text: '#f5eefb', muted: '#bfaecd', border: '#8d7a9d', link: '#d9bdf2' },
    '--lokalsvar-corner:24px;--lokalsvar-font:Georgia,serif') },
  'black and yellow, square': { kommune: 'fjordby', css: theme(
    { primary: '#000000', 'on-primary': '#ffe600', background: '#ffffff', surface: '#ffffff', text: '#000000', muted: '#333333', border: '#000000', link: '#00309c' },
    { primary: '#ffe600', 'on-primary': '#000000', background: '#000000', surface: '#000000', text: '#ffffff', muted: '#dddddd', border: '#ffffff', link: '#ffe600' },
    '--lokalsvar-corner:0px') },
};
const WIDTHS = PROVE ? [320, 360, 1280] : [320, 1280];
const MODES = [{ colorScheme: 'light', forcedColors: 'none' }, { colorScheme: 'dark', forcedColors: 'none' }, { colorScheme: 'light', forcedColors: 'active' }];
const mode = ({ colorScheme, forcedColors }) => forcedColors === 'active' ? 'forced colours' : colorScheme;

const press = (page, name) => page.evaluate(name => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  const all = [...root.querySelectorAll('button, summary')].filter(node => node.getClientRects().length && new RegExp(name).test(node.getAttribute('aria-label') || node.textContent));
  all.at(-1).click();
}, name);

/** The states in the order in which one page comes through them. */
const STATES = {
  launcher: page => launcher(page).waitFor(),
  'no network': async page => {
    await page.route(BASE + '*.kb', route => route.abort());
    await page.evaluate(() => window.lokalsvar.open());
    await page.getByRole('button', { name: 'Prøv igen' }).waitFor({ timeout: 20_000 });
    await page.unroute(BASE + '*.kb');
  },
  'launcher with the focus': page => page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('[part=launcher]').focus()),
  loading: async page => {
    let go;
    const held = new Promise(done => { go = done; });
    await page.route(BASE + '*.kb', async route => { await held; await route.continue(); });
    await page.evaluate(() => { window.lokalsvar.open(); });
    await page.getByText('Henter').waitFor();
    return async () => { go(); await box(page).waitFor(); await page.unroute(BASE + '*.kb'); };
  },
  welcome: page => box(page).waitFor(),
  'one letter typed': page => box(page).fill('p'),
  suggestions: page => box(page).pressSequentially('as'),
  'suggestion with the focus': page => box(page).press('ArrowUp'),
  'five lines typed': async page => { await box(page).fill('linje\n'.repeat(6)); return () => box(page).fill(''); },
  clarify: page => ask(page, 'pas'),
  'clarify, chosen': page => page.evaluate(() => [...document.querySelector('lokalsvar-chat').shadowRoot.querySelectorAll('.option:not([aria-disabled=true])')].at(-1).click()),
  answer: page => ask(page, 'hvad koster et pas'),
  'answer read to its end': page => press(page, 'Læs mere').catch(() => {}),
  'rated yes': page => press(page, '^Ja$'),
  'opening hours': page => ask(page, 'hvornår har borgerservice åbent'),
  'rated no': page => press(page, '^Nej$'),
  fallback: page => ask(page, 'hvad er meningen med livet'),
  crisis: page => ask(page, 'jeg vil ikke leve mere'),
  'small talk': page => ask(page, 'tak for hjælpen'),
  'menu open': async page => { await press(page, '^Menu$'); return () => press(page, '^Menu$'); },
  'privacy open': async page => { await press(page, 'Det du skriver'); return () => press(page, 'Det du skriver'); },
  'larger text': page => choose(page, 'Større tekst'),
  'largest text': async page => {
    await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#menu').hidden || document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#menu-button').click());
    await page.waitForTimeout(30);
    await choose(page, 'Endnu større tekst');
    return async () => { await page.evaluate(() => [...document.querySelector('lokalsvar-chat').shadowRoot.querySelectorAll('.menu-item')].find(item => item.textContent === 'Almindelig tekst').click()); await press(page, '^Menu$'); };
  },
  'in English': async page => { await press(page, 'English'); await ask(page, 'how do I renew my passport'); },
  deleted: page => choose(page, 'Delete the conversation|Slet samtalen'),
  'closed again': page => page.evaluate(() => window.lokalsvar.close()),
};

/** Under forced colours contrast is not asked for: the browser paints what the citizen chose, and axe reads a mixture of both. */
async function axe(page, { forcedColors }) {
  return page.evaluate(async contrast => {
    // axe finds the ground of a colour only inside the body, and the chat stands beside it: in, without losing focus, and out.
    const host = document.querySelector('lokalsvar-chat');
    document.body.moveBefore(host, null);
    const { violations, incomplete } = await window.axe.run({ include: [['lokalsvar-chat']] },
      { resultTypes: ['violations', 'incomplete'], rules: { 'color-contrast': { enabled: contrast } } });
    const list = rules => rules.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.flat().join(' ')} (${[...node.any, ...node.all, ...node.none].map(check => check.message).join('; ')})`));
    document.documentElement.moveBefore(host, null);
    return { violations: list(violations), incomplete: list(incomplete) };
  }, forcedColors === 'none');
}

/** Every target of 24 px at least, or far enough from the next; links within a sentence are excepted (WCAG 2.5.8). */
const small = page => page.evaluate(() => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  return [...root.querySelectorAll('button, a[href], textarea, summary')].filter(node => {
    const { width, height } = node.getBoundingClientRect();
    const inline = node.localName === 'a' && getComputedStyle(node).display === 'inline';
    return node.getClientRects().length && !inline && (width < 24 || height < 24);
  }).map(node => node.outerHTML.slice(0, 90));
});

for (const [name, { kommune, css = '' }] of Object.entries(THEMES).slice(0, PROVE ? 4 : 1)) {
  for (const width of WIDTHS) {
    test(`${Object.keys(STATES).length} states, theme ${name}, ${width} px, light, dark and forced colours`, async t => {
      const page = await visitor({ 'side.html': html(`<main><h1>Side</h1></main>${TAG.replace('eksempelby', kommune)}`, `<style>${css}</style>`) }, { width, height: 800, reducedMotion: 'reduce' });
      await page.evaluate(source);
      const [bad, open_] = [[], []];
      let runs = 0;
      for (const [state, reach] of Object.entries(STATES)) {
        const leave = await reach(page);
        await page.waitForTimeout(40);
        const modes = PROVE ? MODES : [MODES[runs % 3]];
        for (const media of modes) {
          await page.emulateMedia(media);
          const { violations, incomplete } = await axe(page, media);
          runs++;
          bad.push(...violations.map(text => `${state}, ${mode(media)}: ${text}`));
          open_.push(...incomplete.map(text => `${state}, ${mode(media)}: ${text}`).filter(text => !EXPLAINED.some(([pattern]) => pattern.test(text))));
        }
        bad.push(...(await small(page)).map(text => `${state}: small ${text}`));
        if (typeof leave === 'function') await leave();
      }
      t.diagnostic(`${runs} runs of axe, ${bad.length} violations, ${open_.length} incomplete without an explanation`);
      assert.deepEqual([bad, open_], [[], []]);
      await page.context().close();
    });
  }
}
