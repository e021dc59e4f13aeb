// Talking with a person, the citizen's side, against a scripted API (handoff.mjs): what is sent is what was shown; what comes is told once and in
// order, over a stream that is cut, shuffled or blocked; nothing is fetched or sent before it is asked for. The story with a real
// server and a real console is in handoff-whole.test.mjs.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, box, citizen, closeBrowser, log, open, quiet } from './support.mjs';
import { axe, button, chat, form, press, says, sound, until } from './relay.mjs';
import { Kommune } from './handoff.mjs';

after(closeBrowser);

const CPR = '010190-1234';
const PHONE = '20 12 34 56';
const CARD = '4571 0000 0000 0001';

/** A citizen whose API is the scripted one. */
async function visitor(options = {}) {
  const kommune = await new Kommune().start();
  const page = await citizen({ path: 'eksempelby/', ...options, before: async page => {
    page.kommune = kommune;
    page.modules = [];
    page.context().on('request', request => /\/relay-/.test(request.url()) && page.modules.push(new URL(request.url()).pathname));
    await page.context().route('**/api/v1/handoff/**', route => {
      const { pathname, search } = new URL(route.request().url());
      return route.continue({ url: kommune.url + pathname + search });
    });
    await options.before?.(page);
  } });
  return page;
}
const leave = async page => {
  await page.context().close();
  await page.kommune.stop();
};

/** Sends what stands in the chat's field. */
const post = page => chat(page).locator('.send').click();
const field = (page, name) => form(page).locator(`[name=${name}]`);
const told = page => log(page).locator('.relay-person .bubble').allInnerTexts();
const states = page => log(page).locator('.relay-state').allInnerTexts();
/** From the first question to the ways there are. */
async function wish(page, question = 'hvad koster et pas') {
  if (!await log(page).isVisible()) await open(page);
  await ask(page, question);
  assert.deepEqual([page.kommune.asked, page.modules], [[], []], 'nothing is asked of the API, and no module fetched, before a person is asked for');
  await ask(page, 'jeg vil tale med et menneske');
  await says(page, /har åbent|er lukket nu/);
}

/** From there to the conversation. */
async function begin(page, text = 'Hvad koster det?') {
  await wish(page);
  await press(page, '1 Skriv med en medarbejder');
  await field(page, 'text').fill(text);
  await press(page, 'Videre');
  await says(page, 'Det her bliver sendt til Borgerservice');
  await press(page, 'Send til kommunen');
  await says(page, 'er nået frem til Borgerservice');
  await until('the stream is open', () => page.kommune.streams.size === 1);
}

for (const [width, height, colorScheme] of [[360, 740, 'light'], [360, 740, 'dark'], [1280, 900, 'light'], [1280, 900, 'dark']]) {
  test(`the whole way at ${width} px, ${colorScheme}: axe finds nothing on any step`, async () => {
    const page = await visitor({ width, height, colorScheme });
    const { kommune } = page;
    const step = name => sound(page, name, `handoff-${name}-${width}-${colorScheme}`);
    await wish(page);
    await step('1-ways');
    await press(page, '1 Skriv med en medarbejder');
    await step('2-form');
    await field(page, 'text').fill('');
    await press(page, 'Videre');
    await log(page).locator('.relay-fault').waitFor();
    assert.equal(await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.name), 'text', 'focus is in the field that is wrong');
    await step('3-fault');
    await field(page, 'text').fill('Hvad koster det?');
    await press(page, 'Videre');
    await says(page, 'Det her bliver sendt til Borgerservice');
    await form(page).getByText('Se præcis, hvad der bliver sendt').click();
    await step('4-review');
    await press(page, 'Send til kommunen');
    await says(page, 'er nået frem til Borgerservice');
    await chat(page).locator('.relay-bar').getByText('Der er 2 i kø foran dig.').waitFor();
    await step('5-waiting');
    kommune.take();
    await says(page, 'Du skriver nu med Mette, medarbejder hos Borgerservice.');
    kommune.type();
    await log(page).locator('.relay-typing').waitFor();
    kommune.say('Goddag, det koster 893 kr.');
    await says(page, 'Goddag, det koster 893 kr.');
    assert.equal(await log(page).locator('.relay-typing').count(), 0, 'who has written does not write');
    await box(page).fill('Tak for hjælpen');
    await post(page);
    await until('it is sent', async () => (await states(page)).at(-1) === 'Sendt');
    await step('6-talking');
    kommune.close('staff');
    await says(page, 'Samtalen er slut.');
    assert.equal(await chat(page).locator('.relay-line').count(), 0);
    await step('7-over');
    assert.match(await ask(page, 'hvad koster et kørekort'), /Automatisk svar/, 'and the bot answers again');
    quiet(page);
    await leave(page);
  });
}

