// The launcher keeps out of the way: no element with focus and no cookie banner lies under it, it stands where page,
// theme or citizen want it, and it looks right in every mode. On pages of our own beside the real widget.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { box, closeBrowser, launcher, open, quiet } from './support.mjs';
import { html, TAG, visitor } from './host.mjs';

after(closeBrowser);

/** The launcher looks around four times a second. */
const settle = page => page.waitForTimeout(400);
const place = page => launcher(page).boundingBox();

const picture = async (page, name) => {
  const folder = process.env.LOKALSVAR_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/launcher-${name}.png` });
};

/** A long page full of links, fields and buttons; its foot has links in both lower corners, where no scrolling helps. */
const LONG = `<style>body{margin:0;font:16px/1.5 sans-serif;background:#fff;color:#222}main{padding:16px}.foot{display:flex;justify-content:space-between;padding:24px;background:#ddd}
  .foot ul{list-style:none;margin:0;padding:0}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}.foot{background:#333}}</style>
  <main><h1>Lang side</h1>${Array.from({ length: 30 }, (_, i) => `<p>Afsnit ${i}: læs <a href="#a${i}">om emne ${i}</a>, skriv <input aria-label="felt ${i}" style="width:60%">
  eller tryk <button>knap ${i}</button> <a href="#b${i}" style="float:right">mere ${i}</a></p>`).join('')}</main>
  <footer class="foot"><ul><li><a href="#c">Kontakt</a></li><li><a href="#d">Presse</a></li></ul><ul><li><a href="#e">Om siden</a></li><li><a href="#f">Privatliv</a></li></ul></footer>`;

const overlaps = page => page.evaluate(() => {
  const host = document.querySelector('lokalsvar-chat');
  const active = document.activeElement;
  if (active === host || active === document.body) return null;
  const a = active.getBoundingClientRect();
  const b = host.shadowRoot.querySelector('[part=launcher]').getBoundingClientRect();
  const over = Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  return { over: over / a.width / a.height, what: active.textContent || active.getAttribute('aria-label'), top: b.top };
});

for (const [width, height, position] of [[360, 640, 'right'], [1280, 800, 'right'], [1280, 800, 'left']]) {
  test(`a long page by Tab, ${width} px, launcher ${position}: what has focus is not covered`, async t => {
    const page = await visitor({ 'lang.html': html(LONG + TAG.replace(' async', ` data-position="${position}" async`)) }, { width, height });
    await launcher(page).waitFor();
    const rest = await place(page);
    let stops = 0;
    let moved = 0;
    let worst = 0;
    for (; stops < 200; stops++) {
      await page.keyboard.press('Tab');
      await page.waitForTimeout(350);
      const seen = await overlaps(page);
      if (!seen) break;
      // The loader looks at scattered points: an edge of some pixels may graze it.
      worst = Math.max(worst, seen.over);
      assert.ok(seen.over < 0.15, `${seen.what} lies under the launcher, ${Math.round(seen.over * 100)} %`);
      assert.ok(seen.top >= 0, 'the launcher stays in the window');
      if (Math.abs(seen.top - rest.y) > 1) moved++;
    }
    t.diagnostic(`at most ${(worst * 100).toFixed(1)} % of a stop were covered`);
    assert.equal(stops, 124, 'every stop of the page, then the launcher');
    assert.ok(moved > 0, 'it had to move at least once');
    await page.evaluate(() => document.activeElement.blur());
    await settle(page);
    assert.deepEqual(await place(page), rest, 'back at rest when focus has left');
    quiet(page);
  });
}

/** How the banners of the consent tools stand, as their style sheets say it; `z` below the launcher's. */
const BANNERS = {
  Cookiebot: '<div id="CybotCookiebotDialog" role="dialog" style="position:fixed;left:0;right:0;bottom:0;z-index:2000;padding:20px;background:#fff;color:#111;border-top:1px solid #999;transition:transform .5s,opacity .5s">',
  CookieInformation: '<div id="coiOverlay" style="position:fixed;left:0;bottom:0;width:100%;z-index:3000"><div id="coiPage-1" style="background:#fff;color:#111;padding:20px;border-top:1px solid #999">',
  OneTrust: '<div id="onetrust-banner-sdk" role="region" style="position:fixed;right:1em;bottom:1em;width:min(560px,80%);z-index:1000;background:#fff;color:#111;padding:16px;box-shadow:0 0 18px #0003;animation:up 1s"><style>@keyframes up{from{bottom:-300px}}</style>',
};
const banner = name => `${BANNERS[name]}<p>Vi bruger cookies til statistik. Du vælger selv.</p><div style="text-align:right"><button>Kun nødvendige</button> <button onclick="document.getElementById('banner').remove()">Tillad alle</button></div>`;
const withBanner = name => html(`${LONG}<div id="banner">${banner(name)}</div></div></div>${TAG}`);

for (const name of Object.keys(BANNERS)) {
  for (const [width, height, colorScheme] of [[360, 640, 'light'], [1280, 800, 'dark']]) {
    test(`${name} at ${width} px: no button of the banner is covered, and the launcher comes down when it is gone`, async () => {
      const page = await visitor({ 'samtykke.html': withBanner(name) }, { width, height, colorScheme });
      await launcher(page).waitFor();
      await page.waitForTimeout(1300); // it slides in
      await picture(page, `${name}-${width}-${colorScheme}`);
      const own = await place(page);
      for (const label of ['Kun nødvendige', 'Tillad alle']) {
        const other = await page.getByRole('button', { name: label }).boundingBox();
        assert.ok(own.y + own.height <= other.y, `${label}: ${JSON.stringify([own, other])}`);
      }
      assert.ok(own.y >= 0);
      await page.getByRole('button', { name: 'Tillad alle' }).click();
      await settle(page);
      const rest = await place(page);
      assert.ok(Math.abs(height - 16 - rest.y - rest.height) <= 1, JSON.stringify(rest));
      quiet(page);
    });
  }
}

test('what fills the whole window does not drive the launcher away', async () => {
  const page = await visitor({ 'fuld.html': html(`<div style="position:fixed;inset:0;background:#eef">Baggrund</div>${TAG}`) });
  await launcher(page).waitFor();
  await settle(page);
  const own = await place(page);
  assert.ok(Math.abs(900 - 16 - own.y - own.height) <= 1, JSON.stringify(own));
});

test('a click on the lifted launcher opens the chat, also a slow one', async () => {
  const page = await visitor({ 'lang.html': html(LONG + TAG) });
  await launcher(page).waitFor();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.getByRole('link', { name: 'Privatliv' }).focus();
  await settle(page);
  const own = await place(page);
  assert.ok(own.y + own.height < 870, 'lifted');
  await page.mouse.move(own.x + own.width / 2, own.y + own.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(700);
  await page.mouse.up();
  await box(page).waitFor();
  quiet(page);
});

test('the open panel stands above the lifted launcher and inside the window', async () => {
  const page = await visitor({ 'samtykke.html': withBanner('Cookiebot') });
  await launcher(page).waitFor();
  await settle(page);
  await open(page);
  const [own, panel] = [await place(page), await page.getByRole('dialog', { name: 'Eksempelbot' }).boundingBox()];
  assert.ok(panel.y >= 0 && panel.y + panel.height <= own.y, JSON.stringify([own, panel]));
  await picture(page, 'panel-above-banner');
});

test('distances and layer come from the page, on the host or on the root', async () => {
  for (const where of ['lokalsvar-chat', ':root']) {
    const page = await visitor({ 'sted.html': html(TAG, `<style>${where}{--lokalsvar-offset-x:40px;--lokalsvar-offset-y:100px;--lokalsvar-z:7}</style>`) });
    await launcher(page).waitFor();
    const own = await place(page);
    assert.deepEqual([Math.round(1280 - own.x - own.width), Math.round(900 - own.y - own.height)], [40, 100], where);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('lokalsvar-chat')).zIndex), '7');
    await open(page);
    const panel = await page.getByRole('dialog').boundingBox();
    assert.equal(Math.round(1280 - panel.x - panel.width), 40);
    assert.ok(panel.y >= 0 && panel.y + panel.height <= own.y, JSON.stringify(panel));
    quiet(page);
  }
});

test('by keyboard the chat goes to the other side, stays there on the next page, and nothing is stored before', async () => {
  const page = await visitor({ 'en.html': html(LONG + TAG), 'to.html': html(LONG + TAG) }, { before: async page => {
    await page.addInitScript(() => { window.before = Object.keys(sessionStorage).length; });
  } });
  await launcher(page).waitFor();
  await settle(page);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.ok((await place(page)).x > 640);
  await open(page);
  await page.getByRole('button', { name: 'Menu', exact: true }).focus();
  await page.keyboard.press('Enter');
  const item = page.getByRole('button', { name: 'Flyt til den anden side' });
  await item.focus();
  const size = await item.boundingBox();
  assert.ok(size.height >= 24 && size.width >= 24);
  await page.keyboard.press('Enter');
  assert.ok((await place(page)).x < 40);
  assert.ok((await page.getByRole('dialog').boundingBox()).x < 40, 'and the panel with it');
  await picture(page, 'aside-panel');
  await page.keyboard.press('Escape');
  await page.goto(page.url().replace('en.html', 'to.html'));
  await launcher(page).waitFor();
  assert.ok((await place(page)).x < 40);
  await picture(page, 'aside');
  await open(page);
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await item.click();
  assert.ok((await place(page)).x > 640, 'and back');
  quiet(page);
});

test('at 1280 by 800 the menu shows all its rows, and the mark of a demo stands beside the name', async () => {
  const page = await visitor({ 'menu.html': html(TAG) }, { height: 800 });
  await open(page);
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  const seen = await page.evaluate(() => {
    const root = document.querySelector('lokalsvar-chat').shadowRoot;
    const [menu, title, demo, line] = ['.menu', '.header h2', '.demo', '.subtitle'].map(name => root.querySelector(name));
    const panel = root.querySelector('.panel').getBoundingClientRect();
    const of = node => node.getBoundingClientRect();
    return {
      hidden: menu.scrollHeight - menu.clientHeight,
      below: of(menu).bottom - panel.bottom,
      beside: of(demo).left >= of(title).right && of(demo).top < of(title).bottom,
      rows: Math.round(of(line).height / parseFloat(getComputedStyle(line).lineHeight)),
    };
  });
  assert.equal(seen.hidden, 0, 'nothing of the menu is cut off');
  assert.ok(seen.below <= 0, 'and nothing of it reaches out of the panel');
  assert.ok(seen.beside, JSON.stringify(seen));
  assert.ok(seen.rows <= 2, JSON.stringify(seen));
  quiet(page);
});

test('in the page there is no other side, so the menu does not offer it', async () => {
  const page = await visitor({ 'inde.html': html(`<div id="her"></div>${TAG.replace(' async', ' data-target="#her" async')}`) });
  await open(page);
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('button', { name: 'Ny samtale' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Flyt til den anden side' }).isVisible(), false);
});

for (const [name, options] of [
  ['320 px', { width: 320, height: 568 }], ['360 px', { width: 360, height: 640 }], ['1280 px', {}], ['dark', { colorScheme: 'dark' }], ['360 px dark', { width: 360, height: 640, colorScheme: 'dark' }],
  ['forced colours', { forcedColors: 'active' }], ['reduced motion', { reducedMotion: 'reduce' }],
]) {
  test(`at rest, ${name}: whole, at least 44 px, with a visible focus`, async () => {
    const { width = 1280, height = 900 } = options;
    const page = await visitor({ 'hvile.html': html(LONG + TAG) }, options);
    await launcher(page).waitFor();
    await settle(page);
    await picture(page, `rest-${name.replaceAll(' ', '-')}`);
    const own = await place(page);
    assert.ok(own.height >= 44 && own.width >= 44 && own.x >= 0 && own.x + own.width <= width && own.y + own.height <= height, JSON.stringify(own));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, 'nothing is wider than the window');
    await launcher(page).focus();
    const outline = await launcher(page).evaluate(node => getComputedStyle(node).outlineStyle + getComputedStyle(node).outlineWidth);
    assert.equal(outline, 'solid3px');
    if (options.forcedColors) assert.notEqual(await launcher(page).evaluate(node => getComputedStyle(node).borderTopColor), 'rgba(0, 0, 0, 0)');
    if (options.reducedMotion) assert.deepEqual(await launcher(page).evaluate(node => node.getAnimations({ subtree: true }).length), 0);
    quiet(page);
  });
}

test('it looks around at few points, three times a second', async t => {
  const page = await visitor({ 'samtykke.html': withBanner('Cookiebot') });
  await launcher(page).waitFor();
  await page.waitForTimeout(1500);
  const points = await page.evaluate(async () => {
    const ask = document.elementsFromPoint;
    let points = 0;
    document.elementsFromPoint = (...at) => {
      points += 1;
      return ask.apply(document, at);
    };
    await new Promise(done => setTimeout(done, 4000));
    document.elementsFromPoint = ask;
    return points;
  });
  t.diagnostic(`${points} points in four seconds`);
  assert.ok(points > 0 && points <= 14 * 60, `${points}`);
});
