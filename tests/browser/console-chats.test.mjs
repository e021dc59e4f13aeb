// Talking with citizens in the console, against made-up conversations (talks.mjs): by keyboard alone, at every width, with a network
// that loses answers, with the kommune's own answers, and with citizens who write markup.
import { after, afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser } from './support.mjs';
import { clean, fine, focused, page as plain, tabTo } from './console.mjs';
import { PAYLOADS as payloads } from './payloads.mjs';
import { startTalks } from './talks.mjs';

let server;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
after(closeBrowser);

/** An agent at the list. */
async function agent(options = {}, more = {}) {
  server ??= await startTalks(options);
  const page = await plain({ ...server, shift: 0 }, { path: 'konsol/samtaler', ...more });
  await page.locator('#chats-head h1').waitFor();
  return page;
}

const row = (page, receipt) => page.locator(`[id="q-${receipt}"]`);
const says = (page, text) => page.getByText(text).first().waitFor({ timeout: 15_000 });
const line = (page, text) => page.locator('#talk-lines li').filter({ hasText: text });
const spoken = page => page.evaluate(() => new Promise(done => {
  const heard = [];
  new MutationObserver(() => heard.push(document.querySelector('#live').textContent)).observe(document.querySelector('#live'), { childList: true });
  setTimeout(() => done(heard.join(' | ')), 4000);
}));
const BOT = [{ who: 'citizen', text: 'hvad koster det' }, { who: 'bot', text: 'Mener du pas?', answer: 'pas/pris-paa-pas' }];

test('the whole work by keyboard alone: there, taken, answered, handed on; another ended, decided, deleted', async () => {
  server = await startTalks();
  const receipt = server.begins({ transcript: BOT, waited: 65 });
  const second = server.begins({ text: 'Jeg kan ikke logge ind', waited: 5 });
  const page = await agent();
  await tabTo(page, /^there/);
  await page.keyboard.press('Space');
  await page.locator('#there[aria-pressed=true]').waitFor();
  assert.match(await page.locator(`[id="w-${receipt}"]`).innerText(), /^har ventet 1 min\. \d+ sek\.$/);
  await tabTo(page, new RegExp(`^q-${receipt}`));
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), new RegExp(`^q-${second}`), 'arrows go through the list');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await tabTo(page, /^take Tag samtalen/);
  assert.equal(server.posts('take').length, 0);
  await page.keyboard.press('Enter');
  await says(page, 'Du har samtalen.');
  assert.match(await focused(page), /^say/);
  await line(page, 'Mener du pas?').getByText('Automatisk svar').waitFor();

  await page.keyboard.type('Hej, du taler med Anna.');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('Hvad kan jeg hjælpe med?');
  await page.keyboard.press('Enter');
  await line(page, 'Hej, du taler med Anna.').getByText('Sendt').waitFor();
  assert.match(await focused(page), /^say/, 'and on');
  assert.equal(server.posts('message')[0].body.text, 'Hej, du taler med Anna.\nHvad kan jeg hjælpe med?');
  assert.ok(server.posts('typing').length >= 1, 'the citizen saw that somebody wrote');
  await page.keyboard.type('halvt');
  const heard = spoken(page);
  server.writes(receipt, 'Mit barn skal have pas');
  await line(page, 'Mit barn skal have pas').waitFor();
  await line(page, 'Hej, du taler med Anna.').getByText('Modtaget').waitFor();
  assert.match(await heard, /Borgeren: Mit barn skal have pas/);
  assert.equal(await page.locator('#say').inputValue(), 'halvt', 'what is being written is left alone');
  assert.match(await focused(page), /^say/);

  await tabTo(page, /^transfer/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^to\s/);
  await page.keyboard.press('ArrowDown');
  await tabTo(page, /^note/);
  await page.keyboard.type('Barnet er 3 år');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Samtalen er givet videre til');
  assert.match(await focused(page), /^title/);
  assert.equal(server.posts('transfer')[0].body.note, 'Barnet er 3 år');

  await tabTo(page, new RegExp(`^take-${second}`));
  await page.keyboard.press('Enter');
  await says(page, 'Du har samtalen.');
  await tabTo(page, /^end/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^outcome/);
  await page.keyboard.press('ArrowDown');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Samtalen er slut. Beslut nu');
  await tabTo(page, /^record/);
  await page.keyboard.press('ArrowDown');
  await tabTo(page, /^reason/);
  await page.keyboard.type('26/1234');
  await page.keyboard.press('Enter');
  await says(page, 'Gemt. Samtalen kan slettes nu.');
  const [link] = await page.locator('.links a').evaluateAll(all => all.map(one => one.getAttribute('href')));
  assert.equal(link, `/api/v1/staff/handoff/export?receipt=${second}&format=html`);
  await tabTo(page, /^delete/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Samtalen er slettet.');
  assert.deepEqual(['take', 'transfer', 'close', 'record', 'delete'].map(end => server.posts(end).length), [2, 1, 1, 1, 1]);
  const keys = server.calls.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, 'every call has a key of its own');
  assert.ok(server.calls.every(({ key, csrf }) => /^[0-9a-f-]{36}$/.test(key) && csrf === 'token'));
  await clean(page, server);
  await page.context().close();
});

