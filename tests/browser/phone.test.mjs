// A phone of 360 x 640 whose keyboard opens: what the citizen writes and what was last said stay in sight, nothing zooms,
// and the page behind does not move. The keyboard is a `visualViewport` of our own, as no keyboard comes up headless.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, closeBrowser, launcher, log, open, quiet } from './support.mjs';
import { html, TAG, visitor } from './host.mjs';

after(closeBrowser);

const LONG = `<main>${'<p>Her står noget om kommunen.</p>'.repeat(80)}</main>`;

const phone = () => visitor({ 'side.html': html(LONG + TAG) }, {
  width: 360, height: 640, isMobile: true, hasTouch: true,
  before: page => page.addInitScript(() => {
    const viewport = Object.assign(new EventTarget(), { width: 360, height: 640, offsetTop: 0, offsetLeft: 0, pageTop: 0, pageLeft: 0, scale: 1 });
    Object.defineProperty(window, 'visualViewport', { get: () => viewport });
    window.keyboard = (height, top = 0) => {
      Object.assign(viewport, { height, offsetTop: top, pageTop: top });
      viewport.dispatchEvent(new Event('resize'));
      viewport.dispatchEvent(new Event('scroll'));
    };
  }),
});

/** Where things are, in CSS px of the window. */
const places = page => page.evaluate(() => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  const rect = node => { const { top, bottom, left, right } = node.getBoundingClientRect(); return { top, bottom, left, right }; };
  const log = root.querySelector('[role=log]');
  return { panel: rect(root.querySelector('#panel')), box: rect(root.querySelector('#input')), send: rect(root.querySelector('[part~=send]')), log: rect(log),
    last: rect([...log.querySelectorAll('[part~=bot-message]')].at(-1)), page: scrollY };
});

for (const [what, height, top] of [
  ['a keyboard of 260 px', 380, 0], ['a keyboard that pushed the page up, as on iOS', 380, 120], ['a keyboard of 300 px', 340, 0],
]) {
  test(`${what}: composer and last message are in sight`, async () => {
    const page = await phone();
    await page.evaluate(() => scrollTo(0, 300));
    await open(page);
    await ask(page, 'hvad koster et pas');
    await box(page).tap();
    await page.evaluate(([height, top]) => window.keyboard(height, top), [height, top]);
    await page.waitForTimeout(500);
    const seen = await places(page);
    assert.ok(Math.abs(seen.panel.top - top) <= 1 && Math.abs(seen.panel.bottom - top - height) <= 1, 'the panel fills what the keyboard leaves: ' + JSON.stringify(seen));
    for (const part of ['box', 'send']) {
      assert.ok(seen[part].top >= top && seen[part].bottom <= top + height && seen[part].left >= 0 && seen[part].right <= 360, `${part}: ${JSON.stringify(seen)}`);
    }
    const visible = Math.min(seen.last.bottom, seen.log.bottom) - Math.max(seen.last.top, seen.log.top);
    assert.ok(visible >= 40, `${visible} px of the last message: ${JSON.stringify(seen)}`);
    await ask(page, 'hvordan melder jeg flytning');
    await page.waitForTimeout(500);
    const later = await places(page);
    assert.ok(Math.min(later.last.bottom, later.log.bottom) - Math.max(later.last.top, later.log.top) >= 40, 'the next answer as well');
    assert.ok(later.box.bottom <= top + height);
    await page.evaluate(() => window.keyboard(640));
    await page.waitForTimeout(200);
    assert.ok(Math.abs((await places(page)).panel.bottom - 640) <= 1, 'the keyboard is gone: the whole screen again');
    quiet(page);
  });
}

test('nothing to zoom into: every field has 16 px or more', async () => {
  const page = await phone();
  await open(page);
  const sizes = await page.evaluate(() => [...document.querySelector('lokalsvar-chat').shadowRoot.querySelectorAll('textarea, input, select')]
    .map(node => parseFloat(getComputedStyle(node).fontSize)));
  assert.ok(sizes.length && sizes.every(size => size >= 16), sizes.join());
  await box(page).tap();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, 'nothing is wider than the screen');
});

test('closing gives the page back where it was', async () => {
  const page = await phone();
  await page.evaluate(() => scrollTo(0, 400));
  await open(page);
  await page.getByRole('button', { name: 'Luk chatten' }).tap();
  await launcher(page).waitFor();
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => scrollY), 400);
});

test('the launcher keeps its place on the window while the chat is open and afterwards', async () => {
  const page = await visitor({ 'side.html': html(LONG + TAG) });
  const place = async () => JSON.stringify(await launcher(page).boundingBox());
  const before = await place();
  await open(page);
  assert.equal(await place(), before);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(100);
  assert.equal(await place(), before);
});

/** A finger in the middle of the screen. */
async function swipe(page, from, to) {
  const client = await page.context().newCDPSession(page);
  const touch = (type, y) => client.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x: 180, y }] });
  await touch('touchStart', from);
  for (let i = 1; i <= 10; i++) await touch('touchMove', from + (to - from) * i / 10);
  await touch('touchEnd');
  await page.waitForTimeout(150);
}

test('the page behind the open panel does not scroll', async () => {
  const page = await phone();
  await swipe(page, 500, 200);
  assert.ok(await page.evaluate(() => scrollY) > 100, 'before, a finger moves the page');
  await page.evaluate(async () => { // until the fling has come to rest
    for (let before = -1; before !== scrollY; await new Promise(done => setTimeout(done, 500))) before = scrollY;
    scrollTo(0, 400);
  });
  await open(page);
  await ask(page, 'hvad koster et pas');
  for (const [from, to] of [[400, 150], [150, 400], [630, 500], [60, 300]]) await swipe(page, from, to);
  for (const key of ['PageDown', 'End', ' ']) {
    await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#title').focus());
    await page.keyboard.press(key);
  }
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => scrollY), 400);
  assert.equal(await page.evaluate(() => !!document.querySelector('main').closest('[inert]')), true, 'what is behind cannot be reached');
  await page.getByRole('button', { name: 'Luk chatten' }).tap();
  await launcher(page).waitFor();
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY), 'visible');
  quiet(page);
});

test('the log follows a finger and the answer can be read to its end', async () => {
  const page = await phone();
  await open(page);
  await ask(page, 'hvad koster et pas');
  await page.waitForTimeout(600);
  for (let i = 0; i < 5; i++) await swipe(page, 450, 100);
  await page.waitForTimeout(400);
  const rest = await log(page).evaluate(node => node.scrollHeight - node.clientHeight - node.scrollTop);
  assert.ok(rest <= 2, `${rest} px are left`);
});
