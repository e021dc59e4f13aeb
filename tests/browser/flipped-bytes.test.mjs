// One flipped bit at random places of every file: none is ever accepted. The loader is on its page with `integrity`; for
// the others the citizen presses "Prøv igen" again and again, and each time another place is damaged.
// 8 places in each of five files and the loader in the suite, 1,000 in all by `cargo xtask prove`.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ask, BASE, box, citizen, closeBrowser, launcher, quiet } from './support.mjs';
import { html, PROVE, visitor } from './host.mjs';
import { dice } from './utterances.mjs';

after(closeBrowser);

const TIMES = PROVE ? 167 : 8;
const roll = dice(4711);

/** Where the bit was flipped, and the bytes. */
function damaged(original) {
  const body = Buffer.from(original);
  const place = roll(body.length);
  body[place] ^= 1 << roll(8);
  return { body, place };
}
const bytes = async url => Buffer.from(await (await fetch(url)).arrayBuffer());

test(`the loader with integrity: ${TIMES} places`, async t => {
  const original = await bytes(BASE + 'lokalsvar.js');
  const sha384 = 'sha384-' + createHash('sha384').update(original).digest('base64');
  const page = await visitor({ 'side.html': html('<h1>Side</h1>') });
  await page.route('**/lokalsvar.js*', route => route.fulfill({
    ...(route.request().url().endsWith('good') ? { body: original } : damaged(original)),
    contentType: 'text/javascript', headers: { 'access-control-allow-origin': '*' },
  }));
  const load = query => page.evaluate(([src, integrity]) => new Promise(done => {
    const tag = document.createElement('script');
    tag.dataset.kommune = 'eksempelby';
    Object.assign(tag, { integrity, crossOrigin: 'anonymous', onload: () => done('ran'), onerror: () => done('refused'), src });
    document.head.append(tag);
  }), [`${BASE}lokalsvar.js?${query}`, sha384]);
  for (let i = 0; i < TIMES; i++) {
    assert.equal(await load(i), 'refused');
    assert.equal(await page.locator('lokalsvar-chat').count(), 0);
  }
  assert.equal(await load('good'), 'ran', 'the whole one is taken');
  await launcher(page).waitFor();
  t.diagnostic(`${TIMES} places, 0 accepted`);
});

for (const [what, pattern] of [
  ['glue', /\/engine-\w+\.js/], ['WASM', /\/engine-\w+\.wasm/], ['release', /\/eksempelby\.json/],
  ['bundle', /\/eksempelby-\w+\.kb/], ['details', /\/eksempelby\.details-\w+\.kb/],
]) {
  test(`${what}: ${TIMES} places`, async t => {
    let [original, whole, last, sent] = [null, false, -1, 0];
    const page = await citizen({
      before: page => page.route(pattern, async route => {
        if (whole) return route.continue();
        original ??= await bytes(route.request().url());
        const { body, place } = damaged(original);
        last = place;
        sent++;
        await route.fulfill({ body, headers: { 'content-type': { '.js': 'text/javascript', wasm: 'application/wasm', json: 'application/json' }[route.request().url().match(/(\.js|wasm|json)(?=$|\?)/)?.[0]] ?? 'application/octet-stream' } });
      }),
    });
    await launcher(page).click();
    for (let i = 0; i < TIMES; i++) {
      // Refused: the retry button comes. Accepted: the text box comes.
      const outcome = await page.waitForFunction(() => {
        const root = document.querySelector('lokalsvar-chat').shadowRoot;
        if (root.querySelector('#input')) return 'accepted';
        return root.querySelector('button[part=action]') && 'refused';
      }, null, { timeout: 20_000, polling: 10 });
      assert.equal(await outcome.jsonValue(), 'refused', `${what}, place ${last} of ${original.length}`);
      if (i === TIMES - 1) whole = true;
      await page.evaluate(() => {
        const root = document.querySelector('lokalsvar-chat').shadowRoot;
        const retry = root.querySelector('button[part=action]');
        retry.click();
      });
    }
    await box(page).waitFor();
    assert.equal(sent, TIMES, 'every attempt was a place of its own');
    assert.match(await ask(page, 'hvad koster et pas'), /borger\.dk/);
    t.diagnostic(`${TIMES} places, 0 accepted`);
  });
}
