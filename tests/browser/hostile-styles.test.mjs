// Style sheets of the page that would spoil a chat without a shadow root: launcher and opened panel look as on the clean
// page, to 0.1 % of the points. The page is empty; compared is
// the part of the window in which launcher and panel lie on the clean page, and launcher alone before opening.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ask, box, closeBrowser, hear, launcher, quiet } from './support.mjs';
import { html, TAG, visitor } from './host.mjs';
import { difference } from './png.mjs';

after(closeBrowser);

const SHEETS = {
  'div and span hidden': 'div, span, section, p, ul, li { display: none !important }',
  'everything unset': '* { all: unset !important } head, script, style, title { display: none !important }',
  'everything initial, by a list': 'body *, body *::before, body *::after { margin: 40px !important; padding: 9px !important; border: 3px dashed red !important; box-sizing: content-box !important }',
  'a rem of 10 px': 'html { font-size: 62.5% !important } body { font-size: 3rem !important; line-height: 3 !important }',
  'a rem of 40 px': 'html { font-size: 40px !important }',
  'right to left': 'html, body, body * { direction: rtl !important; unicode-bidi: bidi-override !important; text-align: right !important }',
  'transitions and animations on everything': 'body * { transition: all 3s !important; animation: spin 5s infinite !important } * { transition: all 1s } @keyframes spin { to { transform: rotate(360deg); opacity: .2 } }',
  'a cover with a huge z-index': 'body::after { content: ""; position: fixed; inset: 0; z-index: 2147482999; background: #fff }',
  'a reset of buttons and inputs': 'button, input, textarea, a, [role=button] { all: unset !important; position: absolute !important; width: 2px !important; font: 5px serif !important; color: lime !important }',
  'no pictures': 'svg, img, path, use { display: none !important; fill: red !important; width: 200px !important }',
  'variables with our names': ':root { --primary: red; --on-primary: red; --background: lime; --surface: lime; --text: lime; --muted: red; --border: red; --link: red; --corner: 0; --hair: red; --tint: red }',
  'narrow boxes': 'body > *, body * { max-width: 30px !important; max-height: 30px !important; min-width: 0 !important; overflow: hidden !important; width: 20px !important; height: 20px !important }',
  'letters apart, in capitals': 'html, body, body * { letter-spacing: .4em !important; word-spacing: 2em !important; text-transform: uppercase !important; font: italic 900 30px fantasy !important; text-indent: 3em !important; white-space: nowrap !important }',
  'half transparent, blurred, upside down': 'body > * { opacity: .3 !important; filter: blur(4px) !important; transform: rotate(180deg) !important; mix-blend-mode: difference !important; clip-path: circle(3px) !important }',
  'unknown elements hidden': ':not(:defined), lokalsvar-chat, body > :last-child { display: none !important; visibility: hidden !important; pointer-events: none !important; content-visibility: hidden !important }',
  'floats, columns and grid': 'body, body * { float: left !important; columns: 3 !important; display: inline !important; position: static !important; inset: auto !important; z-index: -1 !important }',
  'parts and hosts': '::part(foo), lokalsvar-chat::before, lokalsvar-chat::after { content: "X" !important; display: block !important; font-size: 99px !important; background: red !important }',
  'a body that scrolls by itself': 'html, body { height: 100% !important; overflow: hidden auto !important; margin: 0 !important; position: relative !important }',
  'zoom on the body': 'body { zoom: 1.3 }',
  'a transformed body': 'body { transform: translateY(30px) scale(.9) }',
  'a filter on the body': 'body { filter: grayscale(1); contain: paint; will-change: transform }',
  'dark colour scheme forced': ':root { color-scheme: dark; accent-color: red; caret-color: red } body { user-select: none; cursor: none; pointer-events: none; -webkit-text-fill-color: red; -webkit-text-stroke: 2px red; text-shadow: 0 0 9px red }',
};

/** Where the chat lies on the clean page at 1280 x 900, with its shadow and nothing else. */
const LAUNCHER = { x: 1130, y: 825, width: 150, height: 75 };
const CHAT = { x: 830, y: 90, width: 450, height: 810 };

async function pictures(css) {
  const page = await visitor({ 'side.html': html(TAG, `<style>html{background:#fff}</style><style>${css}</style>`) });
  await launcher(page).waitFor({ timeout: 20_000 });
  const button = await page.screenshot({ clip: LAUNCHER });
  await launcher(page).click({ timeout: 20_000 });
  await box(page).waitFor({ timeout: 20_000 });
  await hear(page, 'ready');
  await page.waitForTimeout(400);
  const welcome = await page.screenshot({ clip: CHAT });
  await ask(page, 'hvad koster et pas');
  await page.waitForTimeout(700);
  const answer = await page.screenshot({ clip: CHAT });
  quiet(page);
  await page.context().close();
  return { button, welcome, answer };
}

let clean;
test('two clean pages look the same', async () => {
  clean = await pictures('');
  const again = await pictures('');
  for (const state of Object.keys(clean)) assert.ok(difference(clean[state], again[state]) <= 0.0001, state);
});

for (const [what, css] of Object.entries(SHEETS)) {
  test(`${what}: the chat looks as on a clean page`, async t => {
    const seen = await pictures(css);
    const shares = Object.keys(clean).map(state => [state, difference(clean[state], seen[state])]);
    t.diagnostic(shares.map(([state, share]) => `${state} ${(share * 100).toFixed(3)} %`).join(', '));
    const bad = shares.filter(([, share]) => share > 0.001);
    if (bad.length && process.env.LOKALSVAR_PICTURES) {
      mkdirSync(process.env.LOKALSVAR_PICTURES, { recursive: true });
      for (const state of Object.keys(seen)) writeFileSync(`${process.env.LOKALSVAR_PICTURES}/${what}-${state}.png`, seen[state]);
    }
    assert.deepEqual(bad, []);
  });
}
