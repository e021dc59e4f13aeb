// The day at the counter against the real server, with bookings made over the citizens' API: by keyboard alone, at every width, with
// a network that loses answers, with a colleague who is faster, and with names that try to be markup.
import { after, afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser } from './support.mjs';
import { MORNING, book, clean, clerk, clock, fine, focused, shot, start, tabTo, today } from './console.mjs';

let server;
// One for each test: a day has only so many times.
beforeEach(async () => server = await start({ shift: MORNING }));
afterEach(async () => server?.stop());
after(closeBrowser);

const button = (page, name) => page.getByRole('button', { name, exact: true });
const panel = page => page.locator('#panel');
const says = (page, text) => page.getByText(text).first().waitFor({ timeout: 15_000 });
const card = (page, booked) => page.locator(`[id="v-${booked.receipt}"]`);
const posts = (page, end) => page.sent.filter(({ path }) => path.endsWith(end));

/** A booking later today, and the day with it. */
async function withBooking(more = {}, options = {}) {
  const booked = await book(server, { at: 2, ...options });
  const page = await clerk(server, { roles: ['booking-admin'], ...more });
  await card(page, booked).waitFor();
  return { booked, page };
}

test('by keyboard alone: checked in on the day, taken back, moved, cancelled with a reason', async () => {
  const { booked, page } = await withBooking({}, { name: 'Tast Atur' });
  if (!page) return;
  await tabTo(page, new RegExp(`^c-${booked.receipt}`));
  await page.keyboard.press('Space');
  await says(page, 'Gemt: Borgeren er mødt.');
  assert.match(await focused(page), new RegExp(`^v-${booked.receipt}`), 'focus stays at the booking');
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Tast Atur' }).waitFor();
  assert.match(await focused(page), /^panel-title/);
  await tabTo(page, /^undo/);
  await page.keyboard.press('Enter');
  await says(page, 'Gemt: Aftalen står som booket igen.');
  assert.match(await focused(page), /^panel-title/, 'the button is gone, focus is not');

  await tabTo(page, /^move/);
  await page.keyboard.press('Enter');
  await panel(page).locator('.times button').first().waitFor();
  const label = await tabTo(page, /^\d+\.\d\d, /);
  await page.keyboard.press('Enter');
  await says(page, 'Ny tid');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Aftalen er flyttet til');
  assert.ok((await panel(page).innerText()).includes(`kl. ${label.split(',')[0]}`));

  await tabTo(page, /^cancel/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Skriv en kort grund.');
  assert.match(await focused(page), /^reason/);
  await page.keyboard.type('Vores medarbejder er syg. Book en ny tid.');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Aftalen er aflyst.');
  await panel(page).locator('.state.off').waitFor();
  await page.keyboard.press('Escape');
  await panel(page).locator('.card').waitFor({ state: 'detached' });
  assert.match(await focused(page), /^title/, 'the booking is gone from the day, focus is at its heading');
  assert.deepEqual(['check-in', 'undo', 'move', 'cancel'].map(end => posts(page, `/${end}`).length), [1, 1, 1, 1]);
  await clean(page, server);
  await page.context().close();
});

test('a CPR number that the kommune asks for stands where its booking is opened, and nowhere else', async () => {
  await server.stop();
  server = await start({ shift: MORNING, cpr: ['koerekort'] });
  const booked = await book(server, { service: 'koerekort', at: 2, name: 'Nummer Ét', cpr: '010101-1234' });
  for (const [width, colorScheme] of [[1280, 'light'], [320, 'dark']]) {
    const page = await clerk(server, { width, colorScheme });
    await card(page, booked).waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /010101/, 'the day has it not');
    await card(page, booked).press('Enter');
    await panel(page).getByRole('heading', { name: 'Nummer Ét' }).waitFor();
    await says(page, '010101-1234');
    assert.match(await panel(page).innerText(), /CPR-nummer\s+010101-1234/);
    await fine(page, `konsol-cpr-${width}-${colorScheme}`);
    assert.ok(page.requests.every(url => !url.includes('010101')), 'no address holds it');
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])), /010101/, 'no storage holds it');
    await clean(page, server);
    await page.context().close();
  }
});

