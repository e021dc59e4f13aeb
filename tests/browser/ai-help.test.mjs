// AI help, the citizen's side, against a scripted API (ai-help.mjs): offered after a miss alone and only where the signed release says so; what is sent
// is what was shown; an answer comes sentence by sentence, labelled for the eye, the ear and the file, as text and never as markup.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, BASE, box, citizen, closeBrowser, log, open, quiet } from './support.mjs';
import { axe, button, form, press, says, sound, until } from './relay.mjs';
import { DONE, Model, release, SOURCES, TERMS } from './ai-help.mjs';

after(closeBrowser);

const MISS = 'xyzzy plugh frobnikat';
const CPR = '010190-1234';
const PHONE = '20 12 34 56';
const CARD = '4571 0000 0000 0001';

const original = await (await fetch(BASE + 'eksempelby.json')).json();

async function visitor({ ai = true, ...options } = {}) {
  const model = await new Model().start();
  const page = await citizen({ path: 'eksempelby/', ...options, before: async page => {
    page.model = model;
    page.modules = [];
    page.context().on('request', request => /\/relay-/.test(request.url()) && page.modules.push(new URL(request.url()).pathname));
    await page.route(/\/eksempelby\.json/, route => route.fulfill({ json: release(original, ai) }));
    await page.context().route('**/api/v1/fallback**', route => route.continue({ url: model.url + new URL(route.request().url()).pathname }));
  } });
  return page;
}
const leave = async page => {
  await page.context().close();
  await page.model.stop();
};

const answer = page => log(page).getByRole('group', { name: 'AI-svar' }).last();
const posts = page => page.model.asked.filter(({ method }) => method === 'POST');
const focused = page => page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.textContent);

/** From a question without an answer to what will be sent. */
async function wish(page, question = MISS) {
  if (!await log(page).isVisible()) await open(page);
  const previews = () => log(page).locator('.relay-bytes').count();
  const before = await previews();
  await ask(page, question);
  await press(page, /Prøv med AI-hjælp/);
  await until('what will be sent is shown', async () => await previews() > before);
}
/** From there to the open stream. */
async function send(page) {
  const before = posts(page).length;
  await press(page, 'Send og få et AI-svar');
  await until('the question is sent', () => posts(page).length > before && page.model.stream);
}

for (const [width, height, colorScheme] of [[360, 740, 'light'], [360, 740, 'dark'], [1280, 900, 'light'], [1280, 900, 'dark']]) {
  test(`the whole way at ${width} px, ${colorScheme}: axe finds nothing on any step`, async () => {
    const page = await visitor({ width, height, colorScheme });
    const { model } = page;
    const step = name => sound(page, name, `ai-help-${name}-${width}-${colorScheme}`);
    await open(page);
    await ask(page, MISS);
    assert.deepEqual([model.asked, page.modules], [[], []], 'nothing is asked, and no module fetched, before the choice is pressed');
    await step('1-miss');
    await press(page, /Prøv med AI-hjælp/);
    await says(page, 'Kun det her bliver sendt');
    await form(page).getByText('Se præcis, hvad der bliver sendt').click();
    await step('2-preview');
    await send(page);
    await says(page, 'AI-hjælpen leder i kommunens egne tekster …');
    model.tell('sources', SOURCES);
    model.say('Et pas til voksne koster 893 kr.', 1);
    await answer(page).getByText('893 kr.').waitFor();
    await step('3-growing');
    model.tell('sentence', { parts: [{ text: 'Læs mere på ' }, { text: 'kommunens side', url: 'https://eksempelby.example/pas' }, { text: '.' }], sources: [2] });
    model.done();
    await says(page, 'kan være forkert');
    await step('4-answer');
    quiet(page);
    await leave(page);
  });
}

test('without a word of the release there is no such choice', async () => {
  const page = await visitor({ ai: false });
  await open(page);
  await ask(page, MISS);
  assert.equal(await log(page).getByRole('button', { name: /AI-hjælp/ }).count(), 0);
  await leave(page);
});

