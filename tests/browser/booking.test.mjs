// Booking a time in the chat, against the real `lokalsvar serve`: by keyboard at 320 px, by free text, with a network that
// loses the answer, a hold that runs out, a time that somebody else takes, and by the receipt's link. Records every request and compares
// what was shown before sending with what was sent.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { ask, citizen, closeBrowser, log, open, quiet } from './support.mjs';

after(closeBrowser);

const API = '/api/v1/booking/';
const SHOTS = process.env.LOKALSVAR_SHOTS;

/** What the page sent to the API: method, path, query, body, headers. */
const watched = page => {
  page.api = [];
  page.context().on('request', request => {
    const url = new URL(request.url());
    if (url.pathname.startsWith('/api/')) {
      page.api.push({ method: request.method(), path: url.pathname.replace(API, ''), query: url.search, body: request.postData() ?? '', headers: request.headers() });
    }
  });
  return page;
};
const visitor = async more => watched(await citizen({ path: 'eksempelby/', ...more }));

const button = (page, name, exact = true) => page.locator('lokalsvar-chat').getByRole('button', { name, exact }).last();
const press = async (page, name, exact) => button(page, name, exact).click();
const says = (page, text) => log(page).getByText(text).last().waitFor({ timeout: 15_000 });
const shot = async (page, name) => {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
};

/** Opens the chat, asks, and presses "Bestil tid" below the answer. */
async function begin(page, question = 'jeg skal have nyt pas, helst fredag eftermiddag') {
  if (!await log(page).isVisible()) await open(page);
  await ask(page, question);
  assert.deepEqual(page.api, [], 'nothing was asked of the API before the button');
  await log(page).getByRole('button', { name: /^Bestil tid|^Book tid/ }).last().click();
  await log(page).getByText(/Hvor vil du komme hen|Hvor mange skal have/).last().waitFor({ timeout: 15_000 });
}

/** From the first question to the free times. */
async function toTimes(page) {
  if (await log(page).getByText('Hvor vil du komme hen?').count()) await log(page).locator('.errand .option').first().click();
  await says(page, /Hvor mange skal have/);
  await log(page).locator('.errand').last().getByRole('button', { name: /1 person/ }).click();
  await log(page).locator('.errand-time').first().waitFor({ timeout: 15_000 });
}

/** Holds the `at`-th time that is shown. */
async function choose(page, at = 0) {
  await log(page).locator('.errand').last().locator('.errand-time').nth(at).click();
  await says(page, 'Hvem kommer?');
}

const field = (page, name) => log(page).locator('.errand').last().locator(`input[name=${name}]`);
const NAME = 'Kanarie Fugl';
const MAIL = 'kanarie@eksempel.dk';

/** Another person each time, also in the next run: a contact may have only so many bookings at once, and the server remembers. */
let persons = Date.now() % 1e7;
const phone = () => String(20_000_000 + persons);

