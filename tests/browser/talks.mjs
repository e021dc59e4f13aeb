// A server of made-up conversations for the console: the routes of `protocol::path::STAFF_*` for talking with citizens, kept in memory,
// so that a test says what a citizen writes, when an answer is lost, and what stands in every field. The real server has tests of
// its own (src/api/tests/handoff*.rs); both speak the types of src/protocol.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const DIST = process.env.LOKALSVAR_DIST ?? 'target/xtask/dist';
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.wasm': 'application/wasm' };
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const DEPARTMENTS = [{ id: 'borgerservice', name: { da: 'Borgerservice' } }, { id: 'pladsanvisning', name: { da: 'Pladsanvisningen' } }];

/** An instant as the API says it: with the offset of Copenhagen. */
function instant(ms) {
  const offset = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Copenhagen', timeZoneName: 'longOffset' }).format(ms).slice(-6);
  return new Date(ms + +offset.slice(0, 3) * 3600e3).toISOString().replace(/\.\d+Z$/, offset);
}

/** Starts it. `roles` of who is signed in; `me` is their account. */
export async function startTalks({ roles = ['agent'], kommune = 'eksempelby', name = 'Anna Jensen' } = {}) {
  const me = { account: 'acc-anna', name };
  const bo = { account: 'acc-bo', name: 'Bo Berg', active: 1 };
  const talks = new Map();
  const facts = [];
  const alerts = [];
  const calls = [];
  const losing = [];
  let [version, there, departments] = [1, false, []];
  let waiting = [];
  /** Something has changed: whoever waits is answered. */
  const changed = () => {
    version += 1;
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  const news = seconds => new Promise(done => {
    waiting.push(done);
    setTimeout(done, seconds * 1000).unref();
  });
  const now = () => instant(Date.now());
  const add = (talk, who, what, more = {}) => {
    talk.entries.push({ seq: talk.entries.length + 1, at: now(), who, ...more, ...what });
    talk.row.seq = talk.entries.length;
    if (what.kind === 'message') talk.row.unanswered = who === 'citizen';
  };
  const conversation = talk => ({
    receipt: talk.row.receipt, way: talk.row.way, stage: talk.row.stage, department: DEPARTMENTS.find(one => one.id === talk.row.department) ?? DEPARTMENTS[0],
    seq: talk.row.seq, open: true,
  });
  const queue = () => ({
    version: String(version), rows: [...talks.values()].map(talk => talk.row),
    departments: DEPARTMENTS.map((department, at) => ({
      department, hours: at === 0, waiting: [...talks.values()].filter(({ row }) => row.department === department.id && row.stage === 'waiting').length,
      longest_seconds: 0, there: at === 0 ? [...(there ? [{ ...me, active: 0 }] : []), bo] : [],
    })),
    me: { account: me.account, there, talks: roles.includes('agent'), departments },
  });
  const wrong = (status, code) => [status, { type: 'about:blank', title: '', status, detail: '', code }];
  const done = talk => [200, { receipt: talk.row.receipt, stage: talk.row.stage, seq: talk.row.seq }];
  const mine = talk => talk.row.stage === 'active' && talk.row.owner?.account === me.account;

  /** One request: status and body. */
  const api = async (route, query, body, method) => {
    if (route === 'session') {
      return [200, { name, kommune: { slug: kommune, name: 'Eksempelby Kommune' }, roles, csrf: 'token', expires_at: new Date(Date.now() + 8 * 3600e3).toISOString() }];
    }
    if (route === 'sign-out') return [200, { signed_out: true }];
    if (route === 'alerts') return [200, { alerts }];
    if (route === 'alerts/seen') {
      alerts.splice(alerts.findIndex(one => one.alert === body.alert), 1);
      return [200, { alert: body.alert }];
    }
    if (!route.startsWith('handoff/')) return wrong(404, 'not-found');
    const what = route.slice('handoff/'.length);
    if (what === 'queue') {
      if (query.known === String(version) && query.wait) await news(+query.wait);
      if (query.known === String(version)) return [200, { ...queue(), rows: [], departments: [], unchanged: true }];
      return [200, queue()];
    }
    if (what === 'facts' && method === 'GET') return [200, { facts }];
    if (what === 'facts') {
      facts.push({ fact: String(facts.length + 1), at: now(), by: name, ...body });
      return [201, {}];
    }
    if (what === 'facts/done') {
      facts.splice(facts.findIndex(one => one.fact === body.fact), 1);
      return [200, {}];
    }
    if (what === 'presence') {
      if (there !== body.there || String(departments) !== String(body.departments)) {
        [there, departments] = [body.there, body.departments];
        changed();
      }
      return [200, {}];
    }
    const talk = talks.get(query.receipt ?? body?.receipt);
    if (!talk) return wrong(404, 'not-found');
    if (what === 'conversation') {
      const after = +(query.after ?? 0);
      if (query.wait && talk.row.seq <= after) await news(+query.wait);
      return [200, {
        conversation: conversation(talk), row: talk.row, entries: talk.entries.filter(one => one.seq > after), bundle: 'b1', received: talk.received,
        notes: talk.notes, ...(after ? {} : { transcript: talk.transcript }), ...(talk.contact && { contact: talk.contact }), ...(talk.when && { when: talk.when }),
      }];
    }
    if (what === 'export') return [200, { receipt: talk.row.receipt }];
    if (what === 'take') {
      if (talk.row.stage !== 'waiting') return wrong(409, 'wrong-state');
      Object.assign(talk.row, { stage: 'active', owner: { ...me, active: 1 } });
      add(talk, 'system', { kind: 'taken' }, { name });
    } else if (what === 'message') {
      if (!mine(talk) && !body.corrects) return wrong(409, 'wrong-state');
      if (!talk.entries.some(one => one.id === body.id)) {
        if (body.corrects) add(talk, 'staff', { kind: 'correction', of: body.corrects, text: body.text }, { name });
        else add(talk, 'staff', { kind: 'message', id: body.id, text: body.text, ...(body.answer && { answer: body.answer }) }, { name });
      }
    } else if (what === 'typing') {
      return done(talk);
    } else if (what === 'give-back') {
      Object.assign(talk.row, { stage: 'waiting', owner: undefined, queued: now() });
      add(talk, 'system', { kind: 'requeued', why: 'given-back' });
    } else if (what === 'transfer') {
      talk.notes.push({ at: now(), by: name, text: body.note });
      Object.assign(talk.row, { department: body.department, stage: body.to ? 'active' : 'waiting', owner: body.to ? bo : undefined });
      add(talk, 'system', { kind: 'transferred', department: DEPARTMENTS.find(one => one.id === body.department) });
    } else if (what === 'close') {
      talk.row.stage = 'closed';
      add(talk, 'staff', { kind: 'closed', by: 'staff' }, { name });
    } else if (what === 'record') {
      talk.row.record = body.record;
    } else if (what === 'delete') {
      if (talk.row.record === 'open') return wrong(409, 'wrong-state');
      talks.delete(talk.row.receipt);
      changed();
      return [200, { receipt: talk.row.receipt }];
    } else {
      return wrong(404, 'not-found');
    }
    changed();
    return done(talk);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    let text = '';
    for await (const chunk of request) text += chunk;
    const send = (status, body, headers = {}) => response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(body);
    if (url.pathname.startsWith('/api/v1/staff/')) {
      const route = url.pathname.slice('/api/v1/staff/'.length);
      const body = text && JSON.parse(text);
      if (request.method === 'POST') calls.push({ route, body, key: request.headers['idempotency-key'], csrf: request.headers['lokalsvar-csrf'] });
      const [status, answer] = await api(route, Object.fromEntries(url.searchParams), body, request.method);
      const lost = losing.indexOf(route);
      if (lost >= 0) {
        losing.splice(lost, 1);
        // Done, and nobody is told. A beginning, so that the browser does not send it again by itself.
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': 1000 }).write('{');
        setTimeout(() => request.socket.destroy(), 20);
        return;
      }
      send(status, JSON.stringify(answer), { 'content-type': 'application/json' });
      return;
    }
    const page = /^\/konsol\/(samtaler|booking)?$/.test(url.pathname);
    const path = page ? '/konsol/index.html' : url.pathname;
    try {
      const bytes = await readFile(join(DIST, path.replaceAll('..', '')));
      send(200, bytes, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', ...(page && { 'content-security-policy': CSP }) });
    } catch {
      send(path === '/favicon.ico' ? 204 : 404, '');
    }
  });
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  let count = 0;
  return {
    url: `http://127.0.0.1:${server.address().port}`, calls, facts, alerts,
    posts: end => calls.filter(({ route }) => route.endsWith(end)),
    /** The next answer of this route is lost after the server has done what was asked. */
    lose: route => losing.push(route),
    talk: receipt => talks.get(receipt),
    /** A citizen begins: gives the receipt. */
    begins({ text = 'Hvad koster et pas til et barn?', transcript = [], waited = 0, ...more } = {}) {
      const receipt = `ABCD-${String(++count).padStart(4, '0')}`;
      const began = instant(Date.now() - waited * 1000);
      const { contact, when, ...fields } = more;
      const row = {
        receipt, way: 'chat', stage: 'waiting', department: 'borgerservice', about: 'pas/pris-paa-pas', language: 'da', since: began, queued: began,
        seq: 0, unanswered: true, away: false, record: 'open', ...fields,
      };
      const talk = { row, entries: [], notes: [], transcript, received: 0, contact, when };
      add(talk, 'citizen', { kind: 'message', id: `c${count}`, text });
      talks.set(receipt, talk);
      changed();
      return receipt;
    },
    /** The citizen writes; their page has all that came before. */
    writes(receipt, text) {
      const talk = talks.get(receipt);
      talk.received = talk.row.seq;
      add(talk, 'citizen', { kind: 'message', id: `c${++count}`, text });
      changed();
    },
    /** Something else happens in it. */
    happens(receipt, who, what) {
      add(talks.get(receipt), who, what);
      changed();
    },
    /** The citizen's page fetches everything. */
    receives(receipt) {
      const talk = talks.get(receipt);
      talk.received = talk.row.seq;
      changed();
    },
    colleagueTakes(receipt) {
      Object.assign(talks.get(receipt).row, { stage: 'active', owner: bo });
      changed();
    },
    stop: () => new Promise(gone => {
      server.close(gone);
      server.closeAllConnections();
    }),
  };
}