test('what is sent is what was shown, byte by byte; planted numbers do not leave', async () => {
  const page = await visitor();
  const { kommune } = page;
  await open(page);
  await ask(page, 'hvad koster et pas');
  await wish(page, `mit nummer er ${PHONE} og mit kort ${CARD}`);
  await says(page, 'Der bliver ikke sendt noget, før');
  assert.deepEqual(kommune.asked.map(({ method, path }) => `${method} ${path}`), ['GET availability']);
  assert.match(kommune.asked[0].query, /^\?about=pas(\/|$)/, 'the topic in hand decides the department');
  await press(page, '1 Skriv med en medarbejder');
  assert.match(await field(page, 'text').inputValue(), /^mit nummer er \[telefonnummer\] og mit kort \[kortnummer\]$/, 'what was written last is proposed, masked');
  await field(page, 'text').fill(`Jeg er ${CPR} "æøå" \\ og bor her`);
  await form(page).getByText('Se den samtale, der sendes med').click();
  const along = await form(page).locator('.relay-fold p').allInnerTexts();
  assert.ok(along.some(line => line.startsWith('Du: hvad koster et pas')) && along.every(line => !/20 12|4571/.test(line)), along.join('\n'));
  await press(page, 'Videre');
  await says(page, 'Det her bliver sendt til Borgerservice');
  const before = kommune.asked.length;
  const shown = await form(page).locator('.relay-bytes').textContent();
  for (const words of ['Eksempelby Kommune', 'At svare dig.', '30 dage efter samtalen.']) await says(page, words);
  assert.equal(kommune.asked.length, before, 'nothing is sent by showing');
  await press(page, 'Send til kommunen');
  await says(page, 'er nået frem til Borgerservice');
  const [sent, ...more] = kommune.asked.filter(({ path }) => path === 'conversations');
  assert.deepEqual(more, []);
  assert.equal(sent.body, shown, 'the bytes that were shown');
  const body = JSON.parse(sent.body);
  assert.equal(body.text, 'Jeg er [cpr-nummer] "æøå" \\ og bor her');
  assert.deepEqual(body.transcript.map(({ who }) => who).slice(0, 3), ['bot', 'citizen', 'bot']);
  assert.match(body.transcript[2].answer, /^pas\//, 'with the answer that the bot gave');
  assert.match(body.bundle, /^eksempelby-.*\.kb$/);
  await box(page).fill(`mit cpr er ${CPR} og kortet ${CARD}, ring på ${PHONE}`);
  await post(page);
  await until('it arrived', () => kommune.messages.length === 1);
  assert.equal(kommune.messages[0].text, `mit cpr er [cpr-nummer] og kortet [kortnummer], ring på ${PHONE}`);
  const all = JSON.stringify(kommune.asked);
  assert.ok(!/1234["\\ ]|010190|4571/.test(all), 'no CPR number and no card in any request');
  assert.ok(kommune.asked.every(({ query }) => !/SECRET|secret/.test(query)), 'no secret in an address');
  assert.ok(kommune.asked.filter(({ method }) => method === 'POST').every(({ headers }) => /^[0-9a-f-]{36}$/.test(headers['idempotency-key'])));
  quiet(page);
  await leave(page);
});

test('the conversation with the bot is left out when the citizen says so', async () => {
  const page = await visitor();
  await wish(page, 'hvad koster et pas, kanariefugl');
  await press(page, '1 Skriv med en medarbejder');
  await field(page, 'text').fill('Noget andet');
  await field(page, 'along').uncheck();
  await press(page, 'Videre');
  await says(page, 'sendes ikke med');
  const shown = await form(page).locator('.relay-bytes').textContent();
  assert.ok(!shown.includes('transcript') && !shown.includes('kanarie'), shown);
  await press(page, 'Send til kommunen');
  await says(page, 'er nået frem til Borgerservice');
  assert.equal(page.kommune.asked.find(({ path }) => path === 'conversations').body, shown);
  quiet(page);
  await leave(page);
});

test('shuffled, doubled and dropped on the stream: told in order, each once', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page);
  kommune.take({ silent: true });
  const seqs = ['et', 'to', 'tre', 'fire', 'fem'].map(text => kommune.say(text, { silent: true }));
  for (const at of [4, 2, 2, 0, 3]) kommune.stream(seqs[at]);
  await until('all are told', async () => (await told(page)).length === 5);
  assert.deepEqual(await told(page), ['et', 'to', 'tre', 'fire', 'fem']);
  assert.ok(kommune.asked.some(({ path, query }) => path === 'log' && query === '?after=1'), 'what was missing was asked for after the last');
  kommune.stream(seqs[1]);
  kommune.say('seks');
  await until('the sixth', async () => (await told(page)).length === 6);
  quiet(page);
  await leave(page);
});

test('a stream that is cut in the middle of an entry goes on from the last whole one', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page);
  kommune.take();
  kommune.say('et');
  await says(page, 'et');
  const seq = kommune.say('to', { silent: true });
  kommune.raw(`id: ${seq}\ndata: ${JSON.stringify(kommune.log.at(-1)).slice(0, 40)}`);
  kommune.cut();
  await until('told', async () => (await told(page)).length === 2);
  assert.deepEqual(await told(page), ['et', 'to']);
  const opened = kommune.asked.filter(({ path }) => path === 'events').map(({ query }) => query);
  assert.equal(opened.at(-1), `?after=${seq - 1}`);
  await leave(page);
});