async function fill(page) {
  persons += 1;
  await field(page, 'name').fill(NAME);
  if (await field(page, 'phone').count()) await field(page, 'phone').fill(phone());
  if (await field(page, 'email').count()) await field(page, 'email').fill(persons + MAIL);
  await press(page, 'Videre');
  await says(page, 'Se efter, om det er rigtigt');
}

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
async function axe(page, step) {
  await page.waitForTimeout(350); // animations have ended
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${step}: ${id}: ${nodes.map(node => node.target.flat().join(' ')).join('; ')}`), []);
}

const receipt = page => log(page).locator('.errand-rows').last().locator('dd').first().innerText();
const secretLink = page => log(page).locator('a[href^="#lokalsvar-tid="]').last().getAttribute('href');

for (const [width, height, colorScheme] of [[360, 740, 'light'], [360, 740, 'dark'], [1280, 900, 'light'], [1280, 900, 'dark']]) {
  test(`the whole way at ${width} px, ${colorScheme}: axe finds nothing on any step`, async () => {
    const page = await visitor({ width, height, colorScheme });
    const step = async name => {
      await axe(page, name);
      await shot(page, `${name}-${width}-${colorScheme}`);
      const wide = await log(page).evaluate(log => log.scrollWidth - log.clientWidth);
      assert.ok(wide <= 0, `${name}: the log scrolls sideways by ${wide} px`);
    };
    await begin(page);
    await step('1-first');
    await toTimes(page);
    await step('2-times');
    await press(page, 'Kalender');
    await log(page).locator('.errand-month').last().waitFor();
    await step('3-calendar');
    await press(page, 'De første tider');
    await log(page).locator('.errand').last().locator('.errand-time').first().waitFor();
    await choose(page);
    await press(page, 'Videre');
    await log(page).locator('.errand-fault').first().waitFor();
    assert.equal(await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.name), 'name', 'focus is in the first field that is wrong');
    await step('4-details');
    await fill(page);
    await step('5-review');
    await press(page, 'Send og bestil');
    await says(page, 'Din tid er bestilt.');
    await step('6-receipt');
    await press(page, 'Aflys tiden');
    await press(page, 'Ja, aflys tiden');
    await says(page, 'Din tid er aflyst.');
    await step('7-cancelled');
    quiet(page);
    await page.context().close();
  });
}

test('by free text: what was asked before is read, its words never leave, and what was shown is what is sent', async () => {
  const page = await visitor();
  await begin(page, 'jeg skal have nyt pas, helst fredag eftermiddag');
  await ask(page, 'min kanariefugl er syg'); // a canary: it must not be seen anywhere
  await toTimes(page);
  await says(page, 'Her er ledige tider fredag om eftermiddagen.');
  const titles = await log(page).locator('.errand').last().locator('h3').allInnerTexts();
  assert.ok(titles.length > 0 && titles.every(title => title.startsWith('Fredag')), titles.join());
  await choose(page);
  assert.deepEqual(page.api.filter(({ method }) => method === 'POST').map(({ path }) => path), ['holds']);
  assert.ok(page.api.every(one => !/kanarie/i.test(JSON.stringify(one))), 'no word of the citizen left');
  await fill(page);
  const before = page.api.length;
  const shown = await log(page).locator('.errand').last().locator('.errand-bytes').textContent();
  assert.equal(page.api.length, before, 'nothing is sent by showing');
  await press(page, 'Send og bestil');
  await says(page, 'Din tid er bestilt.');
  const [sent, ...more] = page.api.filter(({ path }) => path === 'bookings');
  assert.deepEqual(more, []);
  assert.equal(sent.body, shown, 'the bytes that were shown');
  assert.ok(JSON.parse(sent.body).contact.name === NAME);
  assert.ok(page.api.every(one => !/kanariefugl|fredag/i.test(JSON.stringify(one))), 'what was written in the chat stayed here');
  assert.ok(page.api.every(one => !one.path.includes('?') && !/secret|tid=/i.test(one.path + one.query)), 'no secret in an address');
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...sessionStorage }))).includes('Kanarie Fugl'), 'the tab keeps no name');
  quiet(page);
  await page.context().close();
});

test('by keyboard at 320 px: from the question to the receipt, focus never lost', async () => {
  const page = await visitor({ width: 320, height: 640 });
  const active = () => page.evaluate(() => {
    const { activeElement } = document.querySelector('lokalsvar-chat').shadowRoot;
    return activeElement && `${activeElement.tagName} ${activeElement.name || ''} ${activeElement.innerText || activeElement.getAttribute('aria-label') || ''}`.trim();
  });
  const tabTo = async wanted => {
    for (let stops = 0; stops < 60; stops++) {
      const here = await active();
      assert.ok(here, 'focus is somewhere in the chat');
      if (wanted.test(here)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab never came to ${wanted}; it is at ${await active()}`);
  };
  await begin(page);
  await log(page).focus();
  if (await log(page).getByText('Hvor vil du komme hen?').count()) {
    await tabTo(/^BUTTON\s+1\s+Borgerservice/);
    await page.keyboard.press('Enter');
  }
  await says(page, /Hvor mange skal have/);
  await tabTo(/1 person/);
  await page.keyboard.press('Enter');
  await log(page).locator('.errand-time').first().waitFor();
  await tabTo(/BUTTON\s+\d+\.\d\d/);
  await page.keyboard.press('Space');
  await says(page, 'Hvem kommer?');
  await tabTo(/INPUT name/);
  await page.keyboard.type(NAME);
  await tabTo(/INPUT (email|phone)/);
  await page.keyboard.type((await active()).includes('email') ? ++persons + MAIL : (++persons, phone()));
  await page.keyboard.press('Enter');
  await says(page, 'Se efter, om det er rigtigt');
  assert.ok(await active(), 'focus stayed');
  await tabTo(/Send og bestil/);
  await page.keyboard.press('Enter');
  await says(page, 'Din tid er bestilt.');
  assert.match(await active(), /Send og bestil/, 'the pressed button keeps the focus');
  await tabTo(/Læg i kalender/);
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.match(text, /^BEGIN:VCALENDAR[\s\S]*DTSTART/);
  quiet(page);
  await page.context().close();
});

test('the answer is lost after the server has booked: no success is told, and again gives the same receipt', async () => {
  const page = await visitor();
  await begin(page);
  await toTimes(page);
  await choose(page, 1);
  await fill(page);
  let made;
  await page.context().route(`**${API}bookings`, async route => {
    made = await (await route.fetch()).json();
    await route.abort('connectionreset');
  }, { times: 1 });
  await press(page, 'Send og bestil');
  await says(page, 'Jeg ved ikke, om det lykkedes.');
  assert.equal(await log(page).getByText('Din tid er bestilt.').count(), 0);
  await press(page, 'Prøv igen');
  await says(page, 'Din tid er bestilt.');
  assert.equal(await receipt(page), made.receipt);
  const sent = page.api.filter(({ path }) => path === 'bookings');
  assert.equal(sent.length, 2);
  assert.equal(sent[0].body, sent[1].body);
  assert.equal(sent[0].headers['idempotency-key'], sent[1].headers['idempotency-key']);
  assert.equal(await secretLink(page), `#lokalsvar-tid=${made.secret}`);
  page.noise.length = 0; // the lost connection is in the console
  await page.context().close();
});

