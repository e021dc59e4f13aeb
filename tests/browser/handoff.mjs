// A kommune's API for talking with a person, as far as the citizen's side needs one, with everything that a network does wrong at hand: answers
// that are lost, streams that are cut, blocked or shuffled. Keeps one conversation.
import { createServer } from 'node:http';

const HOUR = 3_600_000;
/** RFC 3339 with Copenhagen's offset. */
const rfc = ms => {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Copenhagen', dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }).format(ms);
  const [zone] = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Copenhagen', timeZoneName: 'longOffset' }).format(ms).match(/[+-]\d\d:\d\d/);
  return parts.replace(' ', 'T') + zone;
};

export class Kommune {
  /** Every request: method, path, query, body, headers. */
  asked = [];
  log = [];
  messages = [];
  streams = new Set();
  stage = 'waiting';
  ahead = 2;
  begun = 0;
  /** So many answers to POSTs are lost after the server did what was asked. */
  lose = 0;
  /** Streams do not come through. */
  blocked = false;
  /** Outside opening hours. */
  shut = false;
  answers = new Map();
  polls = new Set();

  async start() {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise(done => this.server.listen(0, '127.0.0.1', done));
    this.server.unref(); // a test that fails does not keep the file from ending
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }
  stop() {
    this.server.closeAllConnections();
    return new Promise(done => this.server.close(done));
  }

  department = { id: 'borgerservice', name: { da: 'Borgerservice', en: 'Citizen service' }, phone: '00 12 34 56', email: 'borgerservice@eksempelby.example', address: 'Torvet 1' };
  get conversation() {
    const waiting = this.stage === 'waiting' && !this.shut && { ahead: this.ahead };
    return { receipt: 'K7Q-4M2', way: this.way ?? 'chat', stage: this.stage, department: this.department, seq: this.log.length, open: !this.shut, ...waiting };
  }
  get availability() {
    const now = Date.now();
    return {
      department: this.department, others: [{ id: 'skat', name: { da: 'Opkrævning' } }], open: !this.shut, hours: !this.shut, waiting: this.ahead,
      ...(this.shut ? { opens_at: rfc(now + 20 * HOUR) } : { closes_at: rfc(now + HOUR), wait_minutes: 6 }),
      ways: this.shut ? ['message', 'callback'] : ['chat', 'message', 'callback'],
      privacy: {
        version: '2026-1', controller: 'Eksempelby Kommune', purpose: { da: 'At svare dig.', en: 'To answer you.' },
        retention: { da: '30 dage efter samtalen.', en: '30 days after the conversation.' }, text: { da: 'Kun medarbejdere læser det.' },
      },
    };
  }

  // --- what the other side does; `silent`: it is in the log, and the stream says nothing of it ------------------
  write(entry, { silent } = {}) {
    const seq = this.log.push({ seq: this.log.length + 1, at: rfc(Date.now()), ...entry });
    if (!silent) {
      this.stream(seq);
      this.stands();
    }
    for (const poll of this.polls) poll();
    return seq;
  }
  take(how) {
    this.stage = 'active';
    return this.write({ who: 'staff', name: 'Mette', kind: 'taken' }, how);
  }
  say(text, how) {
    return this.write({ who: 'staff', name: 'Mette', kind: 'message', id: crypto.randomUUID(), text }, how);
  }
  type(on = true) {
    return this.write({ who: 'staff', kind: 'typing', on });
  }
  close(by) {
    this.stage = 'closed';
    return this.write({ who: 'system', kind: 'closed', by });
  }
  /** One entry on every stream. */
  stream(seq) {
    this.raw(`id: ${seq}\ndata: ${JSON.stringify(this.log[seq - 1])}\n\n`);
  }
  stands() {
    this.raw(`event: conversation\ndata: ${JSON.stringify(this.conversation)}\n\n`);
  }
  raw(text) {
    for (const stream of this.streams) stream.write(text);
  }
  cut() {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }

  // --- what the citizen's side asks --------------------------------------------------------------------------
  async answer(request, response) {
    const { pathname, search, searchParams } = new URL(request.url, this.url);
    let body = '';
    for await (const piece of request) body += piece;
    const path = pathname.replace('/api/v1/handoff/', '');
    this.asked.push({ method: request.method, path, query: search, body, headers: request.headers });
    const after = Number(searchParams.get('after') ?? 0);
    if (path === 'events') return this.listen(response, after);
    if (path === 'log') return this.read(response, after, Number(searchParams.get('wait') ?? 0));
    const key = request.headers['idempotency-key'];
    let said = key && this.answers.get(key);
    if (!said) {
      said = this.act(path, body && JSON.parse(body));
      if (key) this.answers.set(key, said);
    }
    if (request.method === 'POST' && this.lose > 0) {
      this.lose--;
      // Cut within the answer: before it, browsers try again by themselves.
      response.writeHead(said[0], { 'content-type': 'application/json', 'content-length': 999 }).write('{');
      return setTimeout(() => response.destroy(), 50);
    }
    this.send(response, ...said);
  }
  send(response, status, body) {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  }
  act(path, body) {
    switch (path) {
      case 'availability': return [200, this.availability];
      case 'conversations':
        this.begun++;
        this.way = body.way;
        this.log.push({ seq: 1, at: rfc(Date.now()), who: 'citizen', kind: 'message', id: crypto.randomUUID(), text: body.text });
        return [201, body.way === 'chat'
          ? { receipt: 'K7Q-4M2', secret: 'SECRET_1', resume_code: '8FJ2-KQ4N', conversation: this.conversation }
          : { receipt: 'K7Q-4M2', conversation: this.conversation }];
      case 'resume':
        return body.code.trim().toUpperCase() === '8FJ2-KQ4N'
          ? [200, { receipt: 'K7Q-4M2', secret: 'SECRET_2', resume_code: '9QQQ-1111', conversation: this.conversation }]
          : [404, { type: 'about:blank', title: 'Not Found', status: 404, detail: 'x', code: 'not-found' }];
      case 'messages':
        if (!this.messages.some(({ id }) => id === body.id)) {
          this.messages.push(body);
          this.write({ who: 'citizen', kind: 'message', ...body }, { silent: this.lose > 0 });
        }
        return [200, { seq: this.log.findIndex(({ id }) => id === body.id) + 1 }];
      case 'typing': return [200, { seq: this.log.length }];
      case 'leave':
        this.way = body.way;
        return [200, this.conversation];
      case 'end':
        this.close('citizen');
        return [200, this.conversation];
      default: return [404, { type: 'about:blank', title: 'Not Found', status: 404, detail: 'x', code: 'not-found' }];
    }
  }
  listen(response, after) {
    if (this.blocked) return response.writeHead(502).end('<html>Bad gateway</html>');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`event: conversation\ndata: ${JSON.stringify(this.conversation)}\n\n`);
    for (const entry of this.log.slice(after)) response.write(`id: ${entry.seq}\ndata: ${JSON.stringify(entry)}\n\n`);
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
  async read(response, after, wait) {
    if (wait && this.log.length <= after) {
      await new Promise(done => {
        const poll = () => {
          clearTimeout(clock);
          this.polls.delete(poll);
          done();
        };
        const clock = setTimeout(poll, wait * 1000);
        this.polls.add(poll);
        response.on('close', poll);
      });
    }
    this.send(response, 200, { entries: this.log.slice(after), conversation: this.conversation });
  }
}
