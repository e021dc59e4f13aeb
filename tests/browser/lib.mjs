// What the browser tests share: one Chromium, a page whose console must stay empty, requests counted, and
// words for what a citizen does. xtask gives LOKALSVAR_URL, LOKALSVAR_DIST and CHROMIUM.
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import assert from 'node:assert/strict';

export const site = process.env.LOKALSVAR_URL ?? 'http://127.0.0.1:8080/';
export const dist = process.env.LOKALSVAR_DIST ?? 'target/xtask/dist';
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let browser;
/** The one browser of a test file. */
export async function launch() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  return browser;
}
export const quit = () => browser?.close();

/** A fresh visitor on a page of the demo: { page, requests, problems, close }. */
export async function visit(path = '', { width = 1280, height = 900, before, ...options } = {}) {
  const context = await (await launch()).newContext({ viewport: { width, height }, locale: 'da-DK', ...options });
  const page = await context.newPage();
  const requests = [];
  const problems = [];
  page.on('request', request => requests.push(request));
  page.on('pageerror', error => problems.push(String(error)));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  await page.addInitScript(() => {
    window.seen = [];
    for (const name of ['ready', 'opened', 'closed', 'answered', 'unanswered', 'rated', 'link', 'failed']) {
      addEventListener('lokalsvar:' + name, event => window.seen.push([name, event.detail.id ?? '']));
    }
    addEventListener('securitypolicyviolation', event => window.seen.push(['csp', event.violatedDirective]));
  });
  if (before) await before(page, context);
  await page.goto(new URL(path, site).href, { waitUntil: 'load' });
  return { page, context, requests, problems, close: () => context.close() };
}

export const launcher = page => page.getByRole('button', { name: /^Spørg/ });
export const panel = page => page.getByRole('dialog');
export const log = page => page.getByRole('log');
export const input = page => panel(page).getByRole('textbox');

/** Waits for a `lokalsvar:` event that has happened or will. */
export const happened = (page, name) =>
  page.waitForFunction(name => window.seen.some(([event]) => event === name), name, { timeout: 20000 });

/** Opens the chat and waits until nothing more will be fetched. */
export async function open(page) {
  await launcher(page).click();
  await input(page).waitFor();
  await happened(page, 'ready');
}

/** Asks, and gives the event that followed: ['answered', 'pas/...'] or ['unanswered', '']. */
export async function ask(page, text) {
  const before = await page.evaluate(() => window.seen.length);
  await input(page).fill(text);
  await input(page).press('Enter');
  await page.waitForFunction(
    count => window.seen.slice(count).some(([event]) => ['answered', 'unanswered'].includes(event)), before,
    { timeout: 5000 });
  return page.evaluate(count => window.seen.slice(count).find(([e]) => ['answered', 'unanswered'].includes(e)), before);
}

/** axe-core on the whole page, shadow roots included. */
export async function axe(page) {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.flat().join(' ')).join('; ')}`);
  assert.deepEqual(told, []);
}

/** The file of the demo kommune's Danish bundle. */
export function bundleFile(slug = 'eksempelby') {
  const release = JSON.parse(readFileSync(join(dist, `${slug}.json`), 'utf8'));
  return JSON.parse(release.payload).bundle.file;
}
