// The whole way by keyboard alone: open, ask, choose, answer, rate, transcript, close. Focus is never lost to the page's body
// and never behind something else. And what a screen reader hears: N messages of the bot, N announcements, in order.
// Last: nothing is cut off at 320 x 256 (400 % zoom), nor with the text spacing of WCAG 1.4.12.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, closeBrowser, hear, launcher, log, open, quiet } from './support.mjs';
import { html, TAG, talk, visitor } from './host.mjs';

after(closeBrowser);

const PAGE = { 'side.html': html(`<main><h1>Side</h1><a href="#x">Et link</a></main>${TAG}`) };

/** What has the focus, and how many of five points of it can be seen: the middle and one at each edge. */
const focus = page => page.evaluate(() => {
  const root = document.activeElement.shadowRoot;
  const node = root?.activeElement ?? document.activeElement;
  const { left, right, top, bottom } = node.getBoundingClientRect();
  const inset = 3;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const points = [[x, y], [left + inset, y], [right - inset, y], [x, top + inset], [x, bottom - inset]]; // corners may be round
  const seen = points.filter(([x, y]) => {
    const found = (root ?? document).elementFromPoint(x, y);
    return found && (node.contains(found) || found.contains(node));
  }).length;
  return { tag: node.localName, name: (node.getAttribute('aria-label') || node.innerText || node.id || '').slice(0, 40), seen };
});

for (const [width, height] of [[1280, 800], [360, 640]]) {
  test(`ask, choose, answer, rate, transcript, close at ${width} px by keyboard alone`, async () => {
    const page = await visitor(PAGE, { width, height, reducedMotion: 'reduce' });
    const steps = [];
    const check = async what => {
      await page.waitForTimeout(80);
      const at = await focus(page);
      steps.push(`${what}: ${at.tag} ${at.name}`);
      assert.notEqual(at.tag, 'body', steps.join('\n'));
      assert.ok(at.seen >= 3, `${at.seen} of five points can be seen\n${steps.join('\n')}`);
    };
    const press = async key => { await page.keyboard.press(key); await check(key); };
    const until = async (key, fits) => {
      for (let i = 0; i < 60; i++) {
        await press(key);
        const at = await focus(page);
        if (fits.test(`${at.tag} ${at.name}`)) return;
      }
      assert.fail(`never came to ${fits}\n${steps.join('\n')}`);
    };
    await page.getByRole('link', { name: 'Et link' }).focus();
    await until('Tab', /^button Spørg/);
    await page.keyboard.press('Enter');
    await box(page).waitFor();
    await check('opened');
    await until('Tab', /^(textarea|summary)/);
    if ((await focus(page)).tag !== 'textarea') await until('Shift+Tab', /^textarea/);
    await page.keyboard.type('pas');
    await press('Enter');
    await until('Shift+Tab', /^button 1/);
    await press('Enter');
    await until('Tab', /^textarea/);
    await page.keyboard.type('hvad koster et pas');
    await press('Enter');
    await until('Shift+Tab', /^button Ja/);
    await press('Enter');
    await until('Shift+Tab', /^button Menu/);
    await press('Enter');
    await until('Tab', /^button Hent udskrift/);
    const download = page.waitForEvent('download');
    await press('Enter');
    assert.equal((await download).suggestedFilename(), 'samtale.txt');
    await press('Escape');
    await hear(page, 'closed');
    await check('closed');
    assert.match((await focus(page)).name, /^Spørg os/);
    quiet(page);
  });
}

