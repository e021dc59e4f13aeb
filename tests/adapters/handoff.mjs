// A contact centre that keeps the contract of docs/handoff-adapter.md: the sample to copy from, and what our own tests call.
// One process, its state in one file that is written and flushed before anything is answered. No library.
//
//   node tests/adapters/handoff.mjs --port 9091 --token TOKEN --file state.json
//
// Nobody sits here: it takes every chat at once, greets, repeats what it is told, and ends at the word "luk". Not for real use.
// `--fault NAME` plants one mistake, so that the contract test can be seen to find it.
import { createServer } from "node:http";
import { randomUUID, timingSafeEqual, createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    token: { type: "string" },
    file: { type: "string" },
    fault: { type: "string", default: "" },
  },
});
if (!options.token || !options.file) throw new Error("--token and --file are needed");
const fault = options.fault;
const PAGE = 100;
const BODY_MOST = 2_000_000;

// --- state: written and flushed before anything is answered ----------------------------------------------------------

let state = { conversations: {}, names: {} };
if (existsSync(options.file)) state = JSON.parse(readFileSync(options.file, "utf8"));

function save() {
  if (fault === "memory") return;
  const next = `${options.file}.next`;
  const file = openSync(next, "w");
  writeSync(file, JSON.stringify(state));
  fsyncSync(file);
  closeSync(file);
  renameSync(next, options.file);
}

// --- what happens in a conversation ----------------------------------------------------------------------------------

const happen = (talk, event) => talk.events.push(event);
const say = (talk, text) => happen(talk, { kind: "message", id: randomUUID(), text });

function open(arrival) {
  const known = state.names[arrival.conversation];
  if (known && fault !== "twice") return known;
  const remote = `c-${randomUUID()}`;
  const talk = { arrival, events: [], taken: {}, over: false };
  state.names[arrival.conversation] = remote;
  state.conversations[remote] = talk;
  if (arrival.way === "chat") {
    happen(talk, { kind: "taken" });
    say(talk, "Hej, du taler med prøvecentret.");
  }
  return remote;
}

function take(talk, { id, text }) {
  if (talk.taken[id] && fault !== "doubles") return;
  talk.taken[id] = true;
  happen(talk, { kind: "typing", on: true });
  say(talk, fault === "plain" ? text.replace(/[^\x20-\x7e]/gu, "?") : text);
  if (text.trim() === "luk") {
    happen(talk, { kind: "closed" });
    talk.over = true;
  }
}

function heard(talk, after) {
  const from = after ? Number(after.replace(/^n/u, "")) : 0;
  const start = fault === "forgets" ? Math.max(0, talk.events.length - 1) : from;
  const events = talk.events.slice(start, start + PAGE);
  if (fault === "order") events.reverse();
  return { events, cursor: `n${start + events.length}` };
}

// --- HTTP --------------------------------------------------------------------------------------------------------------

const problem = (status, code, detail) => ({ status, type: "application/problem+json", body: { type: "about:blank", title: detail, status, code, detail } });
const good = (status, body) => ({ status, type: "application/json", body });
const isName = (text) => typeof text === "string" && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/u.test(text);
const isText = (text, most) => typeof text === "string" && text.length > 0 && [...text].length <= most;

/** Compares in a time that tells nothing of the token. */
function allowed(header) {
  const hash = (text) => createHash("sha256").update(text).digest();
  return fault === "token" || timingSafeEqual(hash(header ?? ""), hash(`Bearer ${options.token}`));
}

function answer(method, path, query, body) {
  if (method === "POST" && path === "/conversations") {
    const fits = isName(body?.conversation) && isName(body.department) && Array.isArray(body.said) && body.said.every((said) => isText(said?.text, 4000));
    if (!fits) return problem(422, "invalid", "conversation, department, said");
    const remote = open(body);
    save();
    return good(201, { remote });
  }
  const found = /^\/conversations\/([^/]+)\/(messages|events|end)$/u.exec(path);
  const talk = found && Object.hasOwn(state.conversations, found[1]) ? state.conversations[found[1]] : undefined;
  if (!talk) return problem(fault === "unknown" ? 200 : 404, "not-found", "no such conversation");
  if (method === "GET" && found[2] === "events") {
    const after = query.get("after");
    if (after && !/^n[0-9]{1,9}$/u.test(after)) return problem(422, "invalid", "after: a cursor of this system");
    return good(200, heard(talk, after));
  }
  if (method === "POST" && found[2] === "messages") {
    if (!isName(body?.id) || !isText(body.text, 4000)) return problem(422, "invalid", "id, text");
    if (talk.over && !talk.taken[body.id]) return problem(409, "wrong-state", "it is over");
    take(talk, body);
    save();
    return good(200, {});
  }
  if (method === "POST" && found[2] === "end") {
    if (talk.over && fault === "ends") return problem(409, "wrong-state", "it is over");
    talk.over = true;
    save();
    return good(200, {});
  }
  return problem(405, "bad-request", "not for this path");
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  const reply = ({ status, type, body }) => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  if (!allowed(request.headers.authorization)) return reply(problem(401, "unauthorised", "the token is wrong"));
  let text = "";
  for await (const piece of request.setEncoding("utf8")) {
    text += piece;
    if (text.length > BODY_MOST) return reply(problem(413, "invalid", "too large"));
  }
  let body;
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    return reply(problem(400, "bad-request", "no JSON"));
  }
  reply(answer(request.method, url.pathname, url.searchParams, body));
}).listen(Number(options.port), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
