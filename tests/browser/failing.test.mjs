// What a citizen sees when something cannot be loaded: a plain sentence, the phone number, a way to try again.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { bundleFile, input, launcher, panel, quit, visit } from './lib.mjs';

after(quit);

const box = page => page.locator('lokalsvar-chat [part=box]');
const phone = page => box(page).getByRole('link', { name: /^Ring til/ });
const retry = page => box(page).getByRole('button', { name: 'Prøv igen' });

/** Serves a file with one byte changed. */
const flip = (at = 5000) => async route => {
  const response = await route.fetch();
  const body = Buffer.from(await response.body());
  body[Math.min(at, body.length - 1)] ^= 1;
  const headers = response.headers();
  delete headers['content-encoding'];
  delete headers['content-length'];
  await route.fulfill({ status: 200, headers, body });
};

test('a changed bundle is refused; the phone number is there; trying again works', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  await page.route('**/' + bundleFile(), flip());
  await launcher(page).click();
  await phone(page).waitFor();
  assert.match(await phone(page).getAttribute('href'), /^tel:\d{8}$/);
  assert.ok(await box(page).getByText('Chatten virker ikke lige nu.').isVisible());
  assert.equal(await panel(page).count(), 0);
  await page.unroute('**/' + bundleFile());
  await retry(page).click();
  await input(page).waitFor();
  assert.equal(await box(page).isVisible(), false);
  await close();
});

for (const [what, pattern] of [['glue', '**/engine-*.js'], ['WASM', '**/engine-*.wasm']]) {
  test(`changed ${what} is refused`, async () => {
    const { page, close } = await visit('eksempelby/index.html');
    await page.route(pattern, flip(1000));
    await launcher(page).click();
    await retry(page).waitFor();
    assert.equal(await panel(page).count(), 0);
    await page.unroute(pattern);
    await retry(page).click();
    await input(page).waitFor();
    await close();
  });
}

test('a release that was changed after signing is refused', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  await page.route('**/eksempelby.json', async route => {
    const response = await route.fetch();
    const release = await response.json();
    const payload = JSON.parse(release.payload);
    payload.notice = 'Send penge';
    await route.fulfill({ response, json: { ...release, payload: JSON.stringify(payload) } });
  });
  await launcher(page).click();
  await retry(page).waitFor();
  assert.equal(await page.getByText('Send penge').count(), 0);
  await close();
});

test('another kommune\'s release is refused', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  await page.route('**/eksempelby.json', async route => {
    await route.fulfill({ response: await route.fetch({ url: new URL('fjordby.json', route.request().url()).href }) });
  });
  await launcher(page).click();
  await retry(page).waitFor();
  await close();
});

test('a page that forbids WebAssembly gets its own sentence and the phone number', async () => {
  const { page, close } = await visit('eksempelby/index.html', {
    before: page => page.addInitScript(() => { delete window.WebAssembly; }),
  });
  await launcher(page).click();
  await box(page).getByText('Din browser tillader ikke chatten her.').waitFor();
  await close();
});

test('without network the launcher says so and Esc takes the message away', async () => {
  const { page, context, close } = await visit('eksempelby/index.html');
  await context.setOffline(true);
  await launcher(page).click();
  await retry(page).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await box(page).isVisible(), false);
  assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
  await context.setOffline(false);
  await launcher(page).click();
  await input(page).waitFor();
  await close();
});
