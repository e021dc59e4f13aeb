// Booking a time in the chat, against the real `lokalsvar serve`: by keyboard at 320 px, by free text, with a network that
// loses the answer, a hold that runs out, a time that somebody else takes, and by the receipt's link. Records every request and compares
// what was shown before sending with what was sent.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { AxeBuilder } from './axe.mjs';
import { ask, BASE, box, citizen, closeBrowser, hear, log, open, quiet } from './support.mjs';

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
const visitor = async more => watched(await citizen({ path: 'kommune.html', ...more }));

const button = (page, name, exact = true) => page.locator('lokalsvar-chat').getByRole('button', { name, exact }).last();
const press = async (page, name, exact) => button(page, name, exact).click();
const says = (page, text) => log(page).getByText(text).last().waitFor({ timeout: 15_000 });
const shot = async (page, name) => {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
};
