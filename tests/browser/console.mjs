// What the tests of the console share: a server of its own with a fresh database, opening hours around the clock and, where asked
// for, a morning of its own (so that a booking can be for today, whenever the tests run), accounts made by `lokalsvar staff`, bookings made over the citizens' API.
import { spawn, spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { browser } from './support.mjs';

const PROGRAM = process.env.LOKALSVAR ?? 'target/release/lokalsvar';
const DIST = process.env.LOKALSVAR_DIST ?? 'target/xtask/dist';
const SHOTS = process.env.LOKALSVAR_SHOTS;
const KOMMUNE = 'eksempelby';
export const PASSWORD = 'tre grønne cykler i regnen';

const freePort = () => new Promise(done => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** Open around the clock, bookable at once: what is tested is the console, not the demo's opening hours. `cpr`: ids of services that ask for it. */
function open(admin, cpr) {
  const week = { days: Array.from({ length: 7 }, () => ['00:00-24:00']) };
  return {
    ...admin,
    holidays: { public: false, customary: [] },
    limits: { active_per_contact: 20, holds_at_once: 5 },
    services: admin.services.map(one => ({ ...one, lead_minutes: 0, change_minutes: 0, code: false, contact: 'phone-or-email', cpr: cpr.includes(one.id) })),
    locations: admin.locations.map(one => ({ ...one, week, exceptions: [] })),
    counters: admin.counters.map(one => ({ ...one, week: null, exceptions: [], breaks: [] })),
    closures: [],
  };
}

/** Somebody may be talked to around the clock. */
function awake(admin) {
  const week = { days: Array.from({ length: 7 }, () => ['00:00-24:00']) };
  return {
    ...admin, closures: [], holidays: { public: false, customary: [] },
    departments: admin.departments.map(one => ({ ...one, week, exceptions: [] })),
  };
}

const DENMARK = { timeZone: 'Europe/Copenhagen' };
const [hours, minutes] = new Intl.DateTimeFormat('sv-SE', { ...DENMARK, hour: '2-digit', minute: '2-digit' }).format().split(':');
/** How far the clock has to go, in ms, to be 10.00 in Denmark today. */
export const MORNING = (600 - hours * 60 - minutes) * 60_000;

/** What a program's environment needs for a clock that is so far ahead. */
function clockOf(shift) {
  if (!shift) return {};
  const library = readdirSync('/usr/lib').map(one => `/usr/lib/${one}/faketime/libfaketimeMT.so.1`).find(existsSync);
  assert.ok(library, 'libfaketime is missing: install it (Debian: `faketime`)');
  return { LD_PRELOAD: library, FAKETIME: `${shift < 0 ? '-' : '+'}${Math.abs(shift) / 1000}`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** Starts the server, its clock `shift` ms ahead of the machine's; `cpr` as in [`open`]; `more` settings of the kommune, `env` of the program. */
export async function start({ shift = 0, cpr = [], more = '', env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'konsol-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(join(folder, 'booking'));
  const admin = JSON.parse(readFileSync(join(DIST, `${KOMMUNE}.booking.json`), 'utf8'));
  writeFileSync(join(folder, 'booking', `${KOMMUNE}.booking.json`), JSON.stringify(open(admin, cpr)));
  const talk = join(DIST, `${KOMMUNE}.samtale.json`);
  if (existsSync(talk)) writeFileSync(join(folder, 'booking', `${KOMMUNE}.samtale.json`), JSON.stringify(awake(JSON.parse(readFileSync(talk, 'utf8')))));
  const config = join(folder, 'lokalsvar.toml');
  writeFileSync(config, `
listen = "127.0.0.1:${port}"
[limits]
requests_per_second = 1000
requests_burst = 10000
holds_per_hour = 100000
holds_burst = 10000
[[kommune]]
slug = "${KOMMUNE}"
site_key = "test-eksempelby"
origins = ["${url}"]
page = "${url}/"
quota = 10000
${more}
`);
  const child = spawn(PROGRAM, ['serve', '--config', config, '--dist', DIST, '--site', 'www/demo'], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env, ...clockOf(shift) } });
  let noise = '';
  child.stderr.on('data', data => noise += data);
  for (let tries = 0; ; tries++) {
    if (await fetch(`${url}/api/ready`).then(answer => answer.ok, () => false)) break;
    assert.ok(tries < 100 && child.exitCode === null, `the server did not start: ${noise}`);
    await new Promise(done => setTimeout(done, 100));
  }
  return {
    url, config, shift, folder,
    stop: async () => {
      const gone = new Promise(done => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `lokalsvar staff ...`; gives what it printed. */
export function staff(server, command, more, input = '') {
  const run = spawnSync(PROGRAM, ['staff', command, '--config', server.config, '--kommune', KOMMUNE, ...more], { input, encoding: 'utf8', env: { ...process.env, ...clockOf(server.shift) } });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

let accounts = 0;
/** Adds an account; gives its user name. */
export function account(server, roles = ['booking'], name = 'Anna Jensen') {
  const user = `medarbejder${++accounts}`;
  staff(server, 'add', [user, '--name', name, ...roles.flatMap(role => ['--role', role]), '--password'], `${PASSWORD}\n`);
  return user;
}

/** What an authenticator app shows (RFC 6238, 30 s, 6 digits). */
export function totp(secret, at = Date.now()) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map(letter => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = hash[19] & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1e6).padStart(6, '0');
}

/** A page of a clerk that records requests, refuses console noise and violations, and is not signed in. */
export async function page(server, { path = 'konsol/booking', width = 1280, height = 900, colorScheme = 'light', ...more } = {}) {
  const context = await (await browser()).newContext({ viewport: { width, height }, colorScheme, locale: 'da-DK', timezoneId: 'Europe/Copenhagen', ...more });
  const page = await context.newPage();
  page.requests = [];
  page.sent = [];
  page.noise = [];
  page.on('request', request => {
    page.requests.push(request.url());
    if (request.method() === 'POST') page.sent.push({ path: new URL(request.url()).pathname, key: request.headers()['idempotency-key'], body: request.postData() });
  });
  page.on('console', message => ['error', 'warning'].includes(message.type()) && page.noise.push(message.text()));
  page.on('pageerror', error => page.noise.push(error.message));
  page.on('dialog', dialog => page.noise.push(`dialog: ${dialog.message()}`));
  await page.addInitScript(shift => {
    if (shift) {
      const real = Date.now;
      Date.now = () => real() + shift;
      window.Date = new Proxy(Date, { construct: (target, given) => given.length ? new target(...given) : new target(Date.now()) });
    }
    window.violations = [];
    addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective));
  }, server.shift);
  await page.goto(`${server.url}/${path}`);
  return page;
}

/** A clerk who is signed in, at the day. The sign-in itself has tests of its own. */
export async function clerk(server, { roles, name, ...more } = {}) {
  const user = account(server, roles, name);
  const one = await page(server, { ...more, path: 'konsol/' });
  const answers = await one.evaluate(async ([kommune, user, password]) => {
    const post = (path, body) => fetch(`/api/v1/staff/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return (await post('sign-in', { kommune, user, password })).json();
  }, [KOMMUNE, user, PASSWORD]);
  const { secret } = answers.enrol;
  const done = await one.evaluate(async body => (await fetch('/api/v1/staff/enrol', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })).status, { kommune: KOMMUNE, user, password: PASSWORD, secret, code: totp(secret, Date.now() + server.shift) });
  assert.equal(done, 200, 'enrolled');
  one.noise.length = 0; // the 401 of the first question
  await one.goto(`${server.url}/${more.path ?? 'konsol/booking'}`);
  if (!more.path || more.path.includes('booking')) await one.locator('.day-head h1').waitFor();
  one.user = user;
  return one;
}

const api = async (server, path, { holder, body } = {}) => {
  const answer = await fetch(`${server.url}/api/v1/booking/${path}`, {
    method: body === undefined ? 'GET' : 'POST', body: body === undefined ? undefined : JSON.stringify(body),
    headers: {
      origin: server.url, 'lokalsvar-site': 'test-eksempelby', 'content-type': 'application/json', 'idempotency-key': randomUUID(),
      ...(holder && { 'lokalsvar-holder': holder }),
    },
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
};

let citizens = 0;
/** Books as a citizen does: the `at`-th free time from a day on (today when absent). Gives receipt, secret, start. */
export async function book(server, { service = 'pas', location = 'raadhus', persons = 1, name = 'Kaj Kanin', from = today(), at = 0, language = 'da', cpr } = {}) {
  const { privacy } = await api(server, 'services');
  const { slots } = await api(server, `slots?service=${service}&location=${location}&from=${from}&days=2&persons=${persons}`);
  assert.ok(slots.length > at, `a free time for ${service}`);
  const { start } = slots[at];
  const { holder } = await api(server, 'holds', { body: { service, location, start, persons } });
  const contact = { name, phone: String(20_000_000 + ++citizens) };
  const booked = await api(server, 'bookings', { holder, body: { contact, privacy_version: privacy.version, language, cpr } });
  return { ...booked, name, phone: contact.phone };
}

/** A day in Denmark, so many days from the one that has that morning. */
export function today(more = 0) {
  return new Intl.DateTimeFormat('sv-SE', DENMARK).format(Date.now() + MORNING + more * 86_400_000);
}

/** "14.15" of an instant. */
export const clock = instant => `${+instant.slice(11, 13)}.${instant.slice(14, 16)}`;

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** axe finds nothing, nothing scrolls sideways, every target is large enough. */
export async function fine(page, step) {
  await page.waitForTimeout(200); // transitions have ended
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${step}: ${id}: ${nodes.map(node => node.target.flat().join(' ')).join('; ')}`), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${step}: the page scrolls sideways by ${wide} px`);
  // Of a citizen's page the chat is ours, not what stands around it.
  const small = await page.evaluate(() => [...(document.querySelector('lokalsvar-chat')?.shadowRoot ?? document)
    .querySelectorAll('button, a[href], input, select, textarea')]
    .filter(one => one.offsetParent && !one.closest('.skip') && !one.classList.contains('skip') && !one.matches('dd a'))
    .filter(one => one.localName !== 'a' || !one.closest('p, li') || getComputedStyle(one).display !== 'inline') // in a sentence: WCAG 2.5.8 lets it be
    .map(one => [one.id || one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 23.9))
    .map(([name, box]) => `${name} ${box.width}x${box.height}`));
  assert.deepEqual(small, [], `${step}: targets of at least 24 px`);
  await shot(page, step);
}

/** A picture for whoever looks at the pages, where LOKALSVAR_SHOTS says so. */
export async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  const fullPage = !await page.locator('lokalsvar-chat').count(); // a chat is what the window shows of it
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });
}

/** Nothing left the origin, nothing was refused by the policy, the console is empty. */
export async function clean(page, server, { noise = [] } = {}) {
  assert.deepEqual(page.requests.filter(url => !url.startsWith(`${server.url}/`)), [], 'no request off the origin');
  assert.deepEqual(await page.evaluate(() => window.violations), [], 'no violation of the policy');
  assert.deepEqual(page.noise.filter(text => !noise.some(known => known.test(text))), [], 'the console is empty');
}

/** Presses Tab until focus is on what is wanted; focus is never nowhere. */
export async function tabTo(page, wanted, most = 80) {
  for (let stops = 0; stops < most; stops++) {
    const here = await focused(page);
    if (wanted.test(here)) return here;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to ${wanted}; it is at ${await focused(page)}`);
}

/** What has focus: id, or text. */
export const focused = page => page.evaluate(() => {
  const { activeElement: one } = document;
  return one === document.body ? 'BODY' : `${one.id} ${one.getAttribute('aria-label') ?? one.textContent}`.trim();
});