test('a time that somebody else takes meanwhile: said so, the nearest are offered', async () => {
  const [one, other] = [await visitor(), await visitor()];
  for (const page of [one, other]) {
    await begin(page);
    await toTimes(page);
  }
  const label = await log(one).locator('.errand').last().locator('.errand-time').nth(2).getAttribute('aria-label');
  // As many take it as there are people to receive them; the last one is too late.
  const holders = [];
  for (;;) {
    const page = await visitor();
    holders.push(page);
    await begin(page);
    await toTimes(page);
    const same = log(page).getByRole('button', { name: label, exact: true });
    if (!await same.count()) break;
    await same.last().click();
    await says(page, 'Hvem kommer?');
    assert.ok(holders.length < 12, 'it is taken at last');
  }
  await log(one).getByRole('button', { name: label, exact: true }).last().click();
  await says(one, /blev lige taget af en anden/);
  await log(one).locator('.errand').last().locator('.errand-time').first().waitFor();
  const again = await log(one).locator('.errand').last().getByRole('button', { name: label, exact: true }).count();
  assert.equal(again, 0, 'the taken one is not offered again');
  for (const page of [one, other, ...holders]) {
    await page.evaluate(() => window.lokalsvar.destroy());
    await page.context().close();
  }
});

test('a hold: warned a minute before it ends, extended, and gone', async () => {
  const page = await visitor();
  await page.clock.install();
  await begin(page);
  await toTimes(page);
  await choose(page);
  await page.clock.fastForward('04:00');
  const bar = page.locator('lokalsvar-chat').locator('.errand-bar');
  await bar.getByText('Om 1 minut').waitFor();
  await bar.getByRole('button', { name: 'Giv mig mere tid' }).click();
  await bar.getByText(/Tiden holdes til/).waitFor();
  assert.deepEqual(page.api.filter(({ method }) => method === 'POST').map(({ path }) => path), ['holds', 'holds/extend']);
  await page.clock.fastForward('10:00');
  await says(page, /ikke længere holdt til dig/);
  assert.equal(await bar.count(), 0);
  await page.context().close();
});

test('by the link of the receipt, in a new tab: seen, moved, cancelled', async () => {
  const page = await visitor();
  await begin(page);
  await toTimes(page);
  await choose(page, 3);
  await fill(page);
  await press(page, 'Send og bestil');
  await says(page, 'Din tid er bestilt.');
  const [number, link] = [await receipt(page), await secretLink(page)];
  await page.context().close();

  const later = await watched(await citizen({ path: `eksempelby/${link}` }));
  await says(later, 'Her er din tid.');
  assert.equal(await receipt(later), number);
  assert.ok(!later.url().includes('lokalsvar-tid'), 'the secret left the address bar');
  assert.ok(later.requests.every(url => !url.includes(link.slice(15))), 'and is in no address that was asked for');
  await press(later, 'Flyt tiden');
  await says(later, 'Hvornår passer det bedre?');
  await log(later).locator('.errand').last().locator('.errand-time').nth(4).click();
  await says(later, 'Skal jeg flytte din tid');
  await press(later, 'Ja, flyt tiden');
  await says(later, 'Din tid er flyttet.');
  assert.equal(await receipt(later), number);
  await press(later, 'Aflys tiden');
  await press(later, 'Ja, aflys tiden');
  await says(later, 'Din tid er aflyst.');
  quiet(later);
  await later.context().close();
});

test('the chat goes on around a booking, and what is left of it goes with the conversation', async () => {
  const page = await visitor();
  await begin(page);
  await toTimes(page);
  const sent = page.api.length;
  assert.match(await ask(page, 'hvad koster et pas'), /kr/);
  assert.equal(page.api.length, sent, 'a question is no request');
  assert.ok(await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:errand']));
  const chat = page.locator('lokalsvar-chat');
  // The file that the citizen may keep: what the booking said stands where it stands on the screen.
  await chat.getByRole('button', { name: 'Menu' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), chat.getByRole('button', { name: 'Hent udskrift' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  const order = ['Udskrift af samtale', 'Du skrev: jeg skal have nyt pas', 'Automatisk svar: Hvor mange skal have', 'Du skrev: hvad koster et pas'];
  const places = order.map(words => text.indexOf(words));
  assert.deepEqual(places, places.toSorted((a, b) => a - b), text);
  assert.ok(places[0] >= 0 && !text.includes('\x1e') && !/[^\r]\n/.test(text), JSON.stringify(text));
  const remove = chat.getByRole('button', { name: 'Slet samtalen' });
  if (!await remove.isVisible()) await chat.getByRole('button', { name: 'Menu' }).click();
  await remove.click();
  assert.equal(await page.evaluate(() => sessionStorage['lokalsvar:eksempelby:errand'] ?? ''), '');
  assert.equal(await log(page).locator('.errand').count(), 0);
  quiet(page);
  await page.context().close();
});