test('time is blocked by keyboard, refused where somebody is booked, and given back', async () => {
  const tomorrow = today(1);
  const booked = await book(server, { service: 'vielse', location: 'vielsessal', from: tomorrow, at: 20, name: 'To Gæster' });
  const page = await clerk(server, { roles: ['booking-admin'], path: `konsol/booking?sted=vielsessal&dag=${tomorrow}` });
  await card(page, booked).waitFor();
  const [from, to] = [booked.start.slice(11, 16), booked.end.slice(11, 16)];
  await tabTo(page, /^new-block/);
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Spær tid' }).waitFor();
  await tabTo(page, /^from/);
  await page.keyboard.type(`${from.replace(':', '')}AM`); // the last two where the browser's own language has them
  await tabTo(page, /^to(\s|$)/);
  await page.keyboard.type(`${to.replace(':', '')}AM`);
  await tabTo(page, /^reason/);
  await page.keyboard.type('Rengøring <script>alert(1)</script>');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, `Der er 1 aftale i vejen: ${booked.receipt}`);
  assert.equal(await page.locator('#reason').inputValue(), 'Rengøring <script>alert(1)</script>', 'what was written stays');
  await fine(page, 'konsol-block-refused-1280-light');
  await page.locator('#from').fill('01:00');
  await page.locator('#to').fill('02:00');
  await page.locator('#yes').press('Enter');
  await says(page, 'Tiden er spærret.');
  const block = page.locator('.visit.blocked button').first();
  await block.waitFor();
  assert.match(await block.innerText(), /Rengøring <script>/);
  await block.press('Enter');
  await tabTo(page, /^unblock/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^yes/);
  await page.keyboard.press('Enter');
  await says(page, 'Tiden kan bookes igen.');
  await page.locator('.visit.blocked').waitFor({ state: 'detached' });
  await clean(page, server, { noise: [/status of 409/] });
  await page.context().close();
});

