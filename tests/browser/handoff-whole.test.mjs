// The whole story with the real server and the real console: a citizen on a phone of 360 px and an agent at 1280 px. A question, two misses,
// a person, what is sent, the conversation, handed on to a colleague's department, the end, the transcript. Pictures where
// LOKALSVAR_SHOTS says so; axe finds nothing on any of them.
import { after, afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, box, citizen, closeBrowser, log, open, quiet } from './support.mjs';
import { button, chat, form, press, says } from './relay.mjs';
import { clean, clerk, fine, start } from './console.mjs';

let server;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
after(closeBrowser);

const shows = (page, text) => page.getByText(text).first().waitFor({ timeout: 20_000 });
const CPR = '010190-1234';

/** The demo page belongs to another site key than the test's server: its own release says so. */
async function someone(more = {}) {
  const page = await citizen({ base: `${server.url}/`, path: 'eksempelby/', width: 360, height: 740, ...more, before: async page => {
    page.bodies = [];
    page.context().on('request', request => {
      const { pathname } = new URL(request.url());
      if (request.method() === 'POST') page.bodies.push([pathname, request.postData() ?? '']);
    });
    // The release is signed for the demo's key; the server of the test has another.
    await page.context().route('**/api/v1/handoff/**', route =>
      route.continue({ headers: { ...route.request().headers(), 'lokalsvar-site': 'test-eksempelby' } }));
  } });
  return page;
}

test('a citizen on a phone and an agent: from the question to the transcript', async () => {
  server = await start();
  const agent = await clerk(server, { roles: ['agent'], path: 'konsol/samtaler' });
  await agent.locator('#chats-head h1').waitFor();
  await agent.locator('#there').click();
  await agent.locator('#there[aria-pressed=true]').waitFor();
  await fine(agent, 'whole-1-agent-alone');

  const page = await someone();
  await open(page);
  await ask(page, 'hvad koster et pas');
  await ask(page, 'blå elefanter danser kvadratisk');
  await ask(page, 'mine brombær synger sidelæns om torsdagen');
  await fine(page, 'whole-2-two-misses');
  await log(page).getByRole('button', { name: /Tal med et menneske|Skriv med en medarbejder/ }).last().click();
  await says(page, 'har åbent, og der er en medarbejder ved chatten.');
  await fine(page, 'whole-3-ways');
  await press(page, '1 Skriv med en medarbejder');
  await form(page).locator('[name=text]').fill(`Hvornår er mit pas klar? Jeg er ${CPR}.`);
  await press(page, 'Videre');
  await says(page, 'Det her bliver sendt til');
  const shown = await form(page).locator('.relay-bytes').textContent();
  await fine(page, 'whole-4-preview');
  await press(page, 'Send til kommunen');
  await says(page, 'er nået frem til');
  const [, sent] = page.bodies.find(([path]) => path.endsWith('/conversations'));
  assert.equal(sent, shown, 'the bytes that were shown');
  assert.ok(!/0190.?1234/.test(sent), sent);
  await fine(page, 'whole-5-waiting');

  await agent.locator('[id^=take-]').first().click();
  await agent.locator('#say').waitFor({ timeout: 20_000 });
  await shows(agent, 'Hvornår er mit pas klar? Jeg er [cpr-nummer].');
  await says(page, 'Du skriver nu med');
  await agent.locator('#say').pressSequentially('Goddag. Det ', { delay: 20 });
  await log(page).locator('.relay-typing').waitFor({ timeout: 10_000 });
  await agent.locator('#say').pressSequentially('tager 10 dage.');
  await agent.locator('#say').press('Enter');
  await says(page, 'Goddag. Det tager 10 dage.');
  await box(page).fill(`Tak. Mit nummer er ${CPR}`);
  await chat(page).locator('.send').click();
  await shows(agent, 'Tak. Mit nummer er [cpr-nummer]');
  await fine(page, 'whole-6-talking');
  await fine(agent, 'whole-7-agent-talking');

  await agent.locator('#transfer').click();
  await agent.locator('#to').selectOption({ index: 1 });
  await agent.locator('#note').fill('Vil vide, hvornår passet er klar');
  await agent.locator('#yes').click();
  await says(page, 'Du er sendt videre til');
  await chat(page).locator('.relay-line').getByText('Du venter på en medarbejder').waitFor({ timeout: 20_000 });
  await fine(page, 'whole-8-handed-on');
  await agent.locator('[id^=take-]').first().click();
  await agent.locator('#say').waitFor({ timeout: 20_000 });
  await agent.locator('#say').fill('Nu er du her. Farvel.');
  await agent.locator('#say').press('Enter');
  await says(page, 'Nu er du her. Farvel.');
  await agent.locator('#end').click();
  await agent.locator('#outcome').selectOption({ index: 1 });
  await agent.locator('#yes').click();
  await says(page, 'Samtalen er slut.');
  await fine(page, 'whole-9-over');
  await fine(agent, 'whole-10-agent-over');

  await button(page, 'Menu').click();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Hent udskrift').click()]);
  const text = readFileSync(await file.path(), 'utf8');
  const order = ['Du skrev: hvad koster et pas', 'Du skrev: Hvornår er mit pas klar?', 'Goddag. Det tager 10 dage.', 'Du er sendt videre til', 'Nu er du her. Farvel.', 'Samtalen er slut.'];
  const places = order.map(words => text.indexOf(words));
  assert.ok(places.every(place => place >= 0), text);
  assert.deepEqual(places, places.toSorted((a, b) => a - b), text);
  assert.ok(!/0190.?1234/.test(text), 'and no CPR number in it');
  await clean(agent, server);
  quiet(page);
  await page.context().close();
  await agent.context().close();
});

