// What the tests of the third module share (talking with a person, AI help): the chat's parts by their names, and what axe finds.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { log } from './support.mjs';

const SHOTS = process.env.LOKALSVAR_SHOTS;

export const chat = page => page.locator('lokalsvar-chat');
export const button = (page, name) => chat(page).getByRole('button', { name, exact: true }).last();
/** Presses a button in the log. */
export const press = (page, name) => log(page).getByRole('button', { name, exact: typeof name === 'string' }).last().click();
export const says = (page, text) => log(page).getByText(text).last().waitFor({ timeout: 20_000 });
/** The newest thing that the module has said. */
export const form = page => log(page).locator('.relay').last();

export const until = async (what, good) => {
  for (let tries = 0; tries < 150; tries++) {
    if (await good()) return;
    await new Promise(done => setTimeout(done, 100));
  }
  assert.fail(what);
};

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** axe finds nothing. */
export async function axe(page, step) {
  await page.waitForTimeout(350); // animations have ended
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${step}: ${id}: ${nodes.map(node => node.target.flat().join(' ')).join('; ')}`), []);
}

/** A step of the way: axe finds nothing, nothing scrolls sideways; a picture where LOKALSVAR_SHOTS says so. */
export async function sound(page, step, picture) {
  await axe(page, step);
  if (SHOTS) {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${picture}.png` });
  }
  const wide = await log(page).evaluate(log => log.scrollWidth - log.clientWidth);
  assert.ok(wide <= 0, `${step}: the log scrolls sideways by ${wide} px`);
}
