// Scripted conversations with canary words: where do the words go? Into the tab's sessionStorage and nowhere else, and
// after "Slet samtalen" not even there. 40 conversations in the suite, 500 by `cargo xtask prove`.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, citizen, closeBrowser, forPerson, hear, launcher, log, open, quiet, wishes } from './support.mjs';
import { choose, conversations, html, kept, PROVE, TAG, talk, visitor } from './host.mjs';

after(closeBrowser);

const COUNT = PROVE ? 500 : 40;
const PER_PAGE = 50;

/** Everything beside the tab's sessionStorage in which a page can leave something, as one text. */
const elsewhere = async page => JSON.stringify([await page.context().cookies(), await page.evaluate(async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return {
    local: { ...localStorage }, cookies: document.cookie, databases: await indexedDB.databases(), caches: await caches.keys(), files,
    workers: (await navigator.serviceWorker.getRegistrations()).length, name: window.name, state: history.state, address: location.href,
    title: document.title, page: document.documentElement.outerHTML, heard, globals: Object.keys(window).length,
    resources: performance.getEntries().map(entry => entry.name), rtc: window.rtc,
  };
})]);

/** Counts what the browser's list of requests does not show. */
const watch = page => page.addInitScript(() => {
  window.rtc = 0;
  for (const name of ['RTCPeerConnection', 'WebTransport', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker', 'BroadcastChannel']) {
    window[name] = class { constructor() { window.rtc++; } };
  }
});

test(`${COUNT} conversations: no request, and their words are nowhere but in sessionStorage until they are deleted`, async t => {
  const all = conversations(COUNT);
  assert.equal(all.length, COUNT);
  let [turns, answered, page, fetched, first] = [0, 0];
  const finish = async () => {
    const asked = page.all.slice(fetched).filter(line => !page.wished || !forPerson(line));
    assert.deepEqual(asked, [], 'no request after ready, but for a person who was wished for');
    const left = await elsewhere(page);
    assert.ok(!/kanarie/i.test(left), left.slice(Math.max(0, left.search(/kanarie/i) - 200)).slice(0, 400));
    assert.equal(JSON.parse(left)[1].rtc, 0);
    const changed = Object.entries(JSON.parse(left)[1]).filter(([name, value]) =>
      !['heard', 'resources', 'page'].includes(name) && JSON.stringify(value) !== JSON.stringify(first[name]));
    assert.deepEqual(changed, [], 'as it was before the chat was opened');
    quiet(page);
    await page.context().close();
  };
  for (const [i, lines] of all.entries()) {
    if (i % PER_PAGE === 0) {
      if (page) await finish();
      page = await citizen({ before: watch });
      page.all = [];
      page.context().on('request', request => page.all.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
      first = JSON.parse(await elsewhere(page))[1];
      assert.deepEqual(await kept(page), {}, 'nothing is stored before opening');
      const own = page.requests.filter(url => /lokalsvar|engine|\.kb|eksempelby\.json/.test(url));
      assert.deepEqual(own.map(url => new URL(url).pathname), ['/lokalsvar.js'], 'only the loader before opening');
      await open(page);
      fetched = page.all.length;
    }
    page.wished ||= lines.some(wishes);
    const canary = `kanarie${i}fugl`;
    const answers = await talk(page, lines.map(line => `${line} ${canary}`));
    turns += lines.length;
    answered += answers.filter(Boolean).length;
    const before = JSON.stringify(await kept(page));
    assert.ok(before.includes(canary), `conversation ${i} lies in sessionStorage: the canary can be seen there`);
    await choose(page, 'Slet samtalen|Delete the conversation');
    const later = JSON.stringify(await kept(page));
    assert.ok(!later.includes('kanarie'), `conversation ${i} is gone after deleting`);
    assert.ok(!(await log(page).innerText()).includes('kanarie'), 'and gone from the screen');
  }
  await finish();
  assert.equal(answered, turns, 'every turn was answered');
  t.diagnostic(`${COUNT} conversations, ${turns} turns, 0 requests after ready, 0 canaries outside sessionStorage, 0 after deleting`);
});

const CANARY = 'hvad koster et pas kanariefugl';

test('another tab of the same site cannot read the conversation', async () => {
  const page = await citizen();
  await open(page);
  await ask(page, CANARY);
  const other = await page.context().newPage();
  await other.goto(page.url());
  assert.deepEqual(await other.evaluate(() => ({ ...sessionStorage })), {});
  await launcher(other).click();
  await box(other).waitFor();
  assert.ok(!(await log(other).innerText()).includes('kanarie'));
  quiet(page);
});

for (const [minutes, stays] of [[29, true], [31, false]]) {
  test(`after ${minutes} minutes the conversation is ${stays ? 'there again' : 'dropped, from the tab as well'}`, async () => {
    const page = await citizen();
    await open(page);
    await ask(page, CANARY);
    await page.addInitScript(minutes => {
      const now = Date.now;
      Date.now = () => now() + minutes * 60_000;
    }, minutes);
    await page.reload();
    await box(page).waitFor();
    await hear(page, 'ready');
    assert.equal((await log(page).innerText()).includes('kanarie'), stays);
    assert.equal(JSON.stringify(await kept(page)).includes('kanarie'), stays);
    quiet(page);
  });
}

test('a link that opens a new tab takes nothing along', async () => {
  const link = '<main><a href="/to.html" target="_blank">Ny fane</a></main>';
  const page = await visitor({ 'et.html': html(link + TAG), 'to.html': html(TAG) });
  await open(page);
  await ask(page, CANARY);
  const [other] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Ny fane', exact: true }).click()]);
  await other.waitForLoadState();
  assert.deepEqual(await other.evaluate(() => ({ ...sessionStorage })), {});
});

// The browser copies sessionStorage into a tab that is duplicated or opened by `window.open`. The copy is dropped: the
// other page still has the conversation in hand.
const twin = async page => {
  const [other] = await Promise.all([page.context().waitForEvent('page'), page.evaluate(() => { window.open(location.href); })]);
  await other.waitForLoadState();
  assert.ok(JSON.stringify(await kept(page)).includes('kanarie'), 'the first tab keeps it');
  return other;
};

test('a duplicated tab begins empty and goes its own way, also over reloads', async () => {
  const page = await citizen();
  await open(page);
  await ask(page, CANARY);
  const other = await twin(page);
  await box(other).waitFor(); // the panel was open, so it opens here as well
  assert.ok(!(await log(other).innerText()).includes('kanarie'), 'nothing of the first is on the screen');
  assert.ok(!JSON.stringify(await kept(other)).includes('kanarie'), 'nor in storage');
  await talk(other, ['hvordan melder jeg flytning papegøje']);
  await talk(page, ['hvor skal jeg aflevere batterier undulat']);
  for (const [tab, own, foreign] of [[page, ['kanarie', 'undulat'], ['papegøje']], [other, ['papegøje'], ['kanarie', 'undulat']]]) {
    for (let times = 0; times < 2; times++) {
      await tab.reload();
      await box(tab).waitFor();
      const text = await log(tab).innerText();
      assert.deepEqual([own.filter(word => !text.includes(word)), foreign.filter(word => text.includes(word))], [[], []], text);
    }
  }
});

test('a tab that was duplicated before its chat was opened drops the copy when it opens', async () => {
  const page = await citizen();
  await open(page);
  await ask(page, CANARY);
  await page.keyboard.press('Escape');
  await hear(page, 'closed');
  // What booking and talking with a person keep beside it: secrets of one tab alone.
  await page.evaluate(() => {
    const name = Object.keys(sessionStorage).find(name => name.endsWith(':page')).slice(0, -4);
    for (const key of ['errand', 'relay']) sessionStorage[name + key] = 'kanarie';
  });
  const other = await twin(page);
  await launcher(other).click();
  await box(other).waitFor();
  assert.ok(!(await log(other).innerText()).includes('kanarie'));
  assert.ok(!JSON.stringify(await kept(other)).includes('kanarie'));
});

/** As if the tab went behind another one, or came back. */
const show = (page, shown) => page.evaluate(shown => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => !shown });
  document.dispatchEvent(new Event('visibilitychange'));
}, shown);

