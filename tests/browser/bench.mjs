// `cargo xtask bench`: how long an answer takes, as Markdown tables. Ours and the peers answer in turn in one page
// with a fine clock; then the real widget from the press of a button to the answer in the page; then each stage natively.
// It measures and never judges. Each question is asked in three rounds and its middle time counts, so that p99 tells of
// the hard questions and less of what else the machine did.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, enginePage } from './engine.mjs';
import { browser, citizen, closeBrowser, open } from './support.mjs';
import { examples, utterances } from './utterances.mjs';

const KOMMUNE = 'eksempelby';
const [WARM, ASKED, ROUNDS, TURNS, PAGES] = [200, 1000, 3, 20, 10];

const rows = examples(KOMMUNE).filter(row => row.lang === 'da');
const asked = utterances(rows, WARM + ASKED);
const texts = asked.map(row => row.text);
const bundle = dist(file => file.role === 'bundle' && file.file.startsWith(KOMMUNE));

const at = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)];
const figure = micros => micros >= 9950 ? `${(micros / 1000).toFixed(1)} ms` : micros >= 995 ? `${(micros / 1000).toFixed(2)} ms` : `${micros.toFixed(0)} µs`;
function table(head, lines) {
  const rule = head.map((_, i) => (i ? '---:' : '---'));
  console.log([head, rule, ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n') + '\n');
}

/** By system the microseconds of each question, asked in turn, and how often the example's own intent came first. */
async function inOnePage() {
  const page = await enginePage(bundle, KOMMUNE);
  await page.addScriptTag({ path: process.env.LOKALSVAR_PEERS });
  return page.evaluate(async ([rows, asked, warm, rounds]) => {
    if (!crossOriginIsolated) throw new Error('the page is not cross-origin isolated, its clock is coarse');
    // How to ask, and how to find the first intent in what comes back.
    const systems = {
      Lokalsvar: [text => engine.ask(text, 1_800_000_000_000), answer => answer.top[0]?.[0]],
      MiniSearch: [peers.minisearch(rows), answer => answer[0]?.[0]],
      'NLP.js': [await peers.nlpjs(rows), answer => answer[0]?.intent],
    };
    const measured = Object.fromEntries(Object.keys(systems).map(name => [name, { micros: asked.map(() => []), own: 0 }]));
    for (let round = 0; round < rounds; round++) {
      for (const [i, { text, intent }] of asked.entries()) {
        if (round && i < warm) continue;
        const question = text + ' '.repeat(round); // NLP.js remembers what it has taken apart before
        for (const [name, [ask, first]] of Object.entries(systems)) {
          const begun = performance.now();
          let answer = ask(question);
          if (answer instanceof Promise) answer = await answer;
          const ended = performance.now();
          measured[name].micros[i].push((ended - begun) * 1000);
          if (!round && i >= warm) measured[name].own += first(answer) === intent;
        }
        if (i % 50 === 0) await new Promise(done => setTimeout(done)); // the browser's own work in between
      }
    }
    const middle = list => list.sort((a, b) => a - b)[list.length >> 1];
    return Object.entries(measured).map(([name, { micros, own }]) => ({ name, micros: micros.slice(warm).map(middle), own }));
  }, [rows, asked, WARM, ROUNDS]);
}

/** Microseconds from the press of the button until the answer is in the log, in short conversations. */
async function inTheWidget() {
  const micros = [];
  for (let i = 0; i < PAGES; i++) {
    const page = await citizen();
    await open(page);
    micros.push(...await page.evaluate(async questions => {
      if (!crossOriginIsolated) throw new Error('the demo page is not cross-origin isolated, its clock is coarse');
      const root = document.querySelector('lokalsvar-chat').shadowRoot;
      const log = root.querySelector('[role=log]');
      const answers = () => log.querySelectorAll('[part~=bot-message]').length;
      const micros = [];
      for (const question of questions) {
        const box = root.querySelector('#input');
        box.value = question;
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise(done => setTimeout(done, 250)); // suggestions have come and gone
        const before = answers();
        const answered = new Promise(done => {
          const watch = new MutationObserver(() => {
            if (answers() > before) { watch.disconnect(); done(performance.now()); }
          });
          watch.observe(log, { childList: true, subtree: true });
          setTimeout(() => { watch.disconnect(); done(undefined); }, 3000);
        });
        const begun = performance.now();
        root.querySelector('[part~=send]').click();
        const ended = await answered;
        if (ended) micros.push((ended - begun) * 1000);
      }
      return micros;
    }, texts.slice(WARM + i * TURNS, WARM + (i + 1) * TURNS)));
    await page.context().close();
  }
  return micros;
}

/** What `lokalsvar stages` measures. */
function natively() {
  const folder = mkdtempSync(join(tmpdir(), 'lokalsvar-bench-'));
  try {
    const file = join(folder, 'utterances.txt');
    writeFileSync(file, texts.map(text => text + '\n').join(''));
    return JSON.parse(execFileSync(process.env.LOKALSVAR, ['stages', bundle.path, file, '--warm', String(WARM), '--rounds', String(ROUNDS)], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  const { length: cores } = cpus();
  console.log(`\n${cores} cores, Chromium ${(await browser()).version()}, ${rows.length} Danish examples, ${ASKED} questions after ${WARM} to warm up\n`);
  const systems = await inOnePage();
  const [ours] = systems;
  const against = (micros, share) => `${(at(micros, share) / at(ours.micros, share)).toFixed(1)} ×`;
  table(['in one page, in turn', 'p50', 'p99', 'p50 to ours', 'p99 to ours', 'own intent first'], systems.map(({ name, micros, own }) =>
    [name, figure(at(micros, 0.5)), figure(at(micros, 0.99)), against(micros, 0.5), against(micros, 0.99), `${(own * 100 / ASKED).toFixed(1)} %`]));
  const widget = await inTheWidget();
  table(['in the demo page', 'questions', 'p50', 'p99'],
    [['button pressed until the answer is in the page', widget.length, figure(at(widget, 0.5)), figure(at(widget, 0.99))]]);
  table(['natively', 'p50', 'p99'], natively().map(({ stage, p50, p99 }) => [stage, figure(p50), figure(p99)]));
} finally {
  await closeBrowser();
}
