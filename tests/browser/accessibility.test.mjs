// axe-core finds nothing on launcher, welcome, answer, clarifying question and fallback, on phone and desktop.
import { after, test } from 'node:test';
import { ask, axe, launcher, open, quit, visit } from './lib.mjs';

after(quit);

for (const width of [360, 1280]) {
  test(`no axe violations at ${width} px`, async t => {
    const { page, close } = await visit('eksempelby/pas.html', { width, height: 800, reducedMotion: 'reduce' });
    await launcher(page).waitFor();
    await t.test('launcher', () => axe(page));
    await open(page);
    await t.test('welcome', () => axe(page));
    for (const [state, question] of [
      ['answer', 'hvad koster et pas'],
      ['clarify', 'pas'],
      ['fallback', 'hvad er meningen med livet'],
    ]) {
      await ask(page, question);
      await t.test(state, () => axe(page));
    }
    await close();
  });
}