test('an answer that is lost is sent again with its id, and stands in the log once', async () => {
  server = await startTalks();
  const receipt = server.begins();
  const page = await agent();
  await page.locator(`#take-${receipt}`).click();
  await page.locator('#say').waitFor();
  // It never came to the server.
  await page.context().route('**/handoff/message', route => route.abort('connectionreset'), { times: 1 });
  await page.locator('#say').fill('Hej');
  await page.locator('#send').click();
  await line(page, 'Hej').getByText('Ikke sendt endnu').waitFor();
  await line(page, 'Hej').getByText('Sendt', { exact: true }).waitFor({ timeout: 15_000 });
  const sent = page.sent.filter(({ path }) => path.endsWith('/message'));
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], sent[1], 'the same bytes, the same key');
  // It came, and the answer is lost: the log has it.
  server.lose('handoff/message');
  await page.locator('#say').fill('Er du der?');
  await page.locator('#send').click();
  await line(page, 'Er du der?').getByText('Sendt', { exact: true }).waitFor({ timeout: 15_000 });
  await page.waitForTimeout(3000);
  for (const text of ['Hej', 'Er du der?']) assert.equal(await line(page, text).count(), 1);
  assert.equal(server.talk(receipt).entries.filter(one => one.who === 'staff').length, 2);

  server.lose('handoff/give-back');
  await page.locator('#give-back').click();
  await says(page, 'Vi ved ikke, om det blev gemt');
  assert.match(await focused(page), /^retry/);
  await page.context().close();
});

test('a colleague is faster, and a conversation that somebody else has is not opened by chance', async () => {
  server = await startTalks();
  const receipt = server.begins();
  const page = await agent();
  await row(page, receipt).click();
  await page.locator('#read').waitFor();
  await page.waitForTimeout(1500);
  assert.ok(page.requests.every(url => !url.includes('/handoff/conversation')), 'not read');
  server.talk(receipt).row.stage = 'active'; // the list does not know yet
  await page.locator('#take').click();
  await says(page, 'En kollega var hurtigere og har samtalen nu.');
  await page.context().close();
});

test('the kommune’s own answers are found by the chat’s own engine and named when they are sent as they stand', async () => {
  server = await startTalks();
  const receipt = server.begins({ text: 'hvad koster et pas', language: 'da' });
  const page = await agent();
  await row(page, receipt).getByText('pas/pris-paa-pas').waitFor({ state: 'detached', timeout: 20_000 }); // its title is known
  await page.locator(`#take-${receipt}`).click();
  await page.locator('#find-open').click();
  assert.equal(await page.locator('#find').inputValue(), 'hvad koster et pas');
  await page.locator('#put-0').waitFor({ timeout: 20_000 });
  await fine(page, 'samtaler-svar-1280-light');
  const text = await page.locator('#talk-replies li').first().locator('.words').innerText();
  await page.locator('#put-0').click();
  assert.ok((await page.locator('#say').inputValue()).startsWith(text.trim().slice(0, 100)), text);
  await page.locator('#say').press('Enter');
  await line(page, 'kommunens svar').waitFor();
  assert.equal(server.posts('message')[0].body.answer, 'pas/pris-paa-pas');
  await page.locator('#find-open').click();
  await page.locator('#find').fill('åbningstider borgerservice');
  await page.locator('#find').press('Enter');
  await page.locator('#put-0').click();
  await page.locator('#say').press('End');
  await page.keyboard.type(' Venlig hilsen');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(500);
  assert.equal(server.posts('message')[1].body.answer, undefined, 'changed: no longer the kommune’s answer');

  await page.locator('#fact').click();
  assert.equal(await page.locator('#intent').inputValue(), '');
  await page.locator('#intent').fill('pas/pris-paa-pas');
  await page.locator('#wrong').fill('Prisen er fra sidste år');
  await page.locator('#yes').click();
  await says(page, 'Redaktørerne har fået det at vide');
  await page.locator('#facts').click();
  await says(page, 'Prisen er fra sidste år');
  await page.getByRole('button', { name: /^Klaret/ }).click();
  await says(page, 'Der er ingen.');
  await clean(page, server);
  await page.context().close();
});

