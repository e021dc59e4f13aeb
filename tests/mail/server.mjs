// A mail server on this machine for src/api/tests/mail.rs: npm's smtp-server takes the mail, postal-mime reads it, ical.js reads the
// calendar file in it. None of them shares a line with what wrote the mail. Nothing is sent on.
//
// First line out: the ports {plain, tls}. Then a line of JSON per mail that was taken. In: a word a line, which is how the next
// mails are met: pass | drop (taken, then the line is cut before the answer) | 451 | 550 | rcpt451 | rcpt550.
import { createInterface } from "node:readline";
import ICAL from "ical.js";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

let mode = "pass";
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const refusal = (code) => Object.assign(new Error("refused by the test"), { responseCode: code });

/** What the calendar file says, read by a library for calendars. */
function events(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((one) => {
    const event = new ICAL.Event(one);
    return {
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      sequence: event.sequence,
      status: one.getFirstPropertyValue("status"),
      start: event.startDate.toJSDate().toISOString(),
      end: event.endDate.toJSDate().toISOString(),
      summary: event.summary,
      location: event.location,
      description: event.description,
    };
  });
}

async function read(raw, session) {
  const mail = await PostalMime.parse(raw);
  const bytes = Buffer.from(raw);
  const lines = bytes.toString("latin1").split("\r\n");
  const files = mail.attachments.map((file) => ({
    name: file.filename,
    kind: file.mimeType,
    method: file.method,
    text: Buffer.from(file.content).toString("utf8"),
  }));
  return {
    envelope: { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((to) => to.address) },
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    from: mail.from, to: mail.to, subject: mail.subject, id: mail.messageId, text: mail.text, html: mail.html ?? null, files,
    events: files.filter((file) => file.kind === "text/calendar").flatMap((file) => events(file.text)),
    longest: Math.max(...lines.map((line) => line.length)),
    ascii: bytes.every((byte) => byte < 128),
    loneLineEnds: /(^|[^\r])\n|\r($|[^\n])/.test(bytes.toString("latin1")),
    raw: bytes.toString("latin1"),
  };
}

function server(secure) {
  const one = new SMTPServer({
    secure,
    disabledCommands: secure ? [] : ["STARTTLS"],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth({ username }, _session, done) {
      done(null, { user: username });
    },
    disableReverseLookup: true,
    onRcptTo(_address, _session, done) {
      done(mode.startsWith("rcpt") ? refusal(Number(mode.slice(4))) : null);
    },
    async onData(stream, session, done) {
      const parts = [];
      for await (const part of stream) parts.push(part);
      if (mode === "451" || mode === "550") return done(refusal(Number(mode)));
      say(await read(Buffer.concat(parts), session));
      if (mode === "drop") {
        for (const connection of one.connections) if (connection.session?.id === session.id) connection._socket.destroy();
        return undefined;
      }
      return done(null, "taken");
    },
  });
  // A client that does not trust the certificate hangs up: that is what is tested.
  one.on("error", () => {});
  return new Promise((ready) => { one.listen(0, "127.0.0.1", () => ready(one.server.address().port)); });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  mode = line.trim();
  say({ mode });
});
process.stdin.on("end", () => process.exit(0));
say({ plain: await server(false), tls: await server(true) });