test('where streams do not come through it polls; who writes is heard all the same', async () => {
  const page = await visitor();
  page.kommune.blocked = true;
  await wish(page);
  await press(page, '1 Skriv med en medarbejder');
  await field(page, 'text').fill('Hej');
  await press(page, 'Videre');
  await press(page, 'Send til kommunen');
  await says(page, 'er nået frem til Borgerservice');
  await until('it polls', () => page.kommune.asked.some(({ path, query }) => path === 'log' && query.includes('wait=20')));
  page.kommune.take();
  page.kommune.say('Her er jeg');
  await says(page, 'Her er jeg');
  await leave(page);
});

test('the answer to a message is lost: it goes again with the same id, and is there once', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page);
  kommune.lose = 2;
  await box(page).fill('første');
  await post(page);
  await box(page).fill('anden');
  await post(page);
  await until('both arrived', async () => (await states(page)).filter(state => state === 'Sendt').length === 3);
  assert.deepEqual(kommune.messages.map(({ text }) => text), ['første', 'anden']);
  const tries = kommune.asked.filter(({ path }) => path === 'messages');
  assert.ok(tries.length >= 4 && tries[0].body === tries[1].body && tries[0].headers['idempotency-key'] === tries[1].headers['idempotency-key']);
  await leave(page);
});

test('the answer to the beginning is lost: no success is told, and again has the same key and bytes', async () => {
  const page = await visitor();
  const { kommune } = page;
  await wish(page);
  await press(page, '1 Skriv med en medarbejder');
  await field(page, 'text').fill('Hej');
  await press(page, 'Videre');
  kommune.lose = 1;
  await press(page, 'Send til kommunen');
  await says(page, 'Jeg ved ikke, om det nåede frem.');
  assert.equal(await log(page).getByText('K7Q-4M2').count(), 0);
  await press(page, 'Prøv igen');
  await says(page, 'K7Q-4M2');
  const [one, other] = kommune.asked.filter(({ path }) => path === 'conversations');
  assert.deepEqual([one.body, one.headers['idempotency-key']], [other.body, other.headers['idempotency-key']]);
  assert.equal(kommune.begun, 1);
  await leave(page);
});

test('outside hours: when it opens, a message, and a receipt after the answer alone', async () => {
  const page = await visitor();
  page.kommune.shut = true;
  await wish(page);
  await says(page, 'Den åbner');
  await press(page, '1 Læg en besked, og få svar senere');
  await field(page, 'text').fill('Ring til mig');
  await field(page, 'name').fill('Kim Jensen');
  await field(page, 'phone').fill(PHONE);
  await press(page, 'Videre');
  const shown = await form(page).locator('.relay-bytes').textContent();
  assert.deepEqual(JSON.parse(shown).contact, { name: 'Kim Jensen', phone: PHONE });
  await press(page, 'Send til kommunen');
  await says(page, 'Din besked er nået frem til Borgerservice.');
  await says(page, 'K7Q-4M2');
  assert.equal(page.kommune.asked.find(({ path }) => path === 'conversations').body, shown);
  assert.match(await ask(page, 'hvad koster et pas'), /Automatisk svar/, 'what is written goes to the bot');
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...sessionStorage }))).includes('Kim Jensen'), 'the tab keeps no name');
  quiet(page);
  await leave(page);
});

