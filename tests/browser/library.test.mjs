// www/engine.d.ts says what the engine's module has: every export and every method, and nothing more.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closeBrowser } from './support.mjs';
import { dist, enginePage } from './engine.mjs';

after(closeBrowser);

const types = readFileSync(new URL('../../www/engine.d.ts', import.meta.url), 'utf8');
const bundle = dist(file => file.role === 'bundle' && file.file.startsWith('eksempelby'));

test('every export and method is described, and every description exists', async () => {
  const page = await enginePage(bundle, 'eksempelby');
  const glue = dist(row => row.app === 'engine' && row.role === 'glue').file;
  const there = await page.evaluate(async glue => {
    const module = await import('/' + glue);
    const names = of => Object.getOwnPropertyNames(of).filter(name => !/^(constructor|length|name|prototype|__\w+)$/.test(name));
    return { exports: Object.keys(module).filter(name => !name.startsWith('__')).sort(), methods: [...names(module.Engine.prototype), ...names(module.Engine)].sort() };
  }, glue);
  const found = pattern => [...types.matchAll(pattern)].map(match => match[1]);
  const described = [...found(/^export (?:default )?(?:function|class) (\w+)/gm)].map(name => name === 'init' ? 'default' : name);
  assert.deepEqual(described.sort(), there.exports);
  const body = types.slice(types.indexOf('export class Engine'));
  assert.deepEqual([...body.matchAll(/^ {2}(?:static )?(\w+)\(.*\): /gm)].map(match => match[1]).sort(), there.methods);
});

test('what the engine answers has the shape of its type', async () => {
  const page = await enginePage(bundle, 'eksempelby');
  const { reply, shown, shares, error } = await page.evaluate(() => {
    let error = '';
    try { engine.constructor.load(new Uint8Array(10), 'eksempelby'); } catch (wrong) { error = `${wrong instanceof Error} ${wrong.message}`; }
    return { error, reply: engine.ask('hvad koster et pas', Date.now()), shown: engine.suggest('kørek', 'da'), shares: engine.explain('hvad koster et pas') };
  });
  assert.deepEqual(Object.keys(reply).sort(), ['answer', 'options', 'outcome', 'top']);
  assert.equal(reply.answer, 'pas/pris-paa-pas');
  assert.ok(reply.top.every(([id, confidence]) => id.includes('/') && confidence >= 0 && confidence <= 1));
  assert.ok(shown.length && shown.every(row => row.intent && row.title));
  assert.deepEqual(Object.keys(shares[0]).sort(), ['first', 'read_as', 'second', 'word']);
  assert.match(error, /^true ./);
});
