// What the tests of AI help share: a release that switches it on, a kommune's API as far as the citizen's side needs one, whose stream a test
// writes as it likes, and a language model behind the chat completions protocol that does what it is told.
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const seed = readFileSync(new URL('../../kb-bundle/demo-noegle.txt', import.meta.url), 'utf8')
  .split('\n').find(line => line && !line.startsWith('#'));
const DEMO = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8',
});
/** A release with AI help or without, signed with the demo key, which everybody has. */
export function release(original, ai) {
  const payload = JSON.stringify({ ...JSON.parse(original.payload), ai });
  return { ...original, payload, signature: sign(null, Buffer.from(payload), DEMO).toString('base64') };
}

export const TERMS = {
  on: true,
  privacy: {
    version: 'a1b2', controller: 'Eksempelby Kommune', purpose: { da: 'At give dig et svar ud fra kommunens egne tekster.', en: 'To answer you.' },
    retention: { da: 'Spørgsmål og svar gemmes ikke hos kommunen.' }, text: { da: 'Eksempelby Kommune er dataansvarlig.' },
  },
  processor: 'Mistral AI', region: 'EU', legal_basis: 'Loven', model: 'mistral-small', turns: 5,
};
export const SOURCES = { sources: [
  { id: 1, title: 'Pris på pas', intent: 'pas/pris-paa-pas' },
  { id: 2, title: 'Pas på nettet', url: 'https://eksempelby.example/pas' },
] };
export const DONE = { ai_generated: true, model: 'mistral-small-2506', prompt: '1', at: '2026-11-23T10:00:05+01:00', turns_left: 4 };

export class Model {
  /** Every request: method, path, body, headers. */
  asked = [];
  terms = TERMS;
  /** Instead of a stream: status and code of a problem. */
  refuse = null;

  async start() {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise(done => this.server.listen(0, '127.0.0.1', done));
    this.server.unref();
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }
  stop() {
    this.server.closeAllConnections();
    return new Promise(done => this.server.close(done));
  }
  async answer(request, response) {
    let body = '';
    for await (const piece of request) body += piece;
    const path = new URL(request.url, this.url).pathname.replace('/api/v1/', '');
    this.asked.push({ method: request.method, path, body, headers: request.headers });
    const json = (status, said) => response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(said));
    if (path === 'fallback/terms') return json(200, this.terms);
    if (this.refuse) return json(this.refuse[0], { type: 'about:blank', title: 'x', status: this.refuse[0], detail: 'x', code: this.refuse[1] });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': her\n\n');
    this.stream = response;
  }
  /** An event on the stream. */
  tell(event, data) {
    this.stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  say(text, ...sources) {
    this.tell('sentence', { parts: [{ text }], sources });
  }
  done(changes) {
    this.tell('done', { ...DONE, ...changes });
    this.stream.end();
  }
}

/** A model of a provider. `mode`: `good` quotes the first excerpt, `number` changes its numbers, `half` ends in the middle, `garbage`, `silent`. */
export class Provider {
  mode = 'good';
  /** Bodies that it was sent. */
  asked = [];

  async start() {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise(done => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}/v1`;
    return this;
  }
  stop() {
    this.server.closeAllConnections();
    return new Promise(done => this.server.close(done));
  }
  async answer(request, response) {
    let body = '';
    for await (const piece of request) body += piece;
    this.asked.push(body);
    if (this.mode === 'silent') return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (this.mode === 'garbage') return response.end('\u0001\u0002 no stream at all \n'.repeat(20));
    const tell = delta => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    let words = this.words(JSON.parse(body).messages[1].content);
    if (this.mode === 'half') words = words.slice(0, Math.ceil(words.length * 0.7));
    for (const word of words) tell({ content: word });
    // What was written is on its way first.
    if (this.mode === 'half') return setTimeout(() => response.destroy(), 200);
    response.write('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n');
    response.end('data: {"choices":[],"usage":{"prompt_tokens":700,"completion_tokens":60}}\n\ndata: [DONE]\n\n');
  }
  /** Two sentences of the first excerpt, cited, word by word. */
  words(prompt) {
    const plain = [...prompt.slice(prompt.indexOf('\n')).matchAll(/([^\n\]]+?)\.? \[p1\]/g)].map(([, one]) => one.trim())
      .filter(one => one.split(' ').length >= 5 && !/[(:@/]/.test(one));
    const text = plain.slice(0, 2).map(one => `${one} [p1].`).join(' ') || 'INGEN';
    const said = this.mode === 'number' ? `Det koster 98.765 kr. [p1]. ${text}` : text;
    return said.split(/(?<= )/);
  }
}