test('another page of the tab goes on; deleting takes all away and ends it', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page, 'Et spørgsmål');
  kommune.take();
  kommune.say('Goddag');
  await says(page, 'Goddag');
  await page.reload();
  await says(page, 'Goddag');
  assert.deepEqual(await told(page), ['Goddag']);
  await chat(page).locator('.relay-line').getByText('Du skriver med en medarbejder hos Borgerservice.').waitFor();
  kommune.say('Er du der?');
  await says(page, 'Er du der?');
  // The file that the citizen may keep has the person's part.
  await button(page, 'Menu').click();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Hent udskrift').click()]);
  const text = readFileSync(await file.path(), 'utf8');
  for (const words of ['Du skrev: Et spørgsmål', 'Medarbejder, Mette: Goddag', 'Automatisk besked: Du skriver nu med Mette']) assert.ok(text.includes(words), text);
  if (!await button(page, 'Slet samtalen').isVisible()) await button(page, 'Menu').click();
  await button(page, 'Slet samtalen').click();
  await until('it is ended', () => kommune.asked.some(({ path }) => path === 'end'));
  assert.equal(await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:relay'] ?? ''), '');
  assert.equal(await log(page).locator('.relay, .relay-person, .relay-note').count(), 0);
  assert.equal(await chat(page).locator('.relay-line, .relay-bar').count(), 0);
  assert.match(await ask(page, 'hvad koster et pas'), /Automatisk svar/);
  await leave(page);
});

test('over, and begun anew on the same page: the second conversation is heard as the first was', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page, 'Det første');
  kommune.take();
  kommune.say('Farvel');
  await says(page, 'Farvel');
  kommune.close('staff');
  await says(page, 'Samtalen er slut.');
  await until('the stream is let go', () => kommune.streams.size === 0);
  Object.assign(kommune, { log: [], messages: [], stage: 'waiting' });
  kommune.answers.clear();
  await ask(page, 'jeg vil tale med et menneske');
  await log(page).getByRole('button', { name: '1 Skriv med en medarbejder' }).nth(1).waitFor();
  await press(page, '1 Skriv med en medarbejder');
  await log(page).locator('[name=text]').nth(1).fill('Det andet');
  await press(page, 'Videre');
  await log(page).locator('.relay-bytes').nth(1).waitFor({ state: 'attached' });
  await press(page, 'Send til kommunen');
  await until('a stream is open again', () => kommune.streams.size === 1);
  kommune.take();
  kommune.say('Goddag igen');
  await says(page, 'Goddag igen');
  assert.deepEqual(await told(page), ['Farvel', 'Goddag igen']);
  quiet(page);
  await leave(page);
});

test('a tab that was lost: back with the code, from a new tab', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page);
  const code = await log(page).locator('.relay-rows').last().locator('dd').last().innerText();
  const other = await citizen({ path: 'eksempelby/', before: async page => {
    await page.context().route('**/api/v1/handoff/**', route => {
      const { pathname, search } = new URL(route.request().url());
      return route.continue({ url: kommune.url + pathname + search });
    });
  } });
  await page.close();
  kommune.take();
  kommune.say('Er du der?');
  await open(other);
  await ask(other, 'jeg vil tale med et menneske');
  await says(other, 'har åbent');
  await press(other, 'Jeg har en kode');
  await field(other, 'code').fill('forkert');
  await press(other, 'Videre');
  await says(other, 'Koden passer ikke');
  await field(other, 'code').fill(` ${code.toLowerCase()} `);
  await press(other, 'Videre');
  await says(other, 'Er du der?');
  await log(other).locator('.relay.citizen').getByText('Hvad koster det?').waitFor();
  await other.context().close();
  await leave(page);
});

test('somebody in danger is told where help is, and the person hears it too', async () => {
  const page = await visitor();
  await begin(page);
  await box(page).fill('jeg vil ikke leve mere');
  await post(page);
  await log(page).locator('.crisis').waitFor();
  await until('the person hears it', () => page.kommune.messages.length === 1);
  await leave(page);
});

