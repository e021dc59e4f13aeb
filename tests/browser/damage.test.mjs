// Whatever is wrong with a file on its way: the citizen gets a plain message with the phone number,
// never an answer from changed bytes.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, citizen, closeBrowser, launcher, open } from './support.mjs';

after(closeBrowser);

const flip = pattern => async page => {
  await page.route(pattern, async route => {
    const response = await route.fetch();
    const body = await response.body();
    body[Math.floor(body.length / 2)] ^= 1;
    await route.fulfill({ response, body, headers: { ...response.headers(), 'content-encoding': '' } });
  });
};

for (const [what, pattern, phone] of [
  ['glue', /engine-\w+\.js/, true],
  ['WASM', /engine-\w+\.wasm/, true],
  ['bundle', /eksempelby-\w+\.kb/, true],
  ['details', /eksempelby\.details-\w+\.kb/, true],
  ['release', /eksempelby\.json/, false],
]) {
  test(`one changed byte in the ${what} is not accepted`, async () => {
    const page = await citizen({ before: flip(pattern) });
    await launcher(page).click();
    const retry = page.getByRole('button', { name: 'Prøv igen' });
    await retry.waitFor({ timeout: 15_000 });
    assert.equal(await box(page).count(), 0);
    if (phone) assert.ok(await page.getByRole('link', { name: /Ring til 00/ }).count(), 'the phone number is shown');
    await page.unrouteAll();
    await retry.click();
    await box(page).waitFor();
    assert.match(await ask(page, 'hvad koster et pas'), /borger\.dk/);
  });
}

test('without WebAssembly the citizen is told whom to call', async () => {
  const page = await citizen({ before: page => page.addInitScript(() => { WebAssembly.compile = () => Promise.reject(new Error('blocked')); }) });
  await launcher(page).click();
  await page.getByRole('button', { name: 'Prøv igen' }).waitFor();
  assert.ok(await page.getByRole('link', { name: /Ring til 00/ }).count());
});

test('opening works', async () => open(await citizen()));