test('a phone that ends a page in the background keeps its conversation; one that came back holds it again', async () => {
  const page = await citizen();
  await open(page);
  await ask(page, CANARY);
  const held = async () => Object.keys(await kept(page)).some(name => name.endsWith(':page'));
  assert.ok(await held());
  await show(page, false);
  assert.ok(!await held(), 'let go while out of sight: nothing more is heard of a page that the phone ends then');
  await show(page, true);
  assert.ok(await held());
  await (await twin(page)).close();
  await show(page, false);
  await page.evaluate(() => { document.addEventListener('visibilitychange', event => event.stopImmediatePropagation(), true); });
  await page.reload();
  await box(page).waitFor();
  assert.ok((await log(page).innerText()).includes('kanarie'));
});

test('back and forward keep the conversation, whether the browser kept the page or not', async () => {
  const page = await visitor({ 'et.html': html(`<a href="/to.html">To</a>${TAG}`), 'to.html': html(`<a href="/et.html">Et</a>${TAG}`) });
  await open(page);
  await ask(page, CANARY);
  await page.getByRole('link', { name: 'To', exact: true }).click();
  await box(page).waitFor();
  assert.ok((await log(page).innerText()).includes('kanarie'));
  for (const go of ['goBack', 'goForward']) {
    await page[go]();
    await box(page).waitFor();
    assert.ok((await log(page).innerText()).includes('kanarie'), go);
    assert.ok(Object.keys(await kept(page)).some(name => name.endsWith(':page')), `${go}: held by this page`);
  }
});

test('taken away and put back on the same page, the conversation is there', async () => {
  const page = await visitor({ 'side.html': html(TAG) });
  await open(page);
  await ask(page, CANARY);
  await page.evaluate(() => {
    const tag = document.querySelector('script[data-kommune]');
    lokalsvar.destroy();
    const again = document.createElement('script');
    for (const { name, value } of tag.attributes) again.setAttribute(name, value);
    document.body.append(again);
  });
  await launcher(page).click();
  await box(page).waitFor();
  assert.ok((await log(page).innerText()).includes('kanarie'));
});