test('typing is told at most every three seconds, only while somebody answers', async () => {
  const page = await visitor();
  const { kommune } = page;
  await begin(page);
  await box(page).pressSequentially('hej med dig', { delay: 20 });
  const told = () => kommune.asked.filter(({ path }) => path === 'typing');
  assert.deepEqual(told(), [], 'nobody is there');
  kommune.take();
  await says(page, 'Du skriver nu med Mette');
  await box(page).pressSequentially(' og så videre', { delay: 20 });
  await until('told', () => told().length === 1);
  assert.equal(told()[0].body, '{"on":true}');
  await until('over', () => told().length === 2);
  assert.equal(told()[1].body, '{"on":false}');
  assert.equal(await chat(page).locator('.suggestions').isVisible(), false, 'the bot suggests nothing meanwhile');
  quiet(page);
  await leave(page);
});

test('by keyboard at 320 px: from the wish to the end, focus never lost', async () => {
  const page = await visitor({ width: 320, height: 640 });
  const active = () => page.evaluate(() => {
    const { activeElement } = document.querySelector('lokalsvar-chat').shadowRoot;
    return activeElement && `${activeElement.tagName} ${activeElement.name || activeElement.id || ''} ${activeElement.innerText || activeElement.getAttribute('aria-label') || ''}`.trim();
  });
  const tabTo = async wanted => {
    for (let stops = 0; stops < 80; stops++) {
      const here = await active();
      assert.ok(here, 'focus is somewhere in the chat');
      if (wanted.test(here)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab never came to ${wanted}; it is at ${await active()}`);
  };
  await wish(page);
  await log(page).focus();
  await tabTo(/1\s+Skriv med en medarbejder$/);
  await page.keyboard.press('Enter');
  await says(page, 'Skriv kort');
  await tabTo(/TEXTAREA text/);
  await page.keyboard.type('Hvad koster det?');
  await tabTo(/INPUT along/);
  await page.keyboard.press('Space');
  await tabTo(/BUTTON\s+Videre/);
  await page.keyboard.press('Enter');
  await says(page, 'sendes ikke med');
  await tabTo(/Send til kommunen/);
  await page.keyboard.press('Enter');
  await says(page, 'er nået frem til Borgerservice');
  assert.ok(await active(), 'focus stayed');
  await tabTo(/Læg en besked i stedet/);
  page.kommune.take(); // takes the bar away in which focus stands
  await says(page, 'Du skriver nu med Mette');
  assert.ok(await active(), 'focus went on');
  await tabTo(/TEXTAREA input/);
  await page.keyboard.type('Tak');
  await page.keyboard.press('Enter');
  await until('sent', () => page.kommune.messages.length === 1);
  await page.keyboard.press('Shift+Tab');
  await tabTo(/BUTTON\s+Afslut/);
  await page.keyboard.press('Enter');
  await says(page, 'Vil du afslutte samtalen');
  await log(page).focus();
  await tabTo(/^BUTTON\s+Ja, afslut/);
  await page.keyboard.press('Enter');
  await says(page, 'Du har afsluttet samtalen.');
  assert.ok(await active(), 'focus stayed');
  await leave(page);
});

test('the module cannot be fetched: phone and hours stand, and a line says so', async () => {
  const page = await visitor({ before: page => page.context().route('**/relay-*.js', route => route.abort()) });
  await open(page);
  const answer = await ask(page, 'jeg vil tale med et menneske');
  assert.match(answer, /ringe til en medarbejder/);
  await chat(page).locator('.notice').getByText('Kunne ikke hentes.').waitFor();
  await leave(page);
});

test('in English, from the first word to the person', async () => {
  const page = await visitor();
  await open(page);
  await button(page, 'EN – English').click();
  await ask(page, 'I want to talk to a person');
  await says(page, 'is open, and a member of staff is at the chat.');
  await press(page, '1 Chat with a member of staff');
  await field(page, 'text').fill('Hello');
  await press(page, 'Continue');
  await says(page, 'It will be sent to');
  await axe(page, 'review in English');
  await press(page, 'Send to the municipality');
  await says(page, 'has reached');
  page.kommune.take();
  await says(page, 'You are now writing with Mette');
  await leave(page);
});
