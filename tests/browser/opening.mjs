// `cargo xtask prove opening`: from the press of the button until the citizen can write, and until the first answer is there, on a
// processor four times slower and a slow 4G line (1.6 Mbit/s down, 750 kbit/s up, 150 ms), cold and warm. Beside it
// deep-chat and Typebot, each from its npm package (tests/browser/peers, installed for this alone), its one script fetched at the
// press. Prints Markdown; judges nothing.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { brotliCompressSync, constants } from 'node:zlib';
import { BASE, browser, closeBrowser } from './support.mjs';

const RUNS = Number(process.env.LOKALSVAR_RUNS ?? 9);
const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };
const SLOWER = 4;

const packed = path => brotliCompressSync(readFileSync(new URL(`peers/node_modules/${path}`, import.meta.url)), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
const page = (body, script = '') => `<!doctype html><html lang="da"><meta charset="utf-8"><link rel="icon" href="data:,"><title>-</title><body>
<button id="open">Chat</button><main></main>${body}<script>document.querySelector('#open').onclick = async () => { ${script} };</script>`;
const FILES = {
  '/deep-chat.js': [packed('deep-chat/dist/deepChat.bundle.js'), 'text/javascript'],
  '/typebot.js': [packed('@typebot.io/js/dist/web.js'), 'text/javascript'],
  '/lokalsvar.html': page(`<script src="${BASE}lokalsvar.js" data-kommune="eksempelby" async></script>`, 'window.lokalsvar.open();'),
  '/deep-chat.html': page('', `await import('/deep-chat.js'); const chat = document.createElement('deep-chat');
    chat.demo = true; document.querySelector('main').append(chat);`),
  '/typebot.html': page('', `const { default: Typebot } = await import('/typebot.js');
    const chat = document.createElement('typebot-standard'); chat.style = 'width:400px;height:600px;display:block';
    document.querySelector('main').append(chat); Typebot.initStandard({ typebot: 'x', apiHost: location.origin });`),
  // Typebot asks its server for the first question; this answers at once.
  '/api/v1/typebots/x/startChat': [JSON.stringify({
    sessionId: 's', resultId: 'r', typebot: { id: 'x', version: '6', theme: { general: {}, chat: {} },
      settings: { general: {}, typingEmulation: { enabled: false } }, publishedAt: '2026-01-01T00:00:00.000Z' },
    messages: [], input: { id: 'i', type: 'text input', options: { isLong: false } }, clientSideActions: [],
  }), 'application/json'],
};
const server = createServer((request, response) => {
  const file = FILES[request.url.split('?')[0]];
  const [body, type] = Array.isArray(file) ? file : [file, 'text/html; charset=utf-8'];
  const headers = { 'content-type': type ?? 'text/plain', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
  if (type === 'text/javascript') Object.assign(headers, { 'content-encoding': 'br', 'cache-control': 'max-age=31536000, immutable' });
  response.writeHead(body ? 200 : 404, headers).end(body ?? '');
});
await new Promise(done => server.listen(0, '127.0.0.1', done));
const ORIGIN = `http://127.0.0.1:${server.address().port}`;

/** Milliseconds from the press to a field that can be written in, and from there to the first answer; bytes on the line. */
async function once(context, name) {
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  await page.goto(`${ORIGIN}/${name}.html`, { waitUntil: 'networkidle' });
  await client.send('Network.emulateNetworkConditions', LINE);
  await client.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  let bytes = 0;
  client.on('Network.loadingFinished', event => { bytes += event.encodedDataLength; });
  const field = await page.evaluate(() => new Promise((done, fail) => {
    const writable = root => {
      for (const node of root.querySelectorAll('*')) {
        if (node.matches('textarea, input, [contenteditable=true]') && node.getClientRects().length) return node;
        const inner = node.shadowRoot && writable(node.shadowRoot);
        if (inner) return inner;
      }
    };
    const begun = performance.now();
    setTimeout(() => fail(new Error('no field within 25 s')), 25_000);
    document.querySelector('#open').click();
    const look = () => {
      const field = writable(document);
      if (!field) return requestAnimationFrame(look);
      field.focus();
      done(performance.now() - begun);
    };
    look();
  }));
  const answer = name !== 'lokalsvar' ? undefined : await page.evaluate(() => new Promise(done => {
    const root = document.querySelector('lokalsvar-chat').shadowRoot;
    const said = () => root.querySelectorAll('[data-intent="pas/pris-paa-pas"]').length;
    const [begun, before] = [performance.now(), said()];
    const [early, chat] = [root.querySelector('[part=early]'), root.querySelector('#input')];
    const box = chat ?? early;
    box.value = 'hvad koster et pas';
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    if (chat) root.querySelector('[part~=send]').click();
    else box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    const look = () => said() > before ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look);
    look();
  }));
  await page.waitForTimeout(1000);
  await page.close();
  return { field, answer: answer === undefined ? undefined : field + answer, bytes };
}

const at = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const shown = (list, share) => list.some(value => value === undefined) ? '-' : `${at(list, share).toFixed(0)} ms`;
const rows = [];
const measured = { lokalsvar: { cold: [], warm: [] }, 'deep-chat': { cold: [], warm: [] }, typebot: { cold: [], warm: [] } };
for (let run = 0; run < RUNS; run++) {
  for (const name of Object.keys(measured)) { // in turn, so that a busy moment of the machine meets all
    const context = await (await browser()).newContext({ viewport: { width: 1280, height: 900 } });
    for (const state of ['cold', 'warm']) {
      try {
        measured[name][state].push(await once(context, name));
      } catch (error) {
        console.error(`${name}, ${state}: ${error.message.split('\n')[0]}`);
      }
    }
    await context.close();
  }
}
for (const [name, states] of Object.entries(measured)) {
  for (const [state, list] of Object.entries(states)) {
    if (!list.length) continue;
    const of = key => list.map(row => row[key]);
    rows.push([name, state, shown(of('field'), 0.5), shown(of('field'), 0.75), shown(of('answer'), 0.5), shown(of('answer'), 0.75), `${(at(of('bytes'), 0.5) / 1024).toFixed(0)} kB`, list.length]);
  }
}
const head = ['chat', 'cache', 'field, p50', 'field, p75', 'first answer, p50', 'first answer, p75', 'fetched after the press', 'runs'];
console.log([head, head.map((_, i) => i < 2 ? '---' : '---:'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n'));
await closeBrowser();
server.close();
