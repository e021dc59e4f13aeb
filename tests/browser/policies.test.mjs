// Content Security Policies of pages on another origin than the chat: five under which everything works without one
// violation, and one that forbids WebAssembly, under which the citizen is told whom to call.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, BASE, box, closeBrowser, hear, launcher, quiet } from './support.mjs';
import { choose, html, TAG, visitor } from './host.mjs';

after(closeBrowser);

const CHAT = BASE.slice(0, -1);
const nonced = TAG.replace('<script ', '<script nonce="r4nd0m" ');
const starter = `<script nonce="r4nd0m">const tag = document.createElement('script');
tag.src = '${BASE}lokalsvar.js'; tag.dataset.kommune = 'eksempelby'; document.head.append(tag);</script>`;
const images = "img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'none'; worker-src 'none'; font-src 'none'";

const POLICIES = {
  'strict by origin': [`default-src 'none'; script-src ${CHAT} 'wasm-unsafe-eval'; style-src ${CHAT}; connect-src ${CHAT}; ${images}`],
  'by nonce': [`default-src 'none'; script-src 'nonce-r4nd0m' 'wasm-unsafe-eval'; style-src 'nonce-r4nd0m'; connect-src ${CHAT}; ${images}`, nonced],
  'strict-dynamic, the tag made by a script': [`default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src ${CHAT}; ${images}`, starter],
  "style-src 'none'": [`default-src 'none'; script-src ${CHAT} 'wasm-unsafe-eval'; style-src 'none'; style-src-attr 'none'; style-src-elem 'none'; connect-src ${CHAT}; ${images}`],
  'trusted types required, one policy allowed': [`default-src 'none'; script-src ${CHAT} 'wasm-unsafe-eval'; connect-src ${CHAT}; require-trusted-types-for 'script'; trusted-types lokalsvar; ${images}`],
};

const violations = page => page.evaluate(() => heard.filter(([name]) => name === 'csp').map(([, what]) => what));

for (const [what, [policy, tag = TAG]] of Object.entries(POLICIES)) {
  test(`${what}: no violation in a whole conversation`, async () => {
    const page = await visitor({ 'side.html': html(`<main><h1>Side</h1></main>${tag}`) }, { headers: { 'content-security-policy': policy } });
    await launcher(page).click();
    await box(page).waitFor({ timeout: 20_000 });
    await hear(page, 'ready');
    assert.match(await ask(page, 'hvad koster et pas'), /borger\.dk/);
    await ask(page, 'pas');
    await ask(page, 'hvad er meningen med livet');
    await page.getByRole('button', { name: 'Ja', exact: true }).first().click();
    const download = page.waitForEvent('download');
    await choose(page, 'Hent udskrift');
    await download;
    await choose(page, 'Større tekst');
    await page.getByRole('button', { name: 'EN – English' }).click();
    await ask(page, 'how do I renew my passport');
    await page.setViewportSize({ width: 360, height: 640 });
    await page.waitForTimeout(100);
    await page.keyboard.press('Escape');
    assert.deepEqual(await violations(page), []);
    quiet(page);
  });
}

test('without wasm-unsafe-eval the citizen gets the plain list and whom to call', async () => {
  const policy = `default-src 'none'; script-src ${CHAT}; style-src ${CHAT}; connect-src ${CHAT}; ${images}`;
  const page = await visitor({ 'side.html': html(`<main><h1>Side</h1></main>${TAG}`) }, { headers: { 'content-security-policy': policy } });
  await launcher(page).click();
  await page.getByRole('link', { name: /Ring til 00/ }).first().waitFor({ timeout: 20_000 });
  // The topics come after the phone number: the list is a file of its own.
  await page.getByText('Pas', { exact: true }).first().waitFor({ timeout: 20_000 });
  assert.equal(await box(page).count(), 0);
  assert.deepEqual([...new Set(await violations(page))], ['script-src'], 'the only thing refused is WebAssembly');
});
