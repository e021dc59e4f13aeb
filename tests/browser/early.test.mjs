// Writing before the knowledge is there: the field of the first second, what becomes of its words, and that none get lost.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { box, citizen, closeBrowser, launcher, log, quiet } from './support.mjs';

after(closeBrowser);

/** A page whose knowledge waits until `go` is called; with `broken`, its first answer is damaged. */
async function waiting({ broken, ...options } = {}) {
  let go, first = true;
  const held = new Promise(done => { go = done; });
  const page = await citizen({
    ...options,
    before: page => page.route(/\/eksempelby-[0-9a-f]+\.kb$/, async route => {
      await held;
      if (broken && first) {
        first = false;
        return route.fulfill({ body: 'no bundle' });
      }
      return route.continue();
    }),
  });
  await launcher(page).click();
  const early = page.locator('lokalsvar-chat').locator('[part=early]');
  await early.waitFor();
  return { page, early, go };
}

test('a question sent while the knowledge is under way is answered once', async () => {
  const { page, early, go } = await waiting();
  assert.ok(await early.evaluate(field => field.getRootNode().activeElement === field), 'it has focus');
  await page.keyboard.type('hvad koster et pas');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('lokalsvar-chat').getByRole('status').innerText(), /på vej/);
  await page.keyboard.type(' til min hund');
  go();
  await log(page).locator('[data-intent="pas/pris-paa-pas"]').waitFor();
  assert.equal(await log(page).locator('[part~=citizen-message]').count(), 1);
  assert.match(await log(page).locator('[part~=citizen-message]').innerText(), /hvad koster et pas$/);
  assert.equal(await early.count(), 0);
  assert.equal(await box(page).inputValue(), '');
  quiet(page);
});

test('what is half written goes on in the field of the chat, with the cursor at its end', async () => {
  const { page, early, go } = await waiting();
  await page.keyboard.type('hvad kos');
  go();
  await box(page).waitFor();
  await page.keyboard.type('ter et pas');
  assert.equal(await box(page).inputValue(), 'hvad koster et pas');
  assert.equal(await early.count(), 0);
  quiet(page);
});

test('after a failure it is not to be written again', async () => {
  const { page, go } = await waiting({ broken: true });
  await page.keyboard.type('hvad koster et pas');
  go();
  await page.getByRole('button', { name: 'Prøv igen' }).click();
  await box(page).waitFor();
  await page.waitForFunction(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#input').value === 'hvad koster et pas');
});

test('while it is tried again there is a field too, with the words of before; the engine that came well is not fetched anew', async () => {
  let tries = 0, go;
  const held = new Promise(done => { go = done; });
  const page = await citizen({
    before: page => page.route(/\/eksempelby-[0-9a-f]+\.kb/, async route => {
      if (++tries === 1) return route.fulfill({ body: 'no bundle' });
      await held;
      return route.continue();
    }),
  });
  await launcher(page).click();
  const early = page.locator('lokalsvar-chat').locator('[part=early]');
  await page.getByRole('button', { name: 'Prøv igen' }).click();
  await early.waitFor();
  assert.ok(await early.evaluate(field => field.getRootNode().activeElement === field), 'it has focus');
  await page.keyboard.type('hvad koster et pas');
  go();
  await box(page).waitFor();
  assert.equal(await box(page).inputValue(), 'hvad koster et pas');
  const engine = page.requests.filter(url => /engine-\w+\.(js|wasm)/.test(url));
  assert.equal(engine.length, 2, engine.join(' '));
});

test('beside the list of a failure there is no field, whatever is pressed', async () => {
  const page = await citizen({ before: page => page.route(/\/eksempelby-[0-9a-f]+\.kb/, route => route.fulfill({ body: 'no bundle' })) });
  await launcher(page).click();
  await page.locator('lokalsvar-chat').locator('summary').first().click();
  assert.equal(await page.locator('lokalsvar-chat').locator('[part=early]').count(), 0);
});

test('closed and opened anew while it loads, it still says so', async () => {
  const { page, go } = await waiting();
  await page.keyboard.press('Escape');
  await launcher(page).click();
  await page.locator('lokalsvar-chat').getByRole('status').filter({ hasText: 'Henter' }).waitFor();
  await page.locator('lokalsvar-chat').locator('[part=early]').waitFor();
  go();
  await box(page).waitFor();
});

test('Esc puts it away', async () => {
  const { page, early, go } = await waiting();
  await page.keyboard.press('Escape');
  assert.equal(await early.count(), 0);
  assert.ok(await launcher(page).evaluate(node => node.getRootNode().activeElement === node));
  go();
});

for (const [width, colorScheme] of [[360, 'light'], [1280, 'dark']]) {
  test(`nothing for axe at ${width} px, ${colorScheme}`, async () => {
    const { page, go } = await waiting({ width, height: 640, colorScheme });
    await page.evaluate(readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8'));
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(violations.map(one => one.id), []);
    if (process.env.LOKALSVAR_SHOTS) await page.screenshot({ path: `${process.env.LOKALSVAR_SHOTS}/early-${width}-${colorScheme}.png` });
    go();
  });
}

for (const position of ['', 'left']) {
  test(`the launcher does not move while something stands above it${position && ', on the left'}`, async () => {
    let page;
    const place = async () => Object.fromEntries(Object.entries(await launcher(page).boundingBox()).map(([name, value]) => [name, Math.round(value)]));
    page = await citizen({ before: page => page.route(/\.kb$/, route => route.abort()) });
    await page.evaluate(position => { document.querySelector('lokalsvar-chat').dataset.position = position; }, position);
    const before = await place();
    await launcher(page).click();
    await page.getByRole('button', { name: 'Prøv igen' }).waitFor();
    assert.deepEqual(await place(), before);
  });
}
