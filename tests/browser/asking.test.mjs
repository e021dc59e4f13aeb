// A citizen opens the chat, asks, and is answered in the page; nothing is stored or fetched before, and
// nothing is fetched because of what was typed.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { ask, box, citizen, closeBrowser, hear, launcher, log, open, quiet, forPerson, wishes } from './support.mjs';

after(closeBrowser);

const storage = page => page.evaluate(async () => ({
  session: Object.keys(sessionStorage), local: Object.keys(localStorage), cookies: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
}));
const NOTHING = { session: [], local: [], cookies: '', databases: 0, caches: 0 };

test('before opening, only the loader is fetched and nothing is stored', async () => {
  const page = await citizen();
  const own = page.requests.filter(url => /lokalsvar|engine|\.kb|eksempelby\.json/.test(url));
  assert.deepEqual(own.map(url => new URL(url).pathname), ['/lokalsvar.js']);
  assert.deepEqual(await storage(page), NOTHING);
  quiet(page);
});

test('a question is answered with the kommune\'s own answer', async () => {
  const page = await citizen();
  await open(page);
  const answer = await ask(page, 'hvad koster et pas til mit barn');
  assert.match(answer, /borger\.dk/);
  assert.match(answer, /Bestil tid til pas/);
  assert.match(await ask(page, 'hvornår har borgerservice åbent'), /(Åbent|Lukket) nu/);
  quiet(page);
});

test('one word at the beginning is a question, not a choice among the chips with that word', async () => {
  const page = await citizen();
  await open(page);
  assert.match(await log(page).innerText(), /bestiller jeg tid til pas/);
  assert.match(await ask(page, 'pas'), /Pas til en voksen[^]*Pas til et barn[^]*Passet er væk/);
  assert.match(await ask(page, 'barn'), /Hvordan barnet får pas/, 'now it is a choice');
  quiet(page);
});

test('fifty conversations make no request but for a wished person, and their words stay in sessionStorage', async () => {
  const folder = new URL('../../kb-bundle/faelles/', import.meta.url);
  const conversations = readdirSync(folder).filter(name => name.endsWith('.samtaler')).flatMap(name =>
    readFileSync(new URL(name, folder), 'utf8').split(/^---.*---$/m).slice(1)
      .map(part => part.split('\n').filter(line => line.startsWith('> ')).map(line => line.slice(2))));
  const page = await citizen();
  await open(page);
  let turns = 0;
  const others = [];
  for (const [i, lines] of conversations.slice(0, 50).entries()) {
    for (const line of lines) {
      const before = page.requests.length;
      await ask(page, `${line} kanarie${i}`);
      turns++;
      if (wishes(line)) await page.waitForTimeout(300);
      others.push(...page.requests.slice(before).filter(url => !wishes(line) || !forPerson(url)));
    }
  }
  assert.ok(turns >= 90, `${turns} turns`);
  assert.deepEqual(others, [], `${turns} turns made no other request`);
  const { session, ...rest } = await storage(page);
  assert.deepEqual(rest, { local: [], cookies: '', databases: 0, caches: 0 });
  assert.ok(session.every(key => key.startsWith('lokalsvar:')), session.join());
  assert.equal(await page.evaluate(() => heard.filter(([, detail]) => JSON.stringify(detail).includes('kanarie')).length), 0);
  assert.ok(!page.url().includes('kanarie'));
  quiet(page);
});

test('the conversation and the open panel survive a navigation', async () => {
  const page = await citizen();
  await open(page);
  await ask(page, 'hvad koster et pas');
  await page.goto(new URL('/eksempelby/affald.html', page.url()).href);
  await box(page).waitFor();
  assert.match(await log(page).innerText(), /hvad koster et pas/);
  quiet(page);
});

test('Esc closes and gives the focus back to the launcher', async () => {
  const page = await citizen();
  await open(page);
  await box(page).press('Escape');
  await hear(page, 'closed');
  await box(page).waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.part.value), 'launcher');
  assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
});

test('a link with #lokalsvar= opens the widget on that answer', async () => {
  const page = await citizen({ path: '#lokalsvar=pas/pas-til-barn' });
  await hear(page, 'answered');
  assert.match(await log(page).innerText(), /barn/);
  const detail = await page.evaluate(() => heard.find(([name]) => name === 'answered')[1]);
  assert.equal(detail.id, 'pas/pas-til-barn');
  quiet(page);
});

test('every bot message is announced once, as text', async () => {
  const page = await citizen();
  await open(page);
  await page.waitForTimeout(600); // the welcome has been spoken
  await page.evaluate(() => {
    window.spoken = [];
    const region = document.querySelector('lokalsvar-chat').shadowRoot.querySelector('[aria-live=polite]');
    new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => spoken.push(node.textContent))))
      .observe(region, { childList: true, subtree: true });
  });
  await ask(page, 'hvad koster et pas');
  await page.waitForTimeout(900);
  await ask(page, 'hvordan melder jeg flytning');
  await page.waitForTimeout(1500);
  const spoken = (await page.evaluate(() => spoken)).filter(text => text.trim());
  assert.equal(spoken.length, 2, spoken.join(' | '));
});
