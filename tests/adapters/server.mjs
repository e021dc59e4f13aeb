// A booking system that keeps the contract of docs/booking-adapter.md: the sample to copy from, and what our own tests call.
// One process, its state in one file that is written and flushed before anything is answered. No library.
//
//   node tests/adapters/server.mjs --port 9090 --token TOKEN --file state.json [--hold-seconds 300] [--service pas]
//
// Not for real use: it rewrites the whole file at each change, sends no notices, and knows no holidays.
// `--fault NAME` plants one mistake, so that the contract test can be seen to find it.
import { createServer } from "node:http";
import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    token: { type: "string" },
    file: { type: "string" },
    service: { type: "string", default: "pas" },
    "hold-seconds": { type: "string", default: "300" },
    fault: { type: "string", default: "" },
  },
});
if (!options.token || !options.file) throw new Error("--token and --file are needed");
const fault = options.fault;
const HOLD_MS = Number(options["hold-seconds"]) * 1000;
const DAY_MS = 86_400_000;

// --- what is offered -------------------------------------------------------------------------------------------------

const PLACES = [
  { id: "raadhus", name: "Borgerservice, Rådhuset", address: "Torvet 1, 0010 Eksempelby", capacity: 2 },
  { id: "nord", name: "Borgerservice Nord", address: "Nordvej 2, 0010 Eksempelby", capacity: 1 },
];
const SERVICE = { id: options.service, minutes: 30, persons_max: 4 };
const place = (id) => PLACES.find((one) => one.id === id);
const shown = ({ id, name, address }) => ({ id, name, address });

// --- time: Copenhagen's, by Node's own tables --------------------------------------------------------------------------

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Copenhagen", hourCycle: "h23",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const two = (n) => String(n).padStart(2, "0");

function local(ms) {
  const of = Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
  const wall = Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second);
  return { ...of, offset: Math.round((wall - Math.floor(ms / 1000) * 1000) / 60_000) };
}

/** RFC 3339 with the offset of that day. */
function instant(ms) {
  const of = local(ms);
  const offset = fault === "offset" ? 0 : of.offset;
  const at = new Date(ms + offset * 60_000).toISOString().slice(0, 19);
  return `${at}+${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
}

/** The instant of a wall-clock time on a day. */
function at(day, minute) {
  const guess = Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
  return guess - local(guess - local(guess).offset * 60_000).offset * 60_000;
}

const dayOf = (ms) => { const of = local(ms); return `${of.year}-${of.month}-${of.day}`; };

// --- state: written and flushed before anything is answered ----------------------------------------------------------

let state = { holds: {}, bookings: {}, keys: {} };
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

const isHeld = (hold) => hold.state === "held" && (fault === "expiry" || hold.expires > Date.now());

/** How many have a place at some moment of a span. */
function taken(where, from, to) {
  const overlaps = (one) => one.place === where && one.start < to && from < one.end;
  const holds = Object.values(state.holds).filter((hold) => overlaps(hold) && isHeld(hold)).length;
  const live = (booking) => booking.state === "confirmed" || (fault === "cancel-keeps" && booking.state === "cancelled");
  return holds + Object.values(state.bookings).filter((booking) => overlaps(booking) && live(booking)).length;
}

const minutes = (persons) => SERVICE.minutes + 15 * (persons - 1);

/** True for a time at which visits start: weekdays 9 to 15, each half hour, within 60 days, not in the past. */
function isSlot(start, persons) {
  const of = local(start);
  const minute = of.hour * 60 + Number(of.minute);
  const weekday = new Date(`${dayOf(start)}T12:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && start % 60_000 === 0 && minute % 30 === 0 && minute >= 540 && minute + minutes(persons) <= 900 &&
    start > Date.now() + 3_600_000 && start < Date.now() + 60 * DAY_MS;
}

