// The browser floor that docs/da/installation.md promises: what is served uses nothing that Chrome 111, Firefox ESR 115 or
// Safari 16.4 lacks. Syntax is asked of esbuild, WASM features of Binaryen, names of a list of what came later (MDN and
// caniuse, November 2026). The list knows what it knows; each check is also shown something that it must refuse.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

const DIST = process.env.LOKALSVAR_DIST;
const FLOOR = ['chrome111', 'firefox115', 'safari16.4', 'ios16.4'];
const { files } = JSON.parse(readFileSync(join(DIST, 'manifest.json'), 'utf8'));
const named = ending => files.map(row => row.file).filter(file => file.endsWith(ending));
const read = file => readFileSync(join(DIST, file), 'utf8');

/** True when esbuild need not rewrite any syntax for the floor. */
const old = (code, loader) => {
  const as = target => transformSync(code, { loader, target, minify: true, legalComments: 'none', logLevel: 'silent' }).code;
  return as(FLOOR) === as('esnext');
};

/** Names that at least one browser of the floor lacks. A guard in front (`?.`, `in`) would need a line of its own here. */
const LATER_SCRIPT = [
  /\bwithResolvers\b/, /\bPromise\.try\b/, /\b(Object|Map)\.groupBy\b/, /\bArray\.fromAsync\b/, /\bAbortSignal\.any\b/,
  /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/, /\b(is|to)WellFormed\b/, /\bIterator\.from\b/,
  /\.(setHTMLUnsafe|getHTML|setHTML|parseHTMLUnsafe|moveBefore)\b/, /\bstartViewTransition\b/, /\b(show|hide|toggle)Popover\b/, /\bpopover\b/,
  /\bURL\.(canParse|parse)\b/, /\bscheduler\.(yield|postTask)\b/, /\bnavigation\.(navigate|addEventListener)\b/, /\bCSSScopeRule\b/,
  /\b(to|from)(Base64|Hex)\b/, /\bRegExp\.escape\b/, /\bMath\.sumPrecise\b/, /\bError\.isError\b/, /\bTemporal\b/, /\bSuppressedError\b/,
  /\bSymbol\.(asyncDispose|dispose)\b/, /\bsetFromBase64\b/, /\bIntl\.(DurationFormat|Segmenter)\b/, /\btransferToFixedLength\b/,
  /\brequestIdleCallback\b/, /\bCloseWatcher\b/, /\bCookieStore\b|\bcookieStore\b/, /\bImport(ant)?Attributes\b/,
];
/** Not here: `scrollbar-color` and `scrollbar-width` (Chrome 121, Safari 18.2), without which nothing is lost. */
const LATER_STYLE = [
  /@(starting-style|scope|view-transition|position-try|function)\b/, /:has\(/, /\blight-dark\(/, /\banchor(-name|-scope|-size)?\b\s*[:(]/, /\bposition-(anchor|area|try)\b/,
  /\btext-(wrap|box|spacing-trim)\b/, /\bfield-sizing\b/, /\binterpolate-size\b/, /\bcalc-size\(/, /\btransition-behavior\b/, /\ballow-discrete\b/,
  /\banimation-(timeline|range)\b/, /\bview-timeline\b/, /\bsubgrid\b/, /\bcontent-visibility\b/, /\breading-(flow|order)\b/,
  /:popover-open\b/, /:user-(in)?valid\b/, /:state\(/, /\b(rgb|hsl|lab|lch|oklab|oklch|color)\(from\b/, /\bround\(|\bmod\(|\brem\(/, /\bif\(/, /\bcorner-shape\b/, /\b\d(cap|rcap|ric|rex|rch)\b/,
];
const later = (text, list) => list.map(name => name.exec(text)?.[0]).filter(Boolean);

const scripts = [...new Set([...named('.js'), 'lokalsvar.js', 'lokalsvar-boost.js'])];
const [rules] = readdirSync(join(DIST, '..')).filter(name => name === 'widget.css');
const styles = { 'widget.css': () => readFileSync(join(DIST, '..', rules), 'utf8'), 'loader.css': () => readFileSync(new URL('../../www/loader.css', import.meta.url), 'utf8'), 'konsol.css': () => readFileSync(new URL('../../www/konsol/konsol.css', import.meta.url), 'utf8') };

test('the checks refuse what is newer than the floor', () => {
  assert.ok(!old('using x = f(); g(x);', 'js'));
  assert.ok(!old('const r = /(?<y>a)|(?<y>b)/v;', 'js'));
  assert.ok(!old('a { b { color: red } }', 'css'), 'nested rules');
  assert.deepEqual(later('const { promise } = Promise.withResolvers();', LATER_SCRIPT), ['withResolvers']);
  assert.deepEqual(later('a:has(b){color:light-dark(#000,#fff)}', LATER_STYLE), [':has(', 'light-dark(']);
});

test('scripts: syntax and names', () => {
  assert.ok(scripts.length >= 5, scripts.join());
  for (const file of scripts) {
    assert.ok(old(read(file), 'js'), `${file} holds newer syntax`);
    assert.deepEqual(later(read(file), LATER_SCRIPT), [], file);
  }
});

test('styles: syntax and names', () => {
  for (const [name, read] of Object.entries(styles)) {
    assert.ok(old(read(), 'css'), `${name} holds newer syntax`);
    assert.deepEqual(later(read(), LATER_STYLE), [], name);
  }
});

// All in Chrome 85, Firefox 79 and Safari 15 or older. SIMD came to Safari with 16.4 itself, and nothing here needs it.
const FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];

test('WASM: no feature beyond those of the floor', t => {
  const folder = mkdtempSync(join(tmpdir(), 'lokalsvar-floor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const opt = new URL('../../node_modules/.bin/wasm-opt', import.meta.url).pathname;
  const fits = file => {
    try {
      execFileSync(opt, ['--mvp-features', ...FEATURES.map(name => `--enable-${name}`), file, '-o', join(folder, 'out.wasm')], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };
  const newer = { simd: '(func (result v128) (v128.const i32x4 0 0 0 0))', threads: '(memory 1 1 shared)', 'tail calls': '(func $f (return_call $f))' };
  for (const [name, body] of Object.entries(newer)) {
    writeFileSync(join(folder, 'newer.wat'), `(module ${body})`);
    assert.ok(!fits(join(folder, 'newer.wat')), `${name} would be seen`);
  }
  writeFileSync(join(folder, 'plain.wat'), '(module (func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0))))');
  assert.ok(fits(join(folder, 'plain.wat')));
  assert.ok(named('.wasm').length >= 2);
  for (const file of named('.wasm')) assert.ok(fits(join(DIST, file)), `${file} uses a newer feature`);
});

test('the promise in the documents is this floor', () => {
  const page = readFileSync(new URL('../../docs/da/installation.md', import.meta.url), 'utf8');
  for (const words of ['Chrome og Edge fra version 111', 'Firefox fra version 115', 'Safari fra version 16.4', 'iOS 16.4']) assert.ok(page.includes(words), words);
});
