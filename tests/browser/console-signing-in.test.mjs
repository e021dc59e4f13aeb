// Signing in to the console against the real server: with an invitation, an app and a code; what is wrong is said; a page without
// a session shows nobody's name; the page may not be framed.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeBrowser } from './support.mjs';
import { PASSWORD, account, clean, clerk, fine, focused, page as fresh, start, staff, totp } from './console.mjs';

let server;
before(async () => server = await start());
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page, name) => page.getByLabel(name, { exact: true });
const NOISE = [/status of 4\d\d/];

/** To user and password. */
async function toPassword(page) {
  await field(page, 'Kommune').fill('eksempelby');
  await page.keyboard.press('Enter');
  await field(page, 'Brugernavn').waitFor();
}

for (const [width, height, colorScheme, deviceScaleFactor] of [[320, 640, 'light', 1], [360, 740, 'dark', 1], [1280, 900, 'light', 1], [1280, 900, 'dark', 1], [640, 450, 'light', 2]]) {
  test(`by keyboard from an invitation to the day at ${width} px, ${colorScheme}: axe finds nothing on any step`, async () => {
    const page = await fresh(server, { width, height, colorScheme, deviceScaleFactor });
    const look = name => fine(page, `konsol-${name}-${width}-${colorScheme}`);
    const user = `ny${width}${colorScheme}`;
    const [, code] = /24 hours: (\S+)/.exec(staff(server, 'add', [user, '--name', 'Ny Medarbejder', '--role', 'booking']));
    await field(page, 'Kommune').waitFor();
    assert.match(await focused(page), /^kommune/, 'focus is in the first field');
    await page.keyboard.press('Enter');
    await page.getByText('Skriv, hvilken kommune').first().waitFor();
    await look('1-kommune');
    await page.keyboard.type('findesikke');
    await page.keyboard.press('Enter');
    await page.getByText('Den kommune kender serveren ikke').first().waitFor();
    await toPassword(page);
    await look('2-password');
    await button(page, 'Jeg har en invitation').press('Enter');
    await field(page, 'Brugernavn').waitFor();
    assert.match(await focused(page), /^user/);
    await page.keyboard.type(user);
    await page.keyboard.press('Tab');
    await page.keyboard.type(code);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.type('noget andet');
    await page.keyboard.press('Enter');
    await page.getByText('De to adgangskoder er ikke ens.').first().waitFor();
    assert.match(await focused(page), /^password2/);
    await look('3-invitation');
    await field(page, 'Gentag adgangskoden').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'QR-kode til din app' }).waitFor();
    await look('4-enrol');
    const secret = (await page.locator('.secret').innerText()).replaceAll(/\s/g, '');
    await field(page, 'Kode fra din app').fill(totp(secret));
    await page.keyboard.press('Enter');
    await page.locator('.day-head h1').waitFor();
    assert.match(await focused(page), /^title/, 'focus is on the day');
    await look('5-day-empty');
    await button(page, 'Log ud').press('Enter');
    await page.getByText('Du er logget ud.').first().waitFor();
    await clean(page, server, { noise: NOISE });
    assert.deepEqual(await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]), [{ 'lokalsvar-kommune': 'eksempelby' }, {}]);
    await page.context().close();
  });
}

test('a wrong password and a wrong code are said without telling which; the right code lets in', async () => {
  const page = await fresh(server);
  const user = account(server);
  await toPassword(page);
  await field(page, 'Brugernavn').fill(user);
  await field(page, 'Adgangskode').fill('forkert adgangskode');
  await page.keyboard.press('Enter');
  await page.getByText('Det passer ikke sammen.').first().waitFor();
  assert.match(await focused(page), /^password/);
  await field(page, 'Adgangskode').fill(PASSWORD);
  await page.keyboard.press('Enter');
  const title = page.getByRole('heading', { name: 'Gør din konto sikker' });
  await title.waitFor();
  const secret = (await page.locator('.secret').innerText()).replaceAll(/\s/g, '');
  await field(page, 'Kode fra din app').fill('12');
  await page.keyboard.press('Enter');
  await page.getByText('Skriv de 6 tal').first().waitFor();
  await field(page, 'Kode fra din app').fill(totp(secret));
  await page.keyboard.press('Enter');
  await page.locator('.day-head h1').waitFor();
  await clean(page, server, { noise: NOISE });
  await page.context().close();
});

test('without the role nobody is shown and nothing is asked', async () => {
  const page = await clerk(server, { roles: ['analyst'], path: 'konsol/' });
  await page.getByRole('heading', { name: 'Din konto giver ikke adgang til aftaler' }).waitFor();
  await fine(page, 'konsol-no-access');
  assert.deepEqual(page.requests.filter(url => url.includes('/staff/booking/')), []);
  await clean(page, server);
  await page.context().close();
});

test('the page cannot be framed, lets no other script in, and its files may be kept for ever', async () => {
  const answer = await fetch(`${server.url}/konsol/booking`);
  const policy = answer.headers.get('content-security-policy');
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "script-src 'self' 'wasm-unsafe-eval';"]) {
    assert.ok(policy.includes(part), policy);
  }
  const html = await answer.text();
  assert.ok(!/<script(?![^>]*src=)|\son\w+=|style=|<style/i.test(html), 'no inline script, no style');
  const [script] = /konsol-[0-9a-f]{12}\.js/.exec(html);
  const file = await fetch(`${server.url}/${script}`);
  assert.match(file.headers.get('cache-control'), /immutable/);
  assert.equal((await fetch(`${server.url}/konsol`, { redirect: 'manual' })).headers.get('location'), '/konsol/');
});
