// One script tag: attributes, links into the chat, the command queue, two tags, keyboard.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { happened, input, launcher, log, open, panel, quit, visit } from './lib.mjs';

after(quit);

const hosts = page => page.locator('lokalsvar-chat').count();

test('a link with a topic opens the chat on that answer, at load and on a click', async () => {
  const loaded = await visit('eksempelby/pas.html#lokalsvar=pas/pas-til-barn');
  await panel(loaded.page).waitFor();
  await happened(loaded.page, 'answered');
  assert.ok((await loaded.page.evaluate(() => window.seen)).some(([, id]) => id === 'pas/pas-til-barn'));
  assert.deepEqual(loaded.problems, []);
  await loaded.close();

  const clicked = await visit('eksempelby/index.html');
  await clicked.page.evaluate(() => {
    const link = document.createElement('a');
    link.href = '#lokalsvar=pas/pris-paa-pas';
    link.textContent = 'Pris i chatten';
    document.querySelector('main').prepend(link);
  });
  const link = clicked.page.getByRole('link', { name: 'Pris i chatten' });
  for (const _ of [1, 2]) {
    await link.click();
    await panel(clicked.page).waitFor();
    await clicked.page.keyboard.press('Escape');
    await panel(clicked.page).waitFor({ state: 'hidden' });
    assert.equal(await clicked.page.evaluate(() => document.activeElement.textContent), 'Pris i chatten');
  }
  await clicked.close();
});

test('a hash that is typed later opens it too', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  await page.evaluate(() => { location.hash = '#lokalsvar=mitid'; });
  await panel(page).waitFor();
  await close();
});

test('Enter opens, focus goes into the panel, Esc closes and gives it back', async () => {
  const { page, problems, close } = await visit('eksempelby/index.html');
  assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
  await launcher(page).focus();
  await page.keyboard.press('Enter');
  await input(page).waitFor();
  const inside = () => page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.localName);
  await page.waitForFunction(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.localName === 'textarea');
  assert.equal(await inside(), 'textarea');
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() =>
    document.querySelector('lokalsvar-chat').shadowRoot.activeElement.getAttribute('part')), 'launcher');
  assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
  assert.deepEqual(problems, []);
  await close();
});

test('commands that a page queued before the loader ran are carried out', async () => {
  const { page, close } = await visit('eksempelby/index.html', {
    before: page => page.addInitScript(() => {
      window.lokalsvar = window.lokalsvar || [];
      window.lokalsvar.push(['ask', 'hvad koster et pas']);
    }),
  });
  await happened(page, 'answered');
  assert.ok(await log(page).getByText('hvad koster et pas').isVisible());
  await close();
});

test('methods open, close, toggle, show and take away', async () => {
  const { page, problems, close } = await visit('eksempelby/index.html');
  await page.evaluate(() => window.lokalsvar.open());
  await panel(page).waitFor();
  await page.evaluate(() => window.lokalsvar.close());
  await panel(page).waitFor({ state: 'hidden' });
  await page.evaluate(() => window.lokalsvar.toggle());
  await panel(page).waitFor();
  await page.evaluate(() => {
    window.heard = [];
    window.lokalsvar.on('answered', event => window.heard.push(event.detail.id));
    return window.lokalsvar.showTopic('pas/pris-paa-pas');
  });
  await page.waitForFunction(() => window.heard.includes('pas/pris-paa-pas'));
  await page.evaluate(() => window.lokalsvar.destroy());
  assert.equal(await hosts(page), 0);
  assert.equal(await page.evaluate(() => typeof window.lokalsvar), 'undefined');
  assert.deepEqual(problems, []);
  await close();
});

test('two tags give one chat, and a tag that runs again after the body was replaced puts it back', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  const again = () => page.evaluate(() => new Promise(done => {
    const tag = document.createElement('script');
    tag.dataset.kommune = 'eksempelby';
    tag.onload = done;
    // The page's CSP wants TrustedScriptURL from the test as well.
    const policy = window.testPolicy ??= trustedTypes.createPolicy('test', { createScriptURL: url => url });
    tag.src = policy.createScriptURL('/lokalsvar.js');
    document.head.append(tag);
  }));
  await again();
  assert.equal(await hosts(page), 1);
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  assert.equal(await hosts(page), 0);
  await again();
  assert.equal(await hosts(page), 1);
  await open(page);
  await close();
});

test('a page that polluted Object.prototype changes nothing', async () => {
  const { page, problems, requests, close } = await visit('eksempelby/index.html', {
    before: page => page.addInitScript(() => {
      Object.prototype.method = 'POST';
      Object.prototype.body = 'leak';
      Object.prototype.mode = 'closed';
      Object.prototype.once = true;
    }),
  });
  await open(page);
  assert.deepEqual(requests.filter(request => request.method() !== 'GET'), []);
  await page.keyboard.press('Escape');
  await launcher(page).click();
  await panel(page).waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test('no style attribute, no style element and no global but lokalsvar', async () => {
  const { page, close } = await visit('eksempelby/index.html');
  const before = await page.evaluate(() => Object.keys(window));
  await open(page);
  const found = await page.evaluate(() => {
    const root = document.querySelector('lokalsvar-chat').shadowRoot;
    return root.querySelectorAll('style, [style], [onclick], iframe, link').length;
  });
  assert.equal(found, 0);
  const added = (await page.evaluate(() => Object.keys(window))).filter(name => !before.includes(name));
  assert.deepEqual(added, []);
  assert.deepEqual((await page.evaluate(() => window.seen)).filter(([name]) => name === 'csp'), []);
  await close();
});