test('the answer is lost after the server has cancelled: no success is told, and again does it once', async () => {
  const { booked, page } = await withBooking({}, { name: 'Tabt Svar' });
  if (!page) return;
  await card(page, booked).click();
  await button(page, 'Aflys').click();
  await page.locator('#reason').fill('Skranken er lukket');
  await page.context().route('**/booking/cancel', async route => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await button(page, 'Aflys aftalen').click();
  await says(page, 'Vi ved ikke, om det blev gemt');
  assert.equal(await page.getByText('Aftalen er aflyst.').count(), 0);
  assert.match(await focused(page), /^retry/);
  await fine(page, 'konsol-lost-1280-light');
  await page.keyboard.press('Enter');
  await says(page, 'Aftalen er aflyst.');
  const [first, second, ...more] = posts(page, '/cancel');
  assert.deepEqual(more, []);
  assert.deepEqual(first, second, 'the same bytes with the same key');
  const events = await panel(page).locator('.lines').last().innerText();
  assert.equal(events.match(/[Aa]flyst/g)?.length, 1, events);
  await clean(page, server, { noise: [/ERR_CONNECTION_RESET|net::ERR/] });
  await page.context().close();
});

test('the network is gone between the click and the answer: nothing is claimed, giving up shows what holds', async () => {
  const { booked, page } = await withBooking({}, { name: 'Uden Net' });
  if (!page) return;
  await page.context().route('**/booking/check-in', route => route.abort('internetdisconnected'), { times: 1 });
  await page.locator(`[id="c-${booked.receipt}"]`).click();
  await says(page, 'Vi ved ikke, om det blev gemt');
  await page.locator('#give-up').click();
  await says(page, 'Det er måske gemt, måske ikke.');
  await card(page, booked).waitFor();
  assert.match(await card(page, booked).innerText(), /Booket/);
  // And no connection at all: the day stays, with its time.
  await page.context().setOffline(true);
  await says(page, 'Der er ikke forbindelse til serveren.').catch(() => {});
  await page.waitForFunction(() => document.querySelector('#status').textContent.includes('ikke forbindelse'), null, { timeout: 25_000 });
  assert.ok(await card(page, booked).isVisible());
  await shot(page, 'konsol-offline-1280-light');
  await page.context().setOffline(false);
  await page.waitForFunction(() => !document.querySelector('#status').textContent.includes('ikke forbindelse'), null, { timeout: 25_000 });
  await clean(page, server, { noise: [/net::ERR/] });
  await page.context().close();
});

test('a colleague changes the same booking meanwhile: said clearly, nothing is sent', async () => {
  const { booked, page } = await withBooking({}, { name: 'Delt Aftale' });
  if (!page) return;
  const other = await clerk(server, { name: 'Bo Kollega' });
  await card(page, booked).click();
  await button(page, 'Aflys').click();
  await page.locator('#reason').fill('Skranken er lukket');
  await card(other, booked).click();
  await button(other, 'Flyt').click();
  await panel(other).locator('.times button').nth(5).click();
  await button(other, 'Flyt aftalen').click();
  await says(other, 'Aftalen er flyttet til');
  await button(page, 'Aflys aftalen').click();
  await says(page, 'En anden har ændret aftalen imens: Tiden er nu');
  assert.deepEqual(posts(page, '/cancel'), [], 'nothing was sent');
  assert.match(await focused(page), /^panel-title/);
  await fine(page, 'konsol-colleague-1280-light');
  assert.match(await panel(page).innerText(), /Bo Kollega/, 'the history says who');
  // By a moment: the look before finds the old state, the server refuses.
  await panel(other).locator('#check-in').waitFor();
  let go;
  const colleague = new Promise(done => go = done);
  await page.context().route('**/booking/check-in', async route => {
    await colleague;
    await route.continue();
  }, { times: 1 });
  await panel(page).locator('#check-in').click();
  await other.locator('#cancel').click();
  await other.locator('#reason').fill('Dobbelt booket');
  await button(other, 'Aflys aftalen').click();
  await says(other, 'Aftalen er aflyst.');
  go();
  await says(page, 'En anden har ændret aftalen imens, eller tiden er gået.');
  await panel(page).locator('.state.off').waitFor();
  await clean(page, server, { noise: [/status of 409/] });
  for (const one of [page, other]) await one.context().close();
});

const MARKUP = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', '<svg/onload=alert(1)>', "';alert(1)//", '{{constructor.constructor("alert(1)")()}}', 'javascript:alert(1)'];
test('a name that tries to be markup is text wherever it stands', async () => {
  const booked = [];
  for (const name of MARKUP) booked.push(await book(server, { name, at: 3 }));
  const page = await clerk(server, { name: '<b>Anna</b>' });
  for (const one of booked) {
    await card(page, one).waitFor();
    assert.ok((await card(page, one).innerText()).includes(one.name));
  }
  await card(page, booked[0]).click();
  await panel(page).getByRole('heading', { name: booked[0].name }).waitFor();
  await button(page, 'Uge').click();
  await page.locator('.week').waitFor();
  assert.equal(await page.locator('#console img, #console script, #console b').count(), 0, 'no element came of a text');
  assert.match(await page.locator('.who').innerText(), /<b>Anna<\/b>/);
  await clean(page, server);
  await page.context().close();
});

for (const [width, height, colorScheme, deviceScaleFactor] of [[320, 640, 'light', 1], [320, 640, 'dark', 1], [360, 740, 'light', 1], [1280, 900, 'light', 1], [1280, 900, 'dark', 1], [640, 450, 'light', 2]]) {
  test(`each view at ${width} px, ${colorScheme}${deviceScaleFactor > 1 ? ', 200 %' : ''}: axe finds nothing, nothing scrolls sideways`, async () => {
    const name = `${width}-${colorScheme}`;
    const booked = [await book(server, { name: 'Anne-Margrethe Kristoffersen-Bjerregaard', persons: 3 }), await book(server, { service: 'mitid', name: 'Bo Lind', at: 1 }), await book(server, { service: 'koerekort', at: 4, language: 'en' })];
    const page = await clerk(server, { roles: ['booking-admin'], width, height, colorScheme, deviceScaleFactor });
    await card(page, booked[0]).waitFor();
    await page.locator(`[id="c-${booked[2].receipt}"]`).click();
    await says(page, 'Gemt: Borgeren er mødt.');
    await fine(page, `konsol-day-${name}`);
    await card(page, booked[0]).click();
    await panel(page).getByText('Hvad er der sket').waitFor();
    await fine(page, `konsol-visit-${name}`);
    await button(page, 'Flyt').click();
    await panel(page).locator('.times button').first().waitFor();
    await fine(page, `konsol-move-${name}`);
    await button(page, 'Tilbage').click();
    await button(page, 'Aflys').click();
    await button(page, 'Aflys aftalen').click();
    await says(page, 'Skriv en kort grund.');
    await fine(page, `konsol-cancel-${name}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('#search').fill('findes-ikke');
    await page.locator('#search').press('Enter');
    await panel(page).getByRole('heading', { name: 'Ikke fundet' }).waitFor();
    await fine(page, `konsol-notfound-${name}`);
    await page.keyboard.press('Escape');
    await button(page, 'Spær tid').click();
    await fine(page, `konsol-block-${name}`);
    await page.keyboard.press('Escape');
    await page.locator('#alerts').click();
    await says(page, 'Der er ikke noget, du skal se efter.');
    await fine(page, `konsol-alerts-${name}`);
    await page.keyboard.press('Escape');
    await button(page, 'Uge').click();
    await page.locator('.week').waitFor();
    await fine(page, `konsol-week-${name}`);
    await clean(page, server, { noise: [/status of 4(04|22)/] });
    await page.context().close();
  });
}

test('search by receipt finds a booking of another day; its own words are what is shown', async () => {
  const booked = await book(server, { from: today(9), name: 'Senere Gæst' });
  const page = await clerk(server);
  await page.locator('#search').fill(booked.receipt.toLowerCase());
  await page.locator('#search').press('Enter');
  await panel(page).getByRole('heading', { name: 'Senere Gæst' }).waitFor();
  const text = await panel(page).innerText();
  assert.ok(text.includes(booked.receipt) && text.includes(`kl. ${clock(booked.start)}`), text);
  assert.equal(await page.locator('#check-in').count(), 0, 'not on another day');
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /^search/, 'back where it was asked');
  await clean(page, server);
  await page.context().close();
});

test('a refresh every 15 s leaves focus and what is being written alone', async () => {
  const { booked, page } = await withBooking({}, { name: 'Rolig Skærm' });
  if (!page) return;
  await card(page, booked).click();
  await button(page, 'Aflys').click();
  await page.locator('#reason').focus();
  await page.keyboard.type('Vi har');
  const before = page.requests.filter(url => url.includes('/days?')).length;
  await book(server, { name: 'Ny På Dagen', at: 6 });
  await page.getByText('Ny På Dagen').first().waitFor({ timeout: 25_000 });
  assert.ok(page.requests.filter(url => url.includes('/days?')).length > before);
  await page.keyboard.type(' lukket');
  assert.equal(await page.locator('#reason').inputValue(), 'Vi har lukket');
  // On the day itself: the focused booking is drawn anew, and focus is on it again.
  await card(page, booked).focus();
  await book(server, { name: 'Endnu En', at: 6 });
  await page.getByText('Endnu En').first().waitFor({ timeout: 25_000 });
  assert.match(await focused(page), new RegExp(`^v-${booked.receipt}`));
  await clean(page, server);
  await page.context().close();
});

test('the list on paper has everybody, and nothing to press', async () => {
  const { booked, page } = await withBooking({}, { name: 'På Papir' });
  if (!page) return;
  await page.emulateMedia({ media: 'print' });
  const row = page.locator('.paper tr', { hasText: 'På Papir' });
  assert.ok((await row.innerText()).includes(booked.receipt));
  assert.equal(await page.locator('button:visible').count(), 0);
  await shot(page, 'konsol-print');
  await clean(page, server);
  await page.context().close();
});

test('forced colours: states, focus and the chosen view are seen', async () => {
  const { booked, page } = await withBooking({ forcedColors: 'active' }, { name: 'Stærke Farver' });
  if (!page) return;
  await card(page, booked).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  const outline = await card(page, booked).evaluate(one => getComputedStyle(one).outlineStyle);
  assert.equal(outline, 'solid');
  await fine(page, 'konsol-forced-1280');
  await page.context().close();
});