function slots(from, days, where, persons) {
  const today = dayOf(Date.now());
  let day = from < today ? today : from;
  const found = [];
  for (let n = 0; n < days; n++) {
    for (let minute = 540; minute <= 900; minute += 30) {
      const start = at(day, minute);
      if (!isSlot(start, persons)) continue;
      for (const one of PLACES.filter((p) => !where || fault === "any-place" || p.id === where)) {
        const end = start + minutes(persons) * 60_000;
        const free = one.capacity - taken(one.id, start, end);
        if (free > 0) found.push({ start: instant(start), end: instant(end), location: one.id, free });
      }
    }
    day = new Date(Date.parse(`${day}T12:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  }
  if (fault === "order") found.reverse();
  return { slots: found, next: day };
}

// --- wishes: each is one step that is saved before it is answered ----------------------------------------------------

class Refusal extends Error {
  constructor(status, code) { super(code); this.status = status; this.code = code; }
}
const no = (status, code) => { throw new Refusal(status, code); };

/** Which messages, with the kinds of their fields. */
function read(body, fields) {
  if (typeof body !== "object" || body === null) no(422, "invalid");
  for (const [name, kind] of Object.entries(fields)) if (typeof body[name] !== kind) no(422, "invalid");
  return body;
}

function take(where, start, persons, but) {
  if (!place(where)) no(404, "not-found");
  if (!Number.isFinite(start)) no(422, "invalid");
  if (!Number.isInteger(persons) || persons < 1 || persons > SERVICE.persons_max) no(422, "invalid");
  if (!isSlot(start, persons)) no(422, "not-a-slot");
  const end = start + minutes(persons) * 60_000;
  if (fault !== "double" && taken(where, start, end) - (but ?? 0) >= place(where).capacity) no(409, "slot-taken");
  return end;
}

const held = (name, hold) => ({
  hold: name, start: instant(hold.start), end: instant(hold.end),
  expires_at: instant(hold.expires), extendable_until: instant(hold.made + 11 * HOLD_MS),
});

const visit = (name, booking) => ({
  booking: name, receipt: booking.receipt, state: booking.state, service: SERVICE.id, place: shown(place(booking.place)),
  start: instant(booking.start), end: instant(booking.end), persons: booking.persons,
  changeable: booking.state === "confirmed" && booking.start > Date.now() + 3_600_000,
});

/** Whole seconds: instants have no others. */
const whole = (ms) => Math.ceil(ms / 1000) * 1000;

function hold(body) {
  const { service, location, start, persons = 1 } = read(body, { service: "string", location: "string", start: "string" });
  if (service !== SERVICE.id) no(404, "not-found");
  const from = Date.parse(start);
  const to = take(location, from, persons);
  const name = randomUUID();
  const made = whole(Date.now());
  state.holds[name] = { state: "held", place: location, start: from, end: to, persons, made, expires: made + HOLD_MS };
  return [201, held(name, state.holds[name])];
}

function extend(name) {
  const one = state.holds[name] ?? no(404, "not-found");
  if (!isHeld(one)) no(410, "hold-expired");
  one.expires = Math.min(whole(Date.now()) + HOLD_MS, one.made + 11 * HOLD_MS);
  if (fault === "extend") one.expires = one.made + 20 * HOLD_MS;
  return [200, held(name, one)];
}

function release(name) {
  const one = state.holds[name];
  if (one?.state === "booked") no(409, "wrong-state");
  if (one && fault !== "release-keeps") one.state = "released";
  return [200, { released: true }];
}

function book(body) {
  const { hold: name, contact, privacy_version, language, cpr } = read(body, { hold: "string", contact: "object", privacy_version: "string" });
  read(contact, { name: "string" });
  const one = state.holds[name] ?? no(404, "not-found");
  if (one.state === "booked" && fault !== "twice") no(409, "wrong-state");
  if (one.state !== "booked" && !isHeld(one)) no(410, "hold-expired");
  one.state = "booked";
  const booking = randomUUID();
  const history = [{ at: instant(whole(Date.now())), what: "confirmed", by: "citizen" }];
  state.bookings[booking] = {
    state: "confirmed", place: one.place, start: one.start + (fault === "other-time" ? 1_800_000 : 0), end: one.end + (fault === "other-time" ? 1_800_000 : 0),
    persons: one.persons, receipt: booking.slice(0, 8).toUpperCase(), contact, cpr, privacy_version, language: language ?? "da", history,
  };
  return [201, visit(booking, state.bookings[booking])];
}

const found = (name) => (Object.hasOwn(state.bookings, name) ? state.bookings[name] : no(404, "not-found"));

function move(name, body) {
  const booking = found(name);
  const { location, start } = read(body, { location: "string", start: "string" });
  if (booking.state !== "confirmed") no(409, "wrong-state");
  const from = Date.parse(start);
  if (fault === "move-loses") booking.state = "cancelled";
  // Its own former time does not stand in its way.
  const own = booking.place === location && booking.start < from + minutes(booking.persons) * 60_000 && from < booking.end ? 1 : 0;
  const to = take(location, from, booking.persons, own);
  if (fault === "move-keeps") state.holds[randomUUID()] = { ...booking, state: "held", expires: Date.now() + DAY_MS };
  Object.assign(booking, { place: location, start: from, end: to });
  booking.history.push({ at: instant(whole(Date.now())), what: "moved", by: "citizen" });
  return [200, visit(name, booking)];
}

function cancel(name) {
  const booking = found(name);
  if (booking.state !== "confirmed") no(409, "wrong-state");
  booking.state = "cancelled";
  booking.history.push({ at: instant(whole(Date.now())), what: "cancelled", by: "citizen" });
  return [200, visit(name, booking)];
}

function erase(name) {
  const { receipt } = found(name);
  if (fault === "erase-keeps") state.bookings[name].state = "cancelled";
  else delete state.bookings[name];
  for (const kept of Object.values(state.keys)) if (kept.answer?.booking === name) kept.answer = null;
  return [200, { receipt, erased_at: instant(whole(Date.now())) }];
}

function calendar(name) {
  const booking = found(name);
  const utc = (ms) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
  const zoneless = (ms) => (fault === "calendar" ? utc(ms + 3_600_000) : utc(ms));
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sample//da", "METHOD:PUBLISH", "BEGIN:VEVENT", `UID:${name}@sample.example`, `DTSTAMP:${utc(Date.now())}`,
    `DTSTART:${zoneless(booking.start)}`, `DTEND:${zoneless(booking.end)}`, `SUMMARY:${SERVICE.id}`, `STATUS:${booking.state.toUpperCase()}`,
    "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
}

/** Met once: the answer is kept beside what it changed, in the same write. */
function once(key, path, body, wish) {
  if (!key) no(400, "no-idempotency-key");
  const print = createHash("sha256").update(path).update("\n").update(body).digest("hex");
  const former = fault === "forgets" ? undefined : state.keys[key];
  if (former?.closed && fault !== "settle-lies") no(409, "wrong-state");
  if (former && !former.closed) {
    if (former.print !== print && fault !== "reuse") no(422, "key-reused");
    return [former.status, former.answer ?? no(404, "not-found")];
  }
  const before = structuredClone(state);
  try {
    const [status, answer] = wish();
    state.keys[key] = { print, status, answer };
    save();
    return [status, answer];
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || fault !== "move-loses") state = before;
    throw refusal;
  }
}

/** After this the wish is done, or never will be. */
function settle(key) {
  const former = state.keys[key];
  if (former?.answer && fault !== "settle-forgets") return { outcome: "done", answer: former.answer };
  if (!former) {
    state.keys[key] = { closed: true };
    save();
  }
  return { outcome: "never" };
}

// --- HTTP ------------------------------------------------------------------------------------------------------------

function answer(request, url, body) {
  const given = request.headers.authorization;
  if (given !== `Bearer ${options.token}` && !(fault === "token" && url.pathname.startsWith("/bookings"))) no(401, "no-secret");
  const [, what, name, step, ...rest] = url.pathname.split("/");
  if (rest.length) no(404, "not-found");
  const route = `${request.method} ${what}${name === undefined ? "" : "/*"}${step === undefined ? "" : `/${step}`}`;
  const json = () => { try { return JSON.parse(body); } catch { return no(400, "bad-request"); } };
  const post = (wish) => once(request.headers["idempotency-key"], url.pathname, body, wish);
  const q = url.searchParams;
  switch (route) {
    case "GET services/*":
      if (name !== SERVICE.id) no(404, "not-found");
      return [200, { minutes: SERVICE.minutes, persons_max: SERVICE.persons_max, locations: PLACES.map(shown) }];
    case "GET slots": {
      if (q.get("service") !== SERVICE.id) no(404, "not-found");
      const from = q.get("from") ?? "";
      const days = Number(q.get("days") ?? 7);
      const persons = Number(q.get("persons") ?? 1);
      if (!/^\d{4}-\d\d-\d\d$/.test(from) || Number.isNaN(Date.parse(from)) || !(days >= 1 && days <= 31) || !(persons >= 1)) no(422, "invalid");
      if (q.get("location") && !place(q.get("location"))) no(404, "not-found");
      return [200, slots(from, days, q.get("location"), persons)];
    }
    case "POST holds": { const wish = json(); return post(() => hold(wish)); }
    case "POST holds/*/extend": return post(() => extend(name));
    case "POST holds/*/release": return post(() => release(name));
    case "POST bookings": { const wish = json(); return post(() => book(wish)); }
    case "GET bookings/*": return [200, visit(name, found(name))];
    case "POST bookings/*/move": { const wish = json(); return post(() => move(name, wish)); }
    case "POST bookings/*/cancel": return post(() => cancel(name));
    case "POST bookings/*/erase": return post(() => erase(name));
    case "GET bookings/*/calendar": return [200, calendar(name), "text/calendar; charset=utf-8"];
    case "GET bookings/*/data": {
      const { contact, cpr, privacy_version, language, history } = found(name);
      return [200, { visit: visit(name, state.bookings[name]), contact, cpr, privacy_version, language, history }];
    }
    case "POST wishes/*/settle": return [200, settle(name)];
    default: return no(404, "not-found");
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) {
    body += part;
    if (body.length > 100_000) break;
  }
  let status, message, kind = "application/json";
  try {
    [status, message, kind = kind] = answer(request, new URL(request.url, "http://sample.example"), body);
  } catch (error) {
    status = error instanceof Refusal ? error.status : 500;
    kind = fault === "plain-errors" ? "text/plain" : "application/problem+json";
    const detail = fault === "echo" ? body : "see docs/booking-adapter.md";
    message = { type: "about:blank", title: "Refused", status, detail, code: error instanceof Refusal ? error.code : "internal" };
    if (!(error instanceof Refusal)) console.error(error);
  }
  if (fault === "slow" && request.method === "POST") await new Promise((done) => setTimeout(done, 6000));
  if (fault === "fails" && request.url.endsWith("/extend")) status = 500;
  response.writeHead(status, { "content-type": kind, "cache-control": "no-store" });
  response.end(typeof message === "string" ? message : JSON.stringify(message));
});
server.listen(Number(options.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
