// The engine gives the same numbers in a browser as in a native build, to the last bit: `lokalsvar bits` and
// `Engine.bits` rank 5,000 utterances with the demo bundles and must agree on class, confidence and score.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBrowser } from './support.mjs';
import { dist, enginePage } from './engine.mjs';
import { examples, utterances } from './utterances.mjs';

after(closeBrowser);

const number = bits => new Float32Array(Uint32Array.of(parseInt(bits, 16)).buffer)[0];
const said = bits => (bits === undefined ? 'nothing' : `${number(bits)} (${bits})`);

/** What differs first between two rankings, in words; `undefined` when nothing does. */
function difference(native, wasm) {
  if (native === wasm) return undefined;
  const [one, other] = [native, wasm].map(line => line.split(' '));
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [a, b] = [one[i] ?? '', other[i] ?? ''];
    if (a === b) continue;
    if (!a.includes(':') || !b.includes(':')) return `decision: native ${one.slice(i).join(' ')}, WASM ${other.slice(i).join(' ')}`;
    const [left, right] = [a.split(':'), b.split(':')];
    const what = ['class', 'confidence', 'score'].findIndex((_, n) => left[n] !== right[n]);
    const [x, y] = [left[what], right[what]];
    return what === 0 ? `class of hit ${i + 1}: native ${x}, WASM ${y}`
      : `${['', 'confidence', 'score'][what]} of hit ${i + 1} (class ${left[0]}): native ${said(x)}, WASM ${said(y)}`;
  }
}

test('a difference is told by utterance and number', () => {
  assert.equal(difference('3:3f000000:3f800000 Fallback', '3:3f000000:3f800000 Fallback'), undefined);
  assert.equal(difference('3:3f000000:3f800000 Fallback', '3:3f000001:3f800000 Fallback'),
    'confidence of hit 1 (class 3): native 0.5 (3f000000), WASM 0.5000000596046448 (3f000001)');
  assert.equal(difference('3:3f000000:3f800000 Answer(3)', '3:3f000000:3f800000 Fallback'),
    'decision: native Answer(3), WASM Fallback');
});

for (const kommune of ['eksempelby', 'fjordby']) {
  test(`native and WASM rank 2,500 utterances of ${kommune} alike to the last bit`, async () => {
    const rows = utterances(examples(kommune), 2500, { wild: true });
    assert.ok(new Set(rows.map(row => row.text)).size > 2200, 'the utterances differ from each other');
    const bundle = dist(file => file.role === 'bundle' && file.file.startsWith(kommune));

    const folder = mkdtempSync(join(tmpdir(), 'lokalsvar-bits-'));
    let native;
    try {
      const file = join(folder, 'utterances.txt');
      writeFileSync(file, rows.map(row => row.text + '\n').join(''));
      native = execFileSync(process.env.LOKALSVAR, ['bits', bundle.path, file], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.equal(native.pop(), '');
    assert.equal(native.length, rows.length);

    const page = await enginePage(bundle, kommune);
    const wasm = await page.evaluate(texts => texts.map(text => engine.bits(text)), rows.map(row => row.text));
    const wrong = rows.flatMap((row, i) => {
      const what = difference(native[i], wasm[i]);
      return what ? [`${JSON.stringify(row.text.slice(0, 200))} (${row.how}): ${what}`] : [];
    });
    assert.equal(wrong.length, 0, `${wrong.length} of ${rows.length} differ, among them\n${wrong.slice(0, 5).join('\n')}`);
    assert.ok(new Set(native).size > 1000, 'the rankings are not all the same');
  });
}
