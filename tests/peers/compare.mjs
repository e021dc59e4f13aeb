// `cargo xtask bench`: the right intent first, or among the first three, on the development questions, beside programs that learnt
// the same examples: MiniSearch and NLP.js in node, and scikit-learn where python3 has it. Prints one Markdown table; it measures
// and never judges. Which rows count stands in docs/matcher.md.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import MiniSearch from 'minisearch';
import { minisearch, nlpjs } from '../browser/peers.js';
import { examples } from '../browser/utterances.mjs';

const KOMMUNE = 'eksempelby';
const [bundle] = process.argv.slice(2);
const here = name => fileURLToPath(new URL(name, import.meta.url));

const rows = examples(KOMMUNE);
const known = new Set(rows.map(row => row.intent));
const asked = readFileSync(here('../eval/dev.tsv'), 'utf8').split('\n').slice(1).filter(Boolean)
  .map(line => line.split('\t'))
  .filter(([expected]) => known.has(expected))
  .map(([expected, question, also]) => ({ question, fits: [expected, ...also.split(',').map(id => id.trim()).filter(Boolean)] }));

const middle = times => times.toSorted((a, b) => a - b)[times.length >> 1];
const kB = bytes => bytes ? `${(bytes / 1024).toFixed(0)} kB` : '–';
const percent = n => (n * 100 / asked.length).toFixed(1);

/** How often an intent that fits is first or among three; `ranked` has the ids for each question. */
function row(name, ranked, micros, bytes) {
  const among = count => ranked.filter((ids, i) => ids.slice(0, count).some(id => asked[i].fits.includes(id))).length;
  return [name, percent(among(1)), percent(among(3)), kB(bytes), `${micros.toFixed(0)} µs`];
}

async function inNode(name, ask, ids, bytes) {
  const ranked = [], times = [];
  for (const { question } of asked) {
    const begun = performance.now();
    const answer = await ask(question);
    times.push((performance.now() - begun) * 1000);
    ranked.push(ids(answer));
  }
  return row(name, ranked, middle(times), bytes);
}

function ours() {
  const told = spawnSync(process.env.LOKALSVAR, ['eval', bundle, here('../eval/dev.tsv'), '--known', '--jsonl'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (told.status) throw new Error(told.stderr);
  const lines = told.stdout.trim().split('\n').map(line => JSON.parse(line)).filter(line => line.expected !== '-');
  if (lines.length !== asked.length) throw new Error(`${lines.length} rows of ours, ${asked.length} of the others`);
  return row('**Lokalsvar**, whole turn, core bundle with all answers', lines.map(line => line.top.map(([id]) => id)),
    middle(lines.map(line => line.micros)), brotliCompressSync(readFileSync(bundle)).length);
}

/** One row for each classifier; none when python3 lacks scikit-learn. */
function scikit() {
  const input = JSON.stringify({ train: rows.map(({ intent, text }) => [intent, text]), ask: asked.map(({ question }) => question) });
  const told = spawnSync('python3', [here('scikit.py')], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (told.status !== 0) {
    console.error(`without scikit-learn (pip install scikit-learn): ${(told.stderr ?? String(told.error)).trim().split('\n').at(-1)}`);
    return [];
  }
  return told.stdout.trim().split('\n').map(line => JSON.parse(line)).map(({ name, ranked, micros, bytes }) => row(name, ranked, micros, bytes));
}

function indexBytes() {
  const index = new MiniSearch({ fields: ['text'], storeFields: ['intent'] });
  index.addAll(rows.map(({ intent, text }, id) => ({ id, intent, text })));
  return brotliCompressSync(JSON.stringify(index)).length;
}

const table = [ours()];
table.push(await inNode('MiniSearch', minisearch(rows), answer => answer.map(([id]) => id), indexBytes()));
table.push(...scikit());
table.push(await inNode('NLP.js', await nlpjs(rows), answer => answer.map(({ intent }) => intent)));
console.log(`\n${rows.length} examples, ${asked.length} questions in scope\n`);
console.log([['learnt the same examples', 'top-1', 'top-3', 'model, brotli', 'p50'], ['---', '---:', '---:', '---:', '---:'], ...table]
  .map(cells => `| ${cells.join(' | ')} |`).join('\n') + '\n');
