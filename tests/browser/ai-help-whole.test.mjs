// AI help with the real server, the real knowledge and a model behind the real protocol: what the citizen was shown is what is sent, the model
// gets it masked once more, the answer stands on the kommune's own text. Then the model is silent, writes nonsense, breaks off and is gone, and
// the chat in the browser answers as before; the switch works at once. LOKALSVAR_PROVE=1 asks more often (docs/proofs.md).
import { after, afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, BASE, citizen, closeBrowser, log, open, quiet } from './support.mjs';
import { button, form, press, says } from './relay.mjs';
import { fine, start } from './console.mjs';
import { Provider, release } from './ai-help.mjs';

const LONG = Boolean(process.env.LOKALSVAR_PROVE);
const CPR = '010190-1234';
/** Nothing that the chat answers, about something that the kommune writes of. */
const MISS = 'hvordan får jeg fat i borgemesteren er så træt af det her';
/** What it answers by itself. */
const LOCAL = ['hvad koster et pas til et barn', 'hvornår har genbrugspladsen åbent', 'jeg vil forny mit kørekort', 'hvordan skriver jeg mit barn op til vuggestue'];

let server;
let provider;
afterEach(async () => {
  await server?.stop();
  await provider?.stop();
  server = provider = undefined;
});
after(closeBrowser);

const answer = page => log(page).getByRole('group', { name: 'AI-svar' }).last();

async function begin() {
  provider = await new Provider().start();
  server = await start({
    env: { TEST_LLM_KEY: 'kanarie-noegle' },
    more: `[kommune.fallback]
enabled = true
base_url = "${provider.url}"
model = "prøve-1"
key_env = "TEST_LLM_KEY"
legal_basis = "lov om prøver § 1"
dpia_reference = "sag 26/1"
processor = "Prøve A/S"
region = "DK"
tokens_per_day = 1000000
kroner_per_day = 100
kroner_per_million_in = 1.5
kroner_per_million_out = 4.5
turns_per_conversation = 40
`,
  });
  const original = await (await fetch(`${BASE}eksempelby.json`)).json();
  const page = await citizen({ base: `${server.url}/`, path: 'eksempelby/', width: 360, height: 740, before: async page => {
    page.bodies = [];
    page.context().on('request', request => request.method() === 'POST' && page.bodies.push(request.postData() ?? ''));
    await page.route(/\/eksempelby\.json/, route => route.fulfill({ json: release(original, true) }));
    // The release is signed for the demo's key; the server of the test has another.
    await page.context().route('**/api/v1/**', route =>
      route.continue({ headers: { ...route.request().headers(), 'lokalsvar-site': 'test-eksempelby' } }));
  } });
  await open(page);
  return page;
}

/** From a question that the chat does not answer to the bytes that were sent. */
async function send(page, question) {
  const previews = log(page).locator('.relay-bytes');
  const shownBefore = await previews.count();
  await ask(page, question);
  await press(page, /Prøv med AI-hjælp/);
  await previews.nth(shownBefore).waitFor({ state: 'attached' });
  const shown = await form(page).locator('.relay-bytes').textContent();
  const before = page.bodies.length;
  await press(page, 'Send og få et AI-svar');
  while (page.bodies.length === before) await page.waitForTimeout(20);
  return shown;
}

/** How long the chat takes to answer by itself, ms, many times; every one is answered. */
async function local(page, many) {
  const took = await page.evaluate(async ([questions, many]) => {
    const took = [];
    for (let n = 0; n < many; n++) {
      const answered = new Promise((done, never) => {
        addEventListener('lokalsvar:answered', done, { once: true });
        setTimeout(() => never(new Error(`no answer to ${questions[n % questions.length]}`)), 5000);
      });
      const begun = performance.now();
      window.lokalsvar.ask(questions[n % questions.length]);
      await answered;
      took.push(performance.now() - begun);
      await new Promise(done => setTimeout(done, 20));
    }
    return took.sort((a, b) => a - b);
  }, [LOCAL, many]);
  return { many: took.length, p50: took[Math.floor(many / 2)], p99: took[Math.floor(many * 0.99)] };
}

test('a question that the chat cannot answer: what was shown is sent, the model gets it masked, the answer stands on the kommune\'s text', async () => {
  const page = await begin();
  const shown = await send(page, `${MISS} ${CPR}`);
  assert.equal(page.bodies.at(-1), shown, 'the bytes that were shown');
  await says(page, 'kan være forkert');
  await fine(page, 'ai-whole-1-answer');
  assert.equal(provider.asked.length, 1);
  assert.ok(!/0190.?1234/.test(provider.asked[0]), 'masked');
  assert.ok(!provider.asked[0].includes('kanarie'), 'no secret');
  const said = await answer(page).innerText();
  assert.match(said, /^AI-svar\n/);
  assert.ok(await answer(page).getByRole('button').count() >= 2, 'a source and a person');
  await form(page).getByRole('button').first().click();
  await log(page).locator('[data-intent]').last().waitFor();

  provider.mode = 'number';
  await send(page, MISS);
  await says(page, 'Derfor viser jeg det ikke');
  assert.ok(!(await log(page).innerText()).includes('98.765'));
  await fine(page, 'ai-whole-2-withheld');

  // The switch: nothing more is asked, at once.
  const off = join(server.folder, 'booking', 'eksempelby.ai-fra');
  writeFileSync(off, '');
  const asked = provider.asked.length;
  await ask(page, MISS);
  await press(page, /Prøv med AI-hjælp/);
  await says(page, 'AI-hjælpen er slået fra');
  rmSync(off);
  assert.equal(provider.asked.length, asked);

  await button(page, 'Menu').click();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Hent udskrift').click()]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.match(text, /AI-svar: /);
  assert.match(text, /sprogmodellen prøve-1/);
  quiet(page);
  await page.context().close();
});

test('whatever the model does, the chat answers by itself as before, and the citizen is told what to do', async () => {
  const page = await begin();
  // A longer conversation is slower to draw: each is held against the answers just before it.
  const many = LONG ? 60 : 10;
  const figures = {};
  for (const mode of ['garbage', 'half', 'silent', 'gone']) {
    provider.mode = mode;
    if (mode === 'gone') await provider.stop();
    const asked = provider.asked.length;
    figures[`before ${mode}`] = await local(page, many);
    await send(page, MISS);
    figures[mode] = await local(page, many);
    await says(page, mode === 'half' ? 'Svaret blev afbrudt' : 'AI-hjælpen svarer ikke lige nu');
    if (mode !== 'gone') assert.ok(provider.asked.length > asked, mode);
    assert.ok(await log(page).locator('.relay a[href^="tel:"]').last().isVisible(), mode);
    await log(page).locator('.relay').getByRole('button', { name: 'Tal med et menneske' }).last().waitFor();
  }
  for (const [what, took] of Object.entries(figures)) {
    console.log(`${what}: ${took.many} local answers, p50 ${took.p50.toFixed(1)} ms, p99 ${took.p99.toFixed(1)} ms`);
    assert.equal(took.many, many);
  }
  provider = undefined;
  await page.context().close();
});
