// The signed `<slug>.json`: an older one, one signed by somebody else and a changed one are refused in plain words;
// a browser without Ed25519 goes on, with every hash still checked. Signs with the demo key, which everybody has.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { box, BASE, citizen, closeBrowser, launcher, open, quiet } from './support.mjs';

after(closeBrowser);

const seed = readFileSync(new URL('../../kb-bundle/demo-noegle.txt', import.meta.url), 'utf8')
  .split('\n').find(line => line && !line.startsWith('#'));
const DEMO = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8',
});
const original = await (await fetch(BASE + 'eksempelby.json')).json();
const { serial } = JSON.parse(original.payload);

/** The present release with other values, signed. */
const signed = (changes, key = DEMO) => {
  const payload = JSON.stringify({ ...JSON.parse(original.payload), ...changes });
  return { ...original, payload, signature: sign(null, Buffer.from(payload), key).toString('base64') };
};
const serve = async (page, release) => {
  await page.unroute(/\/eksempelby\.json/);
  await page.route(/\/eksempelby\.json/, route => route.fulfill({ json: release }));
};
const retry = page => page.getByRole('button', { name: 'Prøv igen' });
const refused = async page => {
  await retry(page).waitFor({ timeout: 15_000 });
  assert.equal(await box(page).count(), 0, 'no panel');
  assert.match(await page.getByText('Chatten virker ikke').innerText(), /virker ikke/);
};
const stored = page => page.evaluate(() => Object.entries(sessionStorage).filter(([name]) => name.endsWith(':serial')));

test('an older release is refused on the next page, with the phone number; a newer one is taken', async () => {
  const page = await citizen();
  await open(page);
  assert.deepEqual(await stored(page), [['lokalsvar:eksempelby:serial', String(serial)]]);
  await page.keyboard.press('Escape');
  await serve(page, signed({ serial: serial - 1, notice: 'Gammelt nyt' }));
  await page.reload();
  await launcher(page).click();
  await refused(page);
  assert.ok(await page.getByRole('link', { name: /Ring til 00/ }).count(), 'the phone number is shown');
  // What `lokalsvar rollback` makes: old content, new number.
  await serve(page, signed({ serial: serial + 1, restores: serial - 1 }));
  await retry(page).click();
  await box(page).waitFor();
  assert.equal((await stored(page))[0][1], String(serial + 1));
});

test('before the chat was open the number is remembered, but not stored', async () => {
  const page = await citizen();
  await page.route('**/eksempelby-*.kb', route => route.abort());
  await launcher(page).click();
  await refused(page);
  await page.unroute('**/eksempelby-*.kb');
  await serve(page, signed({ serial: serial - 1 }));
  const asked = page.waitForResponse(/\/eksempelby\.json/);
  await retry(page).click();
  await asked;
  await page.waitForTimeout(1000);
  await refused(page);
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  await serve(page, original);
  await retry(page).click();
  await box(page).waitFor();
});

test('an older notice does not replace the one on show', async () => {
  const page = await citizen();
  await serve(page, signed({ notice: 'Vandet er lukket' }));
  await open(page);
  await page.getByText('Vandet er lukket').waitFor();
  await page.keyboard.press('Escape');
  await page.evaluate(() => { const now = Date.now; Date.now = () => now() + 120_000; });
  await serve(page, signed({ serial: serial - 1, notice: 'Gammelt nyt' }));
  const asked = page.waitForResponse(/\/eksempelby\.json/);
  await launcher(page).click();
  await asked;
  await page.waitForTimeout(500);
  assert.equal(await page.getByText('Gammelt nyt').count(), 0);
  assert.equal(await page.getByText('Vandet er lukket').count(), 1);
  quiet(page);
});

for (const [what, release] of [
  ['signed by another key', signed({}, generateKeyPairSync('ed25519').privateKey)],
  ['changed after signing', { ...original, payload: original.payload.replace(/"phone":"[^"]*"/, '"phone":"90 00 00 00"') }],
  ['with a signature that is none', { ...original, signature: 'AAAA' }],
  ['with a signature that is not base64', { ...original, signature: '***' }],
  ['of a key that the loader does not know', { ...original, key: '00000000' }],
]) {
  test(`a release ${what} is refused, and nothing of it is shown`, async () => {
    const page = await citizen();
    await serve(page, release);
    await launcher(page).click();
    await refused(page);
    assert.equal(await page.getByRole('link', { name: /Ring til/ }).count(), 0);
  });
}

/** A browser whose WebCrypto answers Ed25519 with this error. */
const crypto = name => page => page.addInitScript(name => {
  SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('simulated', name));
}, name);

test('a browser without Ed25519 goes on', async () => {
  const page = await citizen({ before: crypto('NotSupportedError') });
  await open(page);
  quiet(page);
});

test('without Ed25519 the hashes still count', async () => {
  const page = await citizen({ before: crypto('NotSupportedError') });
  await serve(page, { ...original, payload: original.payload.replace(/(eksempelby-\w+\.kb","sha384":"sha384-)..../, '$1AAAA') });
  await launcher(page).click();
  await refused(page);
});

test('any other error of the check is a refusal', async () => {
  for (const name of ['DataError', 'OperationError']) {
    const page = await citizen({ before: crypto(name) });
    await launcher(page).click();
    await refused(page);
  }
});