test('what a citizen writes is text: every payload in every field', async () => {
  assert.ok(payloads.length >= 600, `${payloads.length} payloads`);
  server = await startTalks();
  const all = payloads.join('\n');
  const receipt = server.begins({
    text: all.slice(0, 4000), transcript: payloads.slice(0, 60).map((text, at) => ({ who: at % 2 ? 'bot' : 'citizen', text, ...(at % 2 && { answer: text.slice(0, 100) }) })),
    way: 'message', about: payloads[7], contact: { name: payloads[1], phone: payloads[2].slice(0, 30), email: `${payloads[3]}@x.example` }, when: payloads[4],
  });
  const page = await agent();
  await page.locator(`#take-${receipt}`).click();
  await page.locator('#say').waitFor();
  for (let at = 0; at < payloads.length; at += 100) {
    for (const payload of payloads.slice(at, at + 100)) server.happens(receipt, 'citizen', { kind: 'message', id: `x${at}${Math.random()}`, text: payload });
    await line(page, payloads[Math.min(at + 99, payloads.length - 1)].slice(0, 30)).last().waitFor();
  }
  const { at } = server.talk(receipt).entries[0];
  server.talk(receipt).notes.push({ at, by: payloads[5], text: payloads[6] });
  server.facts.push({ fact: '1', at, by: payloads[8], intent: payloads[9], wrong: payloads[10], right: payloads[11] });
  await page.locator('#facts').click();
  await page.locator('#chats-facts .item').waitFor();
  await page.waitForTimeout(1000);
  const found = await page.evaluate(() => ({
    tags: [...new Set([...document.querySelectorAll('#console *')].map(one => one.localName))],
    on: [...document.querySelectorAll('#console *')].flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on')),
    links: [...document.querySelectorAll('#console a')].map(one => one.protocol).filter(protocol => !['http:', 'tel:', 'mailto:'].includes(protocol)),
    pwned: window.pwned,
  }));
  const plainTags = 'a button dd div dl dt form h1 h2 h3 h4 header input label li main nav p section span table tbody td textarea th thead tr ul'.split(' ');
  assert.deepEqual(found.tags.filter(tag => !plainTags.includes(tag)), []);
  assert.deepEqual([found.on, found.links, found.pwned], [[], [], undefined]);
  await clean(page, server);
  await page.context().close();
});

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [360, 'light'], [320, 'dark']]) {
  test(`nothing is wrong with the page at ${width} px, ${colorScheme}`, async () => {
    server = await startTalks();
    const waits = server.begins({ waited: 400, alarm: true, away: true });
    server.begins({ way: 'callback', language: 'en', text: 'Please call me' });
    const taken = server.begins();
    server.colleagueTakes(taken);
    const english = server.begins({ text: 'How much is a passport?', language: 'en', transcript: BOT, contact: { name: 'Ann Example', phone: '+4520000000', email: 'ann@example.org' } });
    const page = await agent({}, { width, colorScheme });
    const name = step => `samtaler-${step}-${width}-${colorScheme}`;
    await row(page, waits).waitFor();
    await page.locator('#settings').click();
    await fine(page, name('liste'));
    await page.locator(`[id="take-${english}"]`).click();
    await page.locator('#say').waitFor();
    server.writes(english, 'Hello? '.repeat(40));
    server.happens(english, 'citizen', { kind: 'typing', on: true });
    await says(page, 'Borgeren skriver …');
    await page.locator('#say').fill('Hello, this is Anna.');
    await page.locator('#send').click();
    await line(page, 'Hello, this is Anna.').getByText('Sendt').waitFor();
    await fine(page, name('samtale'));
    for (const step of ['transfer', 'fact', 'end']) {
      await page.locator(`#${step}`).click();
      await page.locator('#deal-title').waitFor();
      if (await page.locator('#yes').count()) await page.locator('#yes').click(); // what is missing is said
      await page.locator('.fault').first().waitFor();
      await fine(page, name(step));
      await page.keyboard.press('Escape');
      await page.locator('#say').waitFor();
    }
    await page.locator('#talk-close').click();
    assert.match(await focused(page), new RegExp(`^q-${english}`));
    await clean(page, server);
    await page.context().close();
  });
}

