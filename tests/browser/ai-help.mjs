// A kommune's API for AI help, as far as the citizen's side needs one: what holds, and a stream that a test writes as it likes.
import { createServer } from 'node:http';

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
