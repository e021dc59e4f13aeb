// What the browser tests share: one Chromium, pages that record every request and refuse console noise,
// and a citizen who opens the chat and asks. Address and browser come from `cargo xtask test`.
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';

export const BASE = process.env.LOKALSVAR_URL ?? 'http://127.0.0.1:8080/';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

let shared;
/** The browser, started once per test file. */
export const browser = async () =>
  shared ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
export const closeBrowser = async () => (await shared)?.close();

/** A fresh citizen: a context of its own, `page.requests` and `page.noise` recorded. */
export async function citizen({ path = '', base = BASE, width = 1280, height = 900, colorScheme = 'light', before, ...more } = {}) {
  const context = await (await browser()).newContext({ viewport: { width, height }, colorScheme, ...more });
  const page = await context.newPage();
  page.requests = [];
  page.noise = [];
  page.on('request', request => page.requests.push(request.url()));
  page.on('console', message => ['error', 'warning'].includes(message.type()) && page.noise.push(message.text()));
  page.on('pageerror', error => page.noise.push(error.message));
  await page.addInitScript(() => {
    window.heard = [];
    for (const name of ['ready', 'opened', 'closed', 'answered', 'unanswered', 'rated', 'link']) {
      addEventListener('lokalsvar:' + name, event => heard.push([name, event.detail]));
    }
    addEventListener('securitypolicyviolation', event => heard.push(['csp', event.violatedDirective]));
  });
  if (before) await before(page);
  await page.goto(base + path, { waitUntil: 'networkidle' });
  return page;
}

export const launcher = page => page.getByRole('button', { name: /Spørg/ });
export const log = page => page.getByRole('log');
/** The chat's field; the one to write in while it loads is another. */
export const box = page => page.locator('lokalsvar-chat').locator('#input');

/** Waits until an event was heard. */
export const hear = (page, name) => page.waitForFunction(name => heard.some(([heard]) => heard === name), name, { timeout: 10_000 });

export async function open(page) {
  await launcher(page).click();
  await box(page).waitFor();
  await hear(page, 'ready');
}

/** Asks and gives what was added to the log. */
export async function ask(page, question) {
  const before = await log(page).innerText();
  await box(page).fill(question);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.waitForFunction(([root, before]) => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('[role=log]').innerText.length > before.length + root.length,
    [question, before], { timeout: 5_000 }).catch(() => {});
  return (await log(page).innerText()).slice(before.length);
}

export function quiet(page) {
  assert.deepEqual(page.noise, [], 'the console is empty');
}

/**
 * Is this what a wish for a person fetches? The module, and who is there: a question to the server that holds the id of the answer in
 * hand and no word of the citizen.
 */
export const forPerson = url => /^[^?]*\/(relay-[0-9a-f]+\.(js|wasm)|api\/v1\/handoff\/availability\?about=[a-z0-9/-]*)$/.test(url.trim());
/** Does somebody wish for a person there? */
export const wishes = line => line.includes('tale med et menneske');
