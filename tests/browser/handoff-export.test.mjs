// The record of a conversation, made here by the words of docs/handoff-export.md alone: the program takes it for whole, finds what is changed
// in it, and makes a page of it on which hostile texts stay text, nothing runs and nothing is asked for.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browser, closeBrowser } from './support.mjs';
import { PAYLOADS } from './payloads.mjs';

const PROGRAM = process.env.LOKALSVAR ?? 'target/release/lokalsvar';
const folder = mkdtempSync(join(tmpdir(), 'lokalsvar-record-'));
after(() => rmSync(folder, { recursive: true }));
after(closeBrowser);

const MOMENT = { utc: '2026-12-04T13:15:00.000Z', copenhagen: '2026-12-04T14:15:00+01:00' };
const HEAD = {
  format: 1, kommune: 'eksempelby', name: 'Eksempelby Kommune', receipt: '4KT8-6JPF', way: 'chat', department: 'borgerservice',
  department_name: 'Borgerservice', about: 'pas/pris-paa-pas', kle: '23.05.01', bundle: '2026-12-03', language: 'da',
  privacy_version: '001122334455', contact: { name: 'Åse', phone: '00 12 34 56', email: '', when: '' }, begun: MOMENT, closed: MOMENT, outcome: 'answered',
  decision: { record: 'journalised', reason: 'Sag 26/17', by: 'Anna', at: MOMENT }, received: 2, retention: { days: 90, rule: 'Slettepolitik' }, exported: MOMENT,
};
const hash = text => createHash('sha256').update(text).digest('hex');

/** A record of these texts, by the document. */
function record(texts, head = HEAD, more = {}) {
  let before = hash(JSON.stringify(head));
  const entries = texts.map((text, at) => {
    const bare = { n: at + 1, kind: 'message', seq: at + 1, at: MOMENT, who: at % 2 ? 'staff' : 'citizen', name: at % 2 ? 'Anna' : '', text, answer: '', message: `m-${at}`, of: 0, detail: '', hash: '', ...more };
    before = hash(`${before}\n${JSON.stringify(bare)}`);
    return { ...bare, hash: before };
  });
  return JSON.stringify({ head, entries, seal: before }, null, 2) + '\n';
}

function verify(text, ...more) {
  const file = join(folder, 'samtale.json');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(PROGRAM, ['verify-export', file, ...more], { encoding: 'utf8' });
  return { status, told: stdout + stderr };
}

test('a record made by the document alone is whole, and a changed one is not', () => {
  const good = record(['Hvad koster et pas?', 'Æblegrød 😀\n\t"\\ \u0001', ' ']);
  assert.equal(verify(good).status, 0, verify(good).told);
  const bad = verify(good.replace('Æblegrød', 'Ablegrød'));
  assert.equal(bad.status, 1);
  assert.match(bad.told, /entry 2/);
});

test(`${PAYLOADS.length} hostile texts in every field of a record run nothing and ask for nothing`, async () => {
  const evil = PAYLOADS[Math.floor(PAYLOADS.length / 2)];
  const head = { ...HEAD, name: evil, about: evil, kle: evil, bundle: evil, department_name: evil, way: evil, outcome: evil, contact: { name: evil, phone: evil, email: evil, when: evil }, decision: { ...HEAD.decision, reason: evil, by: evil } };
  const out = join(folder, 'samtale.html');
  const made = verify(record(PAYLOADS, head, { name: evil, answer: evil, message: evil, detail: evil, kind: evil }), '--html', out);
  assert.equal(made.status, 0, made.told);
  const page = await (await browser()).newPage();
  const asked = [], broken = [];
  page.on('request', request => asked.push(request.url()));
  page.on('pageerror', error => broken.push(error.message));
  page.on('dialog', dialog => { broken.push('dialog'); dialog.dismiss(); });
  const url = pathToFileURL(out).href;
  await page.goto(url);
  await page.waitForTimeout(500);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(asked, [url]);
  assert.deepEqual(broken, []);
  assert.equal(await page.locator('script, img, svg, iframe, object, form, a, input, link, base').count(), 0);
  assert.equal(await page.locator('li').count(), PAYLOADS.length);
  // Word for word, but for characters that only steer.
  const shown = await page.locator('li .t').allTextContents();
  const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;
  shown.forEach((text, at) => assert.equal(text, PAYLOADS[at].replace(/\r\n?/gu, '\ufffd').replace(steering, '\ufffd')));
  assert.ok(readFileSync(out, 'utf8').includes("default-src 'none'"));
  await page.close();
});
