// The states of the chat that are measured (states.test.mjs) and photographed (pictures.mjs), and the themes for both.
import { ask, BASE, box, launcher } from './support.mjs';
import { choose } from './host.mjs';

const theme = (light, dark, more) => {
  const rules = colours => Object.entries(colours).map(([name, value]) => `--lokalsvar-${name}:${value};`).join('');
  return `lokalsvar-chat{${rules(light)}${more}} @media (prefers-color-scheme:dark){lokalsvar-chat{${rules(dark)}}}`;
};
export const THEMES = {
  eksempelby: { kommune: 'eksempelby' },
  fjordby: { kommune: 'fjordby' },
  'purple, round, serif': { kommune: 'eksempelby', css: theme(
    { primary: '#5b2a86', 'on-primary': '#ffffff', background: '#f7f2fb', surface: '#ffffff', text: '#22172b', muted: '#5d5068', border: '#877795', link: '#5b2a86' },
    { primary: '#d3b3ee', 'on-primary': '#2a1140', background: '#17101d', surface: '#241a2d', text: '#f5eefb', muted: '#bfaecd', border: '#8d7a9d', link: '#d9bdf2' },
    '--lokalsvar-corner:24px;--lokalsvar-font:Georgia,serif') },
  'black and yellow, square': { kommune: 'fjordby', css: theme(
    { primary: '#000000', 'on-primary': '#ffe600', background: '#ffffff', surface: '#ffffff', text: '#000000', muted: '#333333', border: '#000000', link: '#00309c' },
    { primary: '#ffe600', 'on-primary': '#000000', background: '#000000', surface: '#000000', text: '#ffffff', muted: '#dddddd', border: '#ffffff', link: '#ffe600' },
    '--lokalsvar-corner:0px') },
};
const press = (page, name) => page.evaluate(name => {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  const all = [...root.querySelectorAll('button, summary')].filter(node => node.getClientRects().length && new RegExp(name).test(node.getAttribute('aria-label') || node.textContent));
  all.at(-1).click();
}, name);

/** The states in the order in which one page comes through them; what one gives back leaves it. */
export const STATES = {
  launcher: page => launcher(page).waitFor(),
  'no network': async page => {
    await page.route(BASE + '*.kb', route => route.abort());
    await page.evaluate(() => window.lokalsvar.open());
    await page.getByRole('button', { name: 'Prøv igen' }).waitFor({ timeout: 20_000 });
    await page.unroute(BASE + '*.kb');
  },
  'launcher with the focus': page => page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('[part=launcher]').focus()),
  loading: async page => {
    let go;
    const held = new Promise(done => { go = done; });
    await page.route(BASE + '*.kb', async route => { await held; await route.continue(); });
    await page.evaluate(() => { window.lokalsvar.open(); });
    await page.getByText('Henter').waitFor();
    return async () => { go(); await box(page).waitFor(); await page.unroute(BASE + '*.kb'); };
  },
  welcome: page => box(page).waitFor(),
  'one letter typed': page => box(page).fill('p'),
  suggestions: page => box(page).pressSequentially('as'),
  'suggestion with the focus': page => box(page).press('ArrowUp'),
  'five lines typed': async page => { await box(page).fill('linje\n'.repeat(6)); return () => box(page).fill(''); },
  clarify: page => ask(page, 'pas'),
  'clarify, chosen': page => page.evaluate(() => [...document.querySelector('lokalsvar-chat').shadowRoot.querySelectorAll('.option:not([aria-disabled=true])')].at(-1).click()),
  answer: page => ask(page, 'hvad koster et pas'),
  'answer read to its end': page => press(page, 'Læs mere').catch(() => {}),
  'rated yes': page => press(page, '^Ja$'),
  'opening hours': page => ask(page, 'hvornår har borgerservice åbent'),
  'rated no': page => press(page, '^Nej$'),
  fallback: page => ask(page, 'hvad er meningen med livet'),
  crisis: page => ask(page, 'jeg vil ikke leve mere'),
  'small talk': page => ask(page, 'tak for hjælpen'),
  'menu open': async page => { await press(page, '^Menu$'); return () => press(page, '^Menu$'); },
  'privacy open': async page => { await press(page, 'Det du skriver'); return () => press(page, 'Det du skriver'); },
  'larger text': page => choose(page, 'Større tekst'),
  'largest text': async page => {
    await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#menu').hidden || document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#menu-button').click());
    await page.waitForTimeout(30);
    await choose(page, 'Endnu større tekst');
    return async () => { await page.evaluate(() => [...document.querySelector('lokalsvar-chat').shadowRoot.querySelectorAll('.menu-item')].find(item => item.textContent === 'Almindelig tekst').click()); await press(page, '^Menu$'); };
  },
  'in English': async page => { await press(page, 'English'); await ask(page, 'how do I renew my passport'); },
  deleted: page => choose(page, 'Delete the conversation|Slet samtalen'),
  'closed again': page => page.evaluate(() => window.lokalsvar.close()),
};
