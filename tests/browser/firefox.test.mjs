// Firefox ESR, once through: open, ask, read the answer, choose an option, Esc. Driven by WebDriver BiDi, which Firefox
// speaks itself (`--remote-debugging-port`); Playwright knows its own Firefox only. A smoke test: all else runs in Chromium.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import WebSocket from 'ws';
import { BASE } from './support.mjs';

/** `FIREFOX`, or from PATH. */
function program() {
  const there = path => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const named = process.env.FIREFOX ? [process.env.FIREFOX] : process.env.PATH.split(delimiter).flatMap(folder => ['firefox-esr', 'firefox'].map(name => join(folder, name)));
  const found = named.find(there);
  if (!found) throw new Error('firefox is missing: install it (Debian: `firefox-esr`), or name it in FIREFOX');
  return found;
}

/** Nothing goes to the network by itself: no updates, no captive portal, no remote settings, no telemetry. */
const QUIET = {
  'app.update.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,', 'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.enabled': false,
  'browser.shell.checkDefaultBrowser': false, 'browser.safebrowsing.downloads.remote.enabled': false, 'network.http.speculative-parallel-limit': 0,
};

/** One Firefox with a fresh profile, and one tab of it. */
class Firefox {
  #waiting = new Map();
  #id = 0;
  console = [];

  static async start() {
    const firefox = new Firefox();
    firefox.profile = mkdtempSync(join(tmpdir(), 'lokalsvar-firefox-'));
    writeFileSync(join(firefox.profile, 'user.js'), Object.entries(QUIET).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
    firefox.child = spawn(program(), ['--headless', '--remote-debugging-port', '0', '--profile', firefox.profile, '--no-remote', 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise((done, fail) => {
      let told = '';
      firefox.child.stderr.setEncoding('utf8').on('data', text => {
        told += text;
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(told);
        if (found) done(found[1]);
      });
      firefox.child.on('exit', code => fail(new Error(`firefox ended with ${code}: ${told.slice(-400)}`)));
      setTimeout(() => fail(new Error(`firefox did not say where it listens: ${told.slice(-400)}`)), 60_000).unref();
    });
    firefox.socket = new WebSocket(`${address}/session`, { perMessageDeflate: false });
    await new Promise((done, fail) => firefox.socket.once('open', done).once('error', fail));
    firefox.socket.on('message', text => firefox.#hear(JSON.parse(text)));
    const { capabilities } = await firefox.send('session.new', { capabilities: {} });
    firefox.version = capabilities.browserVersion;
    await firefox.send('session.subscribe', { events: ['log.entryAdded'] });
    firefox.context = (await firefox.send('browsingContext.getTree', {})).contexts[0].context;
    return firefox;
  }

  #hear(message) {
    if (message.method === 'log.entryAdded' && ['error', 'warn'].includes(message.params.level)) this.console.push(message.params.text);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'error') waiting?.fail(new Error(`${message.error}: ${message.message}`));
    else waiting?.done(message.result);
  }

  send(method, params) {
    const id = ++this.#id;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  visit(url) {
    return this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** The value of an expression in the page; `root` is the chat's shadow root. */
  async read(expression) {
    const wrapped = `(async () => { const root = document.querySelector('lokalsvar-chat')?.shadowRoot; return JSON.stringify(await (${expression})) ?? 'null'; })()`;
    const answer = await this.send('script.evaluate', { expression: wrapped, target: { context: this.context }, awaitPromise: true });
    if (answer.type === 'exception') throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
    return JSON.parse(answer.result.value);
  }

  /** Waits until the expression is true. */
  async until(expression) {
    for (let tries = 0; tries < 300; tries++) {
      if (await this.read(`Boolean(${expression})`)) return;
      await new Promise(done => setTimeout(done, 50));
    }
    assert.fail(`never: ${expression}`);
  }

  /** A real press of the mouse on the middle of an element. */
  async click(expression) {
    const { x, y } = await this.read(`(() => { const node = ${expression}; node.scrollIntoView({ block: 'center', behavior: 'instant' }); const { left, top, width, height } = node.getBoundingClientRect(); return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) }; })()`);
    await this.#act({ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] });
  }

  /** Real keys; special ones by their WebDriver code points. */
  async type(text) {
    await this.#act({ type: 'key', id: 'keys', actions: [...text].flatMap(value => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) });
  }

  #act(actions) {
    return this.send('input.performActions', { context: this.context, actions: [actions] });
  }

  async stop() {
    await Promise.race([this.send('browser.close', {}).catch(() => 0), new Promise(done => setTimeout(done, 3000).unref())]);
    this.socket.close();
    if (this.child.exitCode === null) {
      this.child.kill();
      await new Promise(done => this.child.once('exit', done));
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const ENTER = '\uE007';
const ESCAPE = '\uE00C';
const said = `[...root.querySelectorAll('[part~=bot-message]')]`;

let firefox;
before(async () => { firefox = await Firefox.start(); });
after(() => firefox?.stop());

test('a citizen with Firefox opens, asks, reads, chooses and closes, and the console stays empty', async t => {
  t.diagnostic(`Firefox ${firefox.version}`);
  await firefox.visit(`${BASE}eksempelby/`);
  await firefox.until(`root?.querySelector('[part~=launcher]')`);
  await firefox.click(`root.querySelector('[part~=launcher]')`);
  await firefox.until(`root.activeElement?.localName === 'textarea'`);
  await firefox.until(`${said}.length === 1`);
  await firefox.type(`hvad koster et pas${ENTER}`);
  await firefox.until(`${said}.length === 2`);
  assert.match(await firefox.read(`${said}[1].innerText`), /^Automatisk svar\s+.*pris/);
  await firefox.type(`pas${ENTER}`);
  await firefox.until(`${said}.length === 3`);
  const label = await firefox.read(`${said}[2].querySelector('.option span:nth-child(2)').innerText`);
  await firefox.click(`${said}[2].querySelector('.option')`);
  await firefox.until(`${said}.length === 4`);
  assert.ok((await firefox.read(`root.querySelector('[role=log]').innerText`)).includes(label.trim()));
  assert.match(await firefox.read(`${said}[3].innerText`), /^Automatisk svar\s+\S/);
  // Reloaded, the conversation is there; the chat was open, so it opens by itself.
  await firefox.visit(`${BASE}eksempelby/`);
  await firefox.until(`root?.querySelectorAll('[part~=bot-message]').length === 4`);
  await firefox.click(`root.querySelector('#input')`);
  await firefox.type(ESCAPE);
  await firefox.until(`!root.querySelector('#input').checkVisibility()`);
  assert.equal(await firefox.read(`root.activeElement?.getAttribute('part')`), 'launcher');
  assert.deepEqual(firefox.console, []);
});
