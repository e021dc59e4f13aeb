// axe-core on every state of the chat, in four themes, at 320, 360 and 1280 px, in light, dark and forced colours: no violation,
// and what axe cannot decide is explained below. The suite takes one theme at two widths, `cargo xtask prove` all.
// Also: sizes of targets, reflow at 320 x 256, text spacing.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closeBrowser } from './support.mjs';
import { html, PROVE, TAG, visitor } from './host.mjs';
import { STATES, THEMES } from './states.mjs';

after(closeBrowser);

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** What axe cannot decide by itself, and why it is right. A pattern of `state, mode: rule: target (why)`. */
const EXPLAINED = [
  [/color-contrast: .*\.option-number \(Element content is too short/, 'a single digit; its colours are those of the send button, which axe measures'],
  [/color-contrast: .*#input \(Element has no value/, 'an empty box; the colours of its text are measured where something is typed'],
  [/(color-contrast|link-in-text-block): .*Axe encountered an error/, 'axe fails on nodes half scrolled out of the log; the same kinds of nodes are measured in the states where they are in sight'],
  [/^(suggestions|suggestion with the focus|menu open|larger text|largest text), .*color-contrast: .*overlap/, 'covered by the open list or menu (which stays open when the text grows), or the list itself lying over the log; both have a ground of their own'],
];

const WIDTHS = PROVE ? [320, 360, 1280] : [320, 1280];
const MODES = [{ colorScheme: 'light', forcedColors: 'none' }, { colorScheme: 'dark', forcedColors: 'none' }, { colorScheme: 'light', forcedColors: 'active' }];
const mode = ({ colorScheme, forcedColors }) => forcedColors === 'active' ? 'forced colours' : colorScheme;

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
