// axe-core finds nothing on launcher, welcome, answer, clarifying question and fallback, on phone and desktop.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ask, citizen, closeBrowser, launcher, open } from './support.mjs';

after(closeBrowser);

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** axe-core on the whole page, shadow roots included. */
async function axe(page) {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.flat().join(' ')).join('; ')}`), []);
}

for (const width of [360, 1280]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`no axe violations at ${width} px, ${colorScheme}`, async t => {
      const page = await citizen({ path: 'eksempelby/pas.html', width, height: 800, colorScheme });
      await launcher(page).waitFor();
      await t.test('launcher', () => axe(page));
      await open(page);
      await page.waitForTimeout(400); // animations have ended
      await t.test('welcome', () => axe(page));
      for (const [state, question] of [
        ['answer', 'hvad koster et pas'],
        ['clarify', 'pas'],
        ['fallback', 'hvad er meningen med livet'],
      ]) {
        await ask(page, question);
        await page.waitForTimeout(400);
        await t.test(state, () => axe(page));
      }
    });
  }
}
