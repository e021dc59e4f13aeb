// One script tag: links into the chat, commands of the page, keyboard, two tags, unfriendly pages.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { box, citizen, closeBrowser, hear, launcher, log, open, quiet } from './support.mjs';

after(closeBrowser);

const hosts = page => page.locator('lokalsvar-chat').count();
const shut = page => box(page).waitFor({ state: 'hidden' });
const inShadow = (page, what) =>
  page.evaluate(what => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.[what], what);

test('a pointer on the launcher begins static downloads only and stores nothing', async () => {
  const page = await citizen();
  const sent = [];
  page.on('request', request => sent.push(request));
  await launcher(page).hover();
  await page.waitForTimeout(1500);
  assert.ok(sent.length >= 4, `${sent.length} requests`);
  for (const request of sent) {
    assert.equal(request.method(), 'GET');
    assert.match(new URL(request.url()).pathname + new URL(request.url()).search, /^\/[\w.-]+\.(js|wasm|json|kb)$/);
  }
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length + document.cookie.length), 0);
  assert.equal(await box(page).count(), 0);
  const count = sent.length;
  await open(page);
  assert.deepEqual(sent.slice(count).map(request => new URL(request.url()).pathname.replace(/-.*/, '')), ['/eksempelby.en']);
  quiet(page);
});

test('a link with a topic opens the chat as often as it is pressed, and Esc goes back to the link', async () => {
  const page = await citizen();
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = '#lokalsvar=pas/pris-paa-pas';
    link.textContent = 'Pris i chatten';
    document.querySelector('main').prepend(link);
  });
  for (const _ of [1, 2]) {
    await page.getByRole('link', { name: 'Pris i chatten' }).click();
    await box(page).waitFor();
    await page.waitForFunction(() => document.activeElement.localName === 'lokalsvar-chat');
    await page.keyboard.press('Escape');
    await shut(page);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Pris i chatten');
  }
  assert.equal(new URL(page.url()).hash, '');
  quiet(page);
});

test('a hash that comes later opens the chat', async () => {
  const page = await citizen();
  await page.evaluate(() => { location.hash = '#lokalsvar=mitid'; });
  await box(page).waitFor();
  quiet(page);
});

test('Enter on the launcher opens, and focus goes into the text box', async () => {
  const page = await citizen();
  await launcher(page).focus();
  await page.keyboard.press('Enter');
  await box(page).waitFor();
  await page.waitForFunction(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.localName === 'textarea');
  assert.equal(await inShadow(page, 'localName'), 'textarea');
  quiet(page);
});

test('a chat that opens by itself on the next page leaves the focus alone', async () => {
  const page = await citizen();
  await open(page);
  await page.reload();
  await box(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'body');
  quiet(page);
});

test('commands that the page queued before the loader ran are carried out', async () => {
  const page = await citizen({
    before: page => page.addInitScript(() => {
      window.lokalsvar = window.lokalsvar || [];
      window.lokalsvar.push(['ask', 'hvad koster et pas']);
    }),
  });
  await hear(page, 'answered');
  assert.match(await log(page).innerText(), /hvad koster et pas/);
  quiet(page);
});

test('methods open, close, toggle, show and take away', async () => {
  const page = await citizen();
  await page.evaluate(() => window.lokalsvar.open());
  await box(page).waitFor();
  await page.evaluate(() => window.lokalsvar.close());
  await shut(page);
  await page.evaluate(() => window.lokalsvar.toggle());
  await box(page).waitFor();
  await page.evaluate(() => {
    window.ids = [];
    window.lokalsvar.on('answered', event => window.ids.push(event.detail.id));
    return window.lokalsvar.showTopic('pas/pris-paa-pas');
  });
  await page.waitForFunction(() => window.ids.includes('pas/pris-paa-pas'));
  await page.evaluate(() => window.lokalsvar.destroy());
  assert.equal(await hosts(page), 0);
  assert.equal(await page.evaluate(() => typeof window.lokalsvar), 'undefined');
  quiet(page);
});

test('two tags give one chat; a tag that runs again after the body was replaced puts it back', async () => {
  const page = await citizen();
  const again = () => page.evaluate(() => new Promise(done => {
    // The page wants trusted types from its own scripts too.
    window.ours ??= trustedTypes.createPolicy('test', { createScriptURL: url => url });
    const tag = document.createElement('script');
    tag.dataset.kommune = 'eksempelby';
    tag.onload = done;
    tag.src = window.ours.createScriptURL('/lokalsvar.js');
    document.head.append(tag);
  }));
  await again();
  assert.equal(await hosts(page), 1);
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  await again();
  assert.equal(await hosts(page), 1);
  await open(page);
  quiet(page);
});

test('a page that polluted Object.prototype changes nothing', async () => {
  const page = await citizen({
    before: async page => {
      page.on('request', request => assert.equal(request.method(), 'GET'));
      await page.addInitScript(() => {
        Object.assign(Object.prototype, { method: 'POST', body: 'leak', mode: 'closed', once: true, capture: true });
      });
    },
  });
  await open(page);
  await page.keyboard.press('Escape');
  await shut(page);
  await launcher(page).click();
  await box(page).waitFor();
  quiet(page);
});

test('no style attribute, no style element, no new global, no violation of the policy', async () => {
  const page = await citizen();
  const before = await page.evaluate(() => Object.keys(window));
  await open(page);
  assert.equal(await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot
    .querySelectorAll('style, [style], [onclick], iframe, link, img').length), 0);
  assert.deepEqual((await page.evaluate(() => Object.keys(window))).filter(name => !before.includes(name)), []);
  assert.deepEqual(await page.evaluate(() => heard.filter(([name]) => name === 'csp')), []);
  quiet(page);
});

test('another kommune\'s release is refused', async () => {
  const page = await citizen();
  await page.route('**/eksempelby.json', async route => {
    await route.fulfill({ response: await route.fetch({ url: new URL('/fjordby.json', page.url()).href }) });
  });
  await launcher(page).click();
  await page.getByRole('button', { name: 'Prøv igen' }).waitFor();
  assert.equal(await box(page).count(), 0);
});

test('without network the citizen is told, Esc takes it away, and later it works', async () => {
  const page = await citizen();
  await page.context().setOffline(true);
  await launcher(page).click();
  const retry = page.getByRole('button', { name: 'Prøv igen' });
  await retry.waitFor();
  await launcher(page).focus();
  await page.keyboard.press('Escape');
  assert.equal(await retry.isVisible(), false);
  assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
  await page.context().setOffline(false);
  await launcher(page).click();
  await box(page).waitFor();
});