test('with forced colours every state still has its word, and nothing is told by colour alone', async () => {
  server = await startTalks();
  const receipt = server.begins({ waited: 400, alarm: true });
  const page = await agent({}, { forcedColors: 'active' });
  await row(page, receipt).getByText('Har ventet for længe').waitFor();
  await fine(page, 'samtaler-forced-1280');
  await page.context().close();
});

test('a supervisor sees the queues and opens nothing', async () => {
  server = await startTalks({ roles: ['supervisor'] });
  const receipt = server.begins({ text: 'Hemmelig' });
  const page = await agent();
  await row(page, receipt).waitFor();
  assert.equal(await page.locator('#queue li button, #there').count(), 0);
  assert.match(await page.locator('.desks').innerText(), /Bo Berg \(1 samtale\)/);
  await row(page, receipt).click();
  await page.waitForTimeout(1500);
  assert.ok(page.requests.every(url => !url.includes('/handoff/conversation')));
  await fine(page, 'samtaler-supervisor-1280-light');
  await page.context().close();
});

test('a message that did not get through is told to whoever may open the conversation, and taken off the list', async () => {
  server = await startTalks();
  const receipt = server.begins();
  server.alerts.push({ alert: 'a1', at: '2026-11-26T10:00:00+01:00', about: 'conversation', receipt });
  const page = await agent();
  const alerts = page.locator('#alerts');
  await alerts.getByText('Beskeder (1)').waitFor();
  await alerts.click();
  await page.getByText(`En besked om samtale ${receipt} nåede ikke frem`).waitFor();
  await fine(page, 'samtaler-alerts-1280-light');
  await page.getByRole('button', { name: /set/i }).first().click();
  await page.getByText('Der er ikke noget, du skal se efter.').waitFor();
  assert.deepEqual(server.posts('alerts/seen').map(({ body }) => body), [{ alert: 'a1' }]);
  await clean(page, server);
  await page.context().close();
});

test('the page goes on in the background, comes back at once, and says what is new where that is wanted', async () => {
  server = await startTalks();
  const page = await agent();
  await page.evaluate(() => {
    window.tones = 0;
    const real = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
      window.tones += 1;
      return real.call(this);
    };
  });
  await page.locator('#there').click();
  server.begins();
  await row(page, 'ABCD-0001').waitFor();
  assert.equal(await page.evaluate(() => window.tones), 0, 'silent until somebody wants it');
  await page.locator('#settings').click();
  await page.locator('#sound').click();
  await page.locator('#blink').click();
  const before = await page.evaluate(() => window.tones);
  server.begins();
  await row(page, 'ABCD-0002').waitFor();
  await page.waitForFunction(before => window.tones > before, before);
  await page.waitForFunction(() => document.title.startsWith('●'));
  assert.match(await page.title(), /Samtaler/);
  await page.locator('h1').click();
  await page.waitForFunction(() => document.title.startsWith('(2)'));
  const asked = page.requests.length;
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForTimeout(500);
  assert.ok(page.requests.slice(asked).some(url => /queue\?known=\d+$/.test(url)), 'asked at once, without waiting for news');
  await page.context().close();
});