// One control at a time, in a chat that holds them all: an answer with steps and buttons, a question back with options, an
// older one of the same, suggestions, the open menu.
for (const [width, height] of [[1280, 800], [360, 640]]) {
  test(`Enter on every button at ${width} px: focus is never lost to the body`, async () => {
    const page = await visitor(PAGE, { width, height, reducedMotion: 'reduce' });
    // What leaves the page or opens a window of the system is not pressed through.
    await page.addInitScript(() => { window.open = () => null; });
    await page.evaluate(() => { window.open = () => null; });
    page.on('download', download => download.cancel());
    await open(page);
    const prepare = async menu => {
      await talk(page, ['pas', 'hvad koster et pas', 'kørekort']);
      await box(page).fill('flytning');
      await page.evaluate(async menu => {
        const root = document.querySelector('lokalsvar-chat').shadowRoot;
        if (menu && root.querySelector('#menu-button').getAttribute('aria-expanded') !== 'true') root.querySelector('#menu-button').click();
        await new Promise(done => setTimeout(done, 30));
      }, menu);
    };
    // A button is known by its class and text; buttons of the same kind behave alike, so two of a kind are enough.
    const pressed = new Map();
    for (const menu of [false, true]) {
      for (let times = 0; times < 40; times++) {
        await prepare(menu);
        const name = await page.evaluate(done => {
          const root = document.querySelector('lokalsvar-chat').shadowRoot;
          const kind = node => `${node.className} ${/menu-item|icon/.test(node.className) || node.id ? node.id + node.textContent.trim() : ''}`;
          const rest = [...root.querySelectorAll('#panel button')].filter(node => node.checkVisibility());
          const next = rest.find(node => !done.some(([name, count]) => name === kind(node) && count >= 2));
          next?.focus();
          return next && kind(next);
        }, [...pressed]);
        if (!name) break;
        pressed.set(name, (pressed.get(name) ?? 0) + 1);
        await page.keyboard.press('Enter');
        await page.waitForTimeout(60);
        assert.notEqual((await focus(page)).tag, 'body', name);
        if (!await box(page).isVisible()) await open(page);
      }
    }
    const kinds = [...pressed.keys()].join('\n');
    for (const kind of [/suggestion/, /option/, /vote/, /menu-item.*Slet samtalen/, /menu-item.*Ny samtale/, /send/, /head-button round $/m]) assert.match(kinds, kind);
    // "Bestil tid" and "Tal med et menneske" were among the buttons, and this page is none of those that the demo's server lets in.
    page.noise = page.noise.filter(line => !/\/api\/v1\/(booking|handoff)|ERR_FAILED/.test(line));
    quiet(page);
  });
}

test('twenty messages of the bot are twenty announcements, in order, however quickly they come', async () => {
  const page = await visitor(PAGE);
  await open(page);
  await page.waitForTimeout(600);
  await page.evaluate(() => {
    window.spoken = [];
    const region = document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#live');
    new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => spoken.push(node.textContent))))
      .observe(region, { childList: true, subtree: true });
  });
  const lines = ['hvad koster et pas', 'pas', 'hvordan melder jeg flytning', 'hvad er meningen med livet', 'hvor afleverer jeg batterier'];
  const said = [];
  let seed = 20261121;
  const dice = count => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % count;
  for (let i = 0; i < 4; i++) {
    for (let at = lines.length - 1; at > 0; at--) { // in another order each time
      const other = dice(at + 1);
      [lines[at], lines[other]] = [lines[other], lines[at]];
    }
    said.push(...await talk(page, lines)); // at once, one behind the other
    await page.waitForTimeout(i * 60); // and with different pauses in between
  }
  await page.waitForTimeout(600);
  const spoken = await page.evaluate(() => spoken);
  assert.equal(spoken.length, 20);
  const plain = text => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  for (const [i, text] of spoken.entries()) {
    const begin = plain(said[i]).replace(/^automatisk svar /, '').slice(0, 18);
    assert.ok(plain(text).includes(begin), `${i}: ${text} | ${said[i]}`);
  }
  quiet(page);
});

const SPACING = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }';

for (const [what, size, css] of [['at 320 x 256', { width: 320, height: 256 }], ['with wide text spacing at 320 px', { width: 320, height: 640 }, SPACING], ['with wide text spacing at 1280 px', {}, SPACING]]) {
  test(`nothing is cut off ${what}`, async () => {
    const page = await visitor(PAGE, size);
    await open(page);
    if (css) {
      await page.evaluate(css => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        const root = document.querySelector('lokalsvar-chat').shadowRoot;
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      }, css);
    }
    await ask(page, 'hvad koster et pas');
    await ask(page, 'pas');
    await page.waitForTimeout(400);
    const cut = await page.evaluate(() => {
      const root = document.querySelector('lokalsvar-chat').shadowRoot;
      const panel = root.querySelector('#panel').getBoundingClientRect();
      const wide = [...root.querySelectorAll('#panel *')].filter(node => {
        const { left, right, width } = node.getBoundingClientRect();
        return width > 1 && !node.closest('.vh, svg') && (left < panel.left - 1 || right > panel.right + 1);
      });
      const clipped = [...root.querySelectorAll('button, a, p, li, h2, td, th')].filter(node =>
        node.getClientRects().length && !node.closest('.vh') && ['hidden', 'clip'].includes(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth + 1);
      return [...wide, ...clipped].map(node => node.outerHTML.slice(0, 100));
    });
    assert.deepEqual(cut, []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no scrolling sideways');
    await box(page).scrollIntoViewIfNeeded();
    await box(page).fill('flytning');
    assert.ok(await box(page).isVisible());
    assert.ok((await log(page).innerText()).length > 100);
  });
}
