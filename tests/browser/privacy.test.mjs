// What leaves the citizen's browser and what is left in it: nothing before the chat is opened, static files while
// it opens, nothing after.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, happened, input, launcher, log, open, panel, quit, visit } from './lib.mjs';

after(quit);

const stored = page => page.evaluate(async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
}));
const nothing = { cookies: '', local: [], session: [], databases: 0, caches: 0, workers: 0 };

test('before the chat is opened only the loader is fetched and nothing is stored', async () => {
  const visitor = await visit('eksempelby/index.html');
  await visitor.page.waitForTimeout(1000);
  const ours = visitor.requests.map(request => new URL(request.url()).pathname)
    .filter(path => /engine-|\.kb$|\.wasm$|\.json$|lokalsvar/.test(path));
  assert.deepEqual(ours, ['/lokalsvar.js']);
  assert.deepEqual(await stored(visitor.page), nothing);
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
});

test('a pointer on the launcher begins static downloads only and stores nothing', async () => {
  const visitor = await visit('eksempelby/index.html');
  const count = visitor.requests.length;
  await launcher(visitor.page).hover();
  await visitor.page.waitForTimeout(1500);
  const fetched = visitor.requests.slice(count);
  assert.ok(fetched.length >= 4, `${fetched.length} requests`);
  for (const request of fetched) {
    assert.equal(request.method(), 'GET');
    assert.equal(request.postData(), null);
    assert.equal(new URL(request.url()).search, '');
    assert.match(new URL(request.url()).pathname, /^\/[\w.-]+\.(js|wasm|json|kb)$/);
  }
  assert.deepEqual(await stored(visitor.page), nothing);
  assert.equal(await panel(visitor.page).isVisible(), false);
  await visitor.close();
});

test('after lokalsvar:ready a whole conversation makes no request', async () => {
  const visitor = await visit('eksempelby/index.html');
  await open(visitor.page);
  const count = visitor.requests.length;
  assert.deepEqual(await ask(visitor.page, 'hvad koster et pas til mit barn'), ['answered', 'pas/pris-paa-pas']);
  await ask(visitor.page, 'jeg skal flytte');
  await ask(visitor.page, 'hvornår bliver skraldet hentet');
  await ask(visitor.page, 'hvad er meningen med livet');
  await input(visitor.page).pressSequentially('køreko', { delay: 30 });
  await panel(visitor.page).getByRole('button', { name: /^(EN|English)/ }).click();
  await visitor.page.keyboard.press('Escape');
  await launcher(visitor.page).or(visitor.page.getByRole('button', { name: /^Spørg/ })).first().click();
  await visitor.page.waitForTimeout(1000);
  assert.deepEqual(visitor.requests.slice(count).map(request => request.url()), []);
  assert.deepEqual(visitor.problems, []);
  const kept = await stored(visitor.page);
  assert.deepEqual(kept.session.sort(), ['lokalsvar:eksempelby', 'lokalsvar:eksempelby:open']);
  assert.deepEqual({ ...kept, session: [] }, nothing);
  await visitor.close();
});

test('events carry ids and never what was written', async () => {
  const visitor = await visit('eksempelby/index.html');
  await visitor.page.evaluate(() => {
    window.details = [];
    for (const name of ['ready', 'opened', 'answered', 'unanswered']) {
      addEventListener('lokalsvar:' + name, event => window.details.push(JSON.stringify(event.detail)));
    }
  });
  await open(visitor.page);
  await ask(visitor.page, 'zebraord hvad koster et pas');
  const details = await visitor.page.evaluate(() => window.details);
  assert.ok(details.length >= 3);
  for (const detail of details) {
    assert.ok(!detail.includes('zebraord'));
    assert.match(detail, /^\{"kommune":"eksempelby"(,"id":"[a-z0-9/-]*")?\}$/);
  }
  await visitor.close();
});

test('an open chat is open again on the next page, with its conversation, and does not take the focus', async () => {
  const visitor = await visit('eksempelby/index.html');
  await open(visitor.page);
  await ask(visitor.page, 'hvad koster et pas');
  await visitor.page.getByRole('navigation').getByRole('link', { name: 'Affald' }).first().click();
  await visitor.page.waitForURL(/affald/);
  await happened(visitor.page, 'ready');
  await log(visitor.page).getByText('hvad koster et pas').waitFor();
  assert.equal(await visitor.page.evaluate(() => document.activeElement.tagName), 'BODY');
  await visitor.close();
});