test('what is sent is what was shown, byte by byte; planted numbers do not leave; one choice holds for the conversation', async () => {
  const page = await visitor();
  const { model } = page;
  await wish(page, `${MISS} ${CPR} kort ${CARD} ring ${PHONE}`);
  for (const words of ['Mistral AI, EU, på vegne af Eksempelby Kommune', 'At give dig et svar ud fra kommunens egne tekster.', 'Spørgsmål og svar gemmes ikke', 'siger du ja']) await says(page, words);
  const text = await form(page).innerText();
  assert.match(text, /\[cpr-nummer\].*\[kortnummer\].*\[telefonnummer\]/);
  assert.ok(!/1234|4571|20 12/.test(text.replace(/00 ?\d\d ?\d\d ?\d\d/g, '')), text);
  const shown = await form(page).locator('.relay-bytes').textContent();
  assert.deepEqual(model.asked.map(({ method, path }) => `${method} ${path}`), ['GET fallback/terms'], 'nothing is sent by showing');
  assert.equal(await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:relay'] ?? ''), '', 'nothing is kept before');
  await send(page);
  assert.equal(posts(page)[0].body, shown, 'the bytes that were shown');
  model.tell('sources', SOURCES);
  model.say('Ja.', 1);
  model.done();
  await says(page, 'kan være forkert');
  await wish(page, 'et andet xyzzy');
  assert.equal(await form(page).getByText('siger du ja').count(), 0, 'asked once');
  const second = await form(page).locator('.relay-bytes').textContent();
  await send(page);
  assert.equal(posts(page)[1].body, second);
  assert.equal(JSON.parse(second).conversation, JSON.parse(shown).conversation);
  const all = JSON.stringify(model.asked);
  assert.ok(!/010190|4571|20 12/.test(all), 'no number in any request');
  const kept = await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:relay']);
  assert.deepEqual(Object.keys(JSON.parse(kept)).sort(), ['ask', 'consent', 'seq']);
  quiet(page);
  await leave(page);
});

test('what cannot be masked is not sent', async () => {
  const page = await visitor();
  await open(page);
  await ask(page, `${MISS} sag 7701-0020-0300-4499-1`);
  await press(page, /Prøv med AI-hjælp/);
  await says(page, 'som jeg ikke kan skjule');
  assert.equal(await log(page).getByRole('button', { name: 'Send og få et AI-svar' }).count(), 0);
  await press(page, 'Ret');
  await form(page).locator('[name=text]').fill(MISS);
  await press(page, 'Videre');
  await says(page, 'Kun det her bliver sendt');
  await leave(page);
});

test('sentences come one by one; spoken once, when the answer is whole; focus stays where it is', async () => {
  const page = await visitor();
  const { model } = page;
  await wish(page);
  await page.evaluate(() => {
    window.spoken = [];
    new MutationObserver(changes => {
      for (const { addedNodes } of changes) for (const node of addedNodes) spoken.push(node.textContent);
    }).observe(document.querySelector('lokalsvar-chat').shadowRoot.getElementById('live'), { childList: true });
  });
  await send(page);
  const here = await focused(page);
  assert.match(here, /Send og få et AI-svar/);
  model.tell('sources', SOURCES);
  model.say('Et pas koster 893 kr.', 1);
  await answer(page).getByText('893 kr.').waitFor();
  model.say('Det gælder i ti år.', 1);
  await answer(page).getByText('ti år').waitFor();
  assert.ok(!(await page.evaluate(() => spoken)).some(text => /893/.test(text)), 'not in pieces');
  model.done();
  await says(page, 'kan være forkert');
  await until('it is spoken', () => page.evaluate(() => spoken.some(text => /893/.test(text))));
  const spoken = (await page.evaluate(() => window.spoken)).filter(text => /893/.test(text));
  assert.equal(spoken.length, 1);
  assert.match(spoken[0], /^AI-svar: Et pas koster 893 kr\. Det gælder i ti år\..*Pris på pas/);
  assert.equal(await focused(page), here);
  const snapshot = await log(page).ariaSnapshot();
  assert.match(snapshot, /group "AI-svar"/);
  assert.match(await answer(page).innerText(), /^AI-svar\n/);
  // Its source opens in the chat, and the file has label, model, time and sources.
  await press(page, /Pris på pas/);
  await until('the answer is there', async () => await log(page).locator('[data-intent="pas/pris-paa-pas"]').count() > 0);
  await button(page, 'Menu').click();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Hent udskrift').click()]);
  const text = readFileSync(await file.path(), 'utf8');
  for (const words of ['AI-svar: Et pas koster 893 kr. Det gælder i ti år.', 'sprogmodellen mistral-small-2506', '23. november', '1. Pris på pas']) assert.ok(text.includes(words), text);
  quiet(page);
  await leave(page);
});

test('nothing is markup, and nothing leads elsewhere than to https', async () => {
  const page = await visitor();
  const { model } = page;
  await wish(page);
  await send(page);
  model.tell('sources', { sources: [{ id: 1, title: '<b>Titel</b>', intent: 'pas/pris-paa-pas' }, { id: 2, title: 'B', url: 'javascript:alert(1)' }] });
  model.say('<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) <a href="https://evil.example">her</a>', 1);
  model.tell('sentence', { parts: [{ text: 'tryk', url: 'javascript:alert(2)' }, { text: 'og her', url: 'http://evil.example' }], sources: [2] });
  model.say('Uden kilde', 9);
  model.say('Efter den', 1);
  model.done();
  await says(page, 'Resten af svaret viser jeg ikke');
  assert.equal(await answer(page).locator('img, b, script').count(), 0);
  assert.deepEqual(await answer(page).locator('a:not([href^="tel:"])').count(), 0);
  assert.ok((await answer(page).innerText()).includes('<img src=x onerror=alert(1)>'), 'shown as it was written');
  assert.ok(!(await log(page).innerText()).includes('Efter den'));
  assert.ok(page.requests.every(url => !url.includes('evil')));
  await leave(page);
});

test('withheld, refused, used up, cut, off: the kommune\'s own answers, a person and the phone', async () => {
  const page = await visitor();
  const { model } = page;
  const ends = async (words, source) => {
    await says(page, words);
    await form(page).getByRole('button', { name: 'Tal med et menneske' }).waitFor();
    assert.ok(await form(page).locator('a[href^="tel:"]').count(), words);
    if (source) await form(page).getByRole('button', { name: /Pris på pas/ }).waitFor();
  };
  const round = async (tell, words, source) => {
    await wish(page);
    await send(page);
    await tell();
    await ends(words, source);
  };
  await round(() => {
    model.tell('sources', SOURCES);
    model.tell('withheld', { reason: 'number', shown: 0 });
    model.done({ ai_generated: false });
  }, 'Derfor viser jeg det ikke', true);
  await round(() => {
    model.tell('refused', { kind: 'own-case', text: 'Jeg kan ikke se din sag.' });
    model.done({ ai_generated: false });
  }, 'Jeg kan ikke se din sag.');
  await round(() => {
    model.tell('sources', SOURCES);
    model.tell('degraded', { kind: 'budget', text: 'AI-hjælpen er brugt op for i dag.' });
    model.done({ ai_generated: false });
  }, 'brugt op for i dag', true);
  await round(() => model.stream.destroy(), 'AI-hjælpen svarer ikke lige nu');
  assert.equal(await log(page).getByRole('group', { name: 'AI-svar' }).count(), 0, 'none of it is labelled as written by AI');
  await wish(page);
  model.refuse = [429, 'too-many-requests'];
  await press(page, 'Send og få et AI-svar');
  await ends('Vent lidt');
  model.refuse = null;
  model.terms = { on: false };
  await ask(page, MISS);
  await press(page, /Prøv med AI-hjælp/);
  await ends('AI-hjælpen er slået fra');
  await leave(page);
});

test('the choice holds on the next page of the tab, and goes with the conversation', async () => {
  const page = await visitor();
  const { model } = page;
  await wish(page);
  await send(page);
  model.tell('sources', SOURCES);
  model.say('Ja.', 1);
  model.done();
  await says(page, 'kan være forkert');
  await page.reload();
  await box(page).waitFor();
  await wish(page);
  assert.equal(await form(page).getByText('siger du ja').count(), 0);
  model.terms = { ...TERMS, privacy: { ...TERMS.privacy, version: 'c3d4' } };
  await wish(page);
  await says(page, 'siger du ja');
  model.terms = TERMS;
  await button(page, 'Menu').click();
  await button(page, 'Slet samtalen').click();
  await until('nothing is kept', async () => !await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:relay']));
  assert.equal(await log(page).locator('.relay').count(), 0);
  await wish(page);
  await says(page, 'siger du ja');
  await leave(page);
});

test('in English', async () => {
  const page = await visitor();
  const { model } = page;
  await open(page);
  await button(page, 'EN – English').click();
  await ask(page, 'xyzzy plugh frobnicate');
  await press(page, /Try AI help/);
  await says(page, 'Only this is sent');
  await axe(page, 'preview in English');
  await press(page, 'Send and get an AI answer');
  await until('the question is sent', () => model.stream);
  assert.equal(JSON.parse(posts(page)[0].body).language, 'en');
  model.tell('sources', SOURCES);
  model.say('A passport costs DKK 893.', 1);
  model.tell('done', DONE);
  await log(page).getByRole('group', { name: 'AI answer' }).getByText('can be wrong').waitFor();
  quiet(page);
  await leave(page);
});
