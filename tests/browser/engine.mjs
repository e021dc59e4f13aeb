// The engine alone on an empty page, as a page with a user interface of its own has it: a module, its WASM, one bundle.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, browser } from './support.mjs';

/** The first file of the built folder that `fits`: its row of the manifest, and `path`. */
export function dist(fits) {
  const folder = process.env.LOKALSVAR_DIST;
  const row = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).files.find(fits);
  if (!row) throw new Error(`no such file in ${folder}/manifest.json`);
  return { ...row, path: join(folder, row.file) };
}

/** A page of the demo's origin, cross-origin isolated, with `window.engine` loaded from `bundle`. */
export async function enginePage(bundle, kommune) {
  const page = await (await browser()).newPage();
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  await page.route(BASE + 'empty', route => route.fulfill({ contentType: 'text/html', headers, body: '<!doctype html><title>-</title>' }));
  await page.goto(BASE + 'empty');
  const file = role => dist(row => row.app === 'engine' && row.role === role).file;
  await page.evaluate(async ([glue, wasm, bundle, kommune]) => {
    const { default: init, Engine } = await import(glue);
    await init({ module_or_path: wasm });
    const bytes = new Uint8Array(await (await fetch(bundle)).arrayBuffer());
    window.engine = Engine.load(bytes, kommune);
  }, [...['glue', 'wasm'].map(role => BASE + file(role)), BASE + bundle.file, kommune]);
  return page;
}
