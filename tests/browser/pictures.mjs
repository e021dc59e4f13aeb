// `cargo xtask prove pictures`: every state of the chat as a picture, on a phone and on a desk, light and dark, into the folder
// LOKALSVAR_SHOTS; and those that README and docs show (`front`, `welcome`, `answer`, ...) on the demo's own page.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, BASE, box, citizen, closeBrowser, launcher, open } from './support.mjs';
import { html, TAG, visitor } from './host.mjs';
import { STATES } from './states.mjs';

const folder = process.env.LOKALSVAR_SHOTS;
const shown = join(folder, 'docs');
mkdirSync(shown, { recursive: true });
const VIEWS = [[360, 740, 'light'], [360, 740, 'dark'], [1280, 800, 'light'], [1280, 800, 'dark']];

for (const [width, height, colorScheme] of VIEWS) {
  const page = await visitor({ 'side.html': html(`<main><h1>Side</h1><p>En side hos kommunen.</p></main>${TAG}`) }, { width, height, colorScheme, reducedMotion: 'reduce' });
  let number = 0;
  for (const [state, reach] of Object.entries(STATES)) {
    const leave = await reach(page);
    await page.waitForTimeout(150);
    const name = `${String(++number).padStart(2, '0')}-${state.replaceAll(/[^a-z]+/gi, '-')}`;
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    if (typeof leave === 'function') await leave();
  }
  await page.context().close();
}

const SHOWN = {
  front: () => {},
  welcome: page => open(page),
  suggest: async page => { await open(page); await box(page).pressSequentially('flyt'); },
  answer: async page => { await open(page); await ask(page, 'hvad koster et pas til mit barn'); },
  clarify: async page => { await open(page); await ask(page, 'pas'); },
  hours: async page => { await open(page); await ask(page, 'hvornår har borgerservice åbent'); },
  fallback: async page => { await open(page); await ask(page, 'hvad er meningen med livet'); },
};
for (const [width, height, colorScheme] of VIEWS) {
  for (const [name, reach] of Object.entries(SHOWN)) {
    const page = await citizen({ base: BASE, path: 'eksempelby/', width, height, colorScheme, reducedMotion: 'reduce' });
    await launcher(page).waitFor();
    await reach(page);
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(shown, `${name}-${width}-${colorScheme}.png`) });
    await page.context().close();
  }
}
await closeBrowser();
