// Pages whose scripts changed what the browser brings along: polluted prototypes, wrapped and replaced natives. The
// chat makes the same requests and gives the same answers as on a clean page.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, closeBrowser, hear, launcher } from './support.mjs';
import { choose, html, TAG, talk, visitor } from './host.mjs';

after(closeBrowser);

const LINES = ['hvad koster et pas til mit barn', 'pas', 'hvordan melder jeg flytning', 'hvad er meningen med livet', 'tak for hjælpen'];

/** Runs before any script of the page; each is a function without outer names. */
const PAGES = {
  'Object.prototype is full of option names': () => {
    Object.assign(Object.prototype, {
      method: 'POST', body: 'leak', mode: 'no-cors', credentials: 'include', once: true, capture: true, nonce: 'x',
      detail: 'x', kommune: 'fjordby', file: 'x', code: 'x', headers: 'x', integrity: 'sha384-x', cache: 'no-store', passive: true, get: undefined, set: undefined, done: true,
    });
  },
  'Object.prototype is full of names of our data-attributes': () => {
    Object.assign(Object.prototype, { lang: 'en', topic: 'pas', position: 'left', name: 'siden' });
  },
  'Array.prototype has what MooTools and Prototype gave it': () => {
    const ours = {
      each(run) { this.forEach(run); }, first() { return this[0]; }, last() { return this[this.length - 1]; }, toJSON() { return '[' + this.join() + ']'; },
      flatten() { return this; }, include(x) { return this.includes(x); }, clone() { return this.slice(); }, toQueryString() { return ''; }, contains() { return false; },
    };
    for (const [name, value] of Object.entries(ours)) Array.prototype[name] = value; // enumerable: `for in` finds them
    Array.prototype.reduce = function (run, first) { let sum = first; this.forEach(x => { sum = run(sum, x); }); return sum; };
    String.prototype.toJSON = function () { return JSON.stringify(this.valueOf()); };
    Object.prototype.toJSON = undefined;
    Element.prototype.show = function () { this.style.display = ''; return this; };
    Element.prototype.hide = function () { this.style.display = 'none'; return this; };
    Element.prototype.getStyle = Element.prototype.setStyle = function () { return this; };
    window.$ = id => document.getElementById(id);
    window.$$ = selector => [...document.querySelectorAll(selector)];
  },
  'Element.prototype.remove and others do something else': () => {
    const remove = Element.prototype.remove;
    Element.prototype.remove = function (selector) { return selector ? null : remove.call(this); };
    const append = Element.prototype.append;
    Element.prototype.append = function (...nodes) { append.apply(this, nodes); return this; };
    for (const name of ['show', 'open', 'start', 'mount', 'close', 'update', 'lokalsvar']) {
      if (!(name in HTMLElement.prototype)) HTMLElement.prototype[name] = function () { throw new Error('of the page'); };
    }
    Element.prototype.matches = function (selector) { return document.querySelectorAll ? [...document.querySelectorAll(selector)].includes(this) : false; };
  },
  'Function.prototype.call, apply and bind are wrapped': () => {
    const reflect = Reflect.apply;
    for (const name of ['call', 'apply', 'bind']) {
      const original = Function.prototype[name];
      Function.prototype[name] = function (...values) {
        window.calls = (window.calls || 0) + 1;
        return reflect(original, this, values);
      };
    }
  },
  'fetch and XMLHttpRequest are wrapped by a monitor': () => {
    const { fetch } = window;
    window.fetch = function (input, init) {
      return fetch.call(this, input, init).then(response => {
        window.fetched = (window.fetched || 0) + 1;
        return response;
      });
    };
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, run, options) { // Zone.js and error trackers do so
      const wrapped = typeof run === 'function' ? function (...values) { return run.apply(this, values); } : run;
      return addEventListener.call(this, name, wrapped, options);
    };
    for (const name of ['setTimeout', 'setInterval', 'queueMicrotask', 'requestAnimationFrame']) {
      const original = window[name];
      window[name] = function (run, ...values) { return original.call(window, function (...given) { return run.apply(this, given); }, ...values); };
    }
  },
  'Promise is an old polyfill': () => {
    const Native = Promise;
    class Old { // ES2015 and nothing after it: no finally, allSettled, any, try, withResolvers
      constructor(run) { this.inner = new Native(run); }
      then(good, bad) { return new Old((yes, no) => this.inner.then(good, bad).then(yes, no)); }
      catch(bad) { return this.then(undefined, bad); }
      static resolve(value) { return value instanceof Old ? value : new Old(yes => yes(value)); }
      static reject(error) { return new Old((_, no) => no(error)); }
      static all(list) { return new Old((yes, no) => Native.all([...list]).then(yes, no)); }
      static race(list) { return new Old((yes, no) => Native.race([...list]).then(yes, no)); }
    }
    window.Promise = Old;
  },
  'JSON is wrapped, and its answers carry more': () => {
    const { parse, stringify } = JSON;
    JSON.parse = function (text, revive) {
      const value = parse.call(JSON, text, revive);
      if (value && typeof value === 'object' && !Array.isArray(value)) value.$trace = 'x';
      return value;
    };
    JSON.stringify = function (...values) { return stringify.apply(JSON, values); };
    const { json } = Response.prototype;
    Response.prototype.json = function () { return json.call(this).then(value => Object.assign(value, { $seen: 1 })); };
  },
  'Object.entries, Array.from and friends are polyfilled': () => {
    Object.entries = object => { const out = []; for (const key in object) if (Object.prototype.hasOwnProperty.call(object, key)) out.push([key, object[key]]); return out; };
    Object.keys = object => { const out = []; for (const key in object) if (Object.prototype.hasOwnProperty.call(object, key)) out.push(key); return out; };
    Array.from = (list, map = x => x) => { const out = []; for (const x of list) out.push(map(x)); return out; };
    Object.assign = (to, ...more) => { for (const from of more) for (const key in from) to[key] = from[key]; return to; };
    window.CustomEvent = class extends CustomEvent { constructor(name, options) { super(name, options); } };
    window.requestIdleCallback = undefined;
    window.name = 'lokalsvar';
    window.event = undefined;
    window.module = { exports: {} };
    window.define = Object.assign(() => { throw new Error('AMD of the page'); }, { amd: {} });
  },
};

/** Known faults of the loader, with what to do. A test that passes although it stands here fails nothing: take it out then. */
/** What a page asks for and what is answered, without the order in which files arrive. */
async function course(before) {
  const asked = [];
  const page = await visitor({ 'side.html': html('<main><h1>Side</h1></main>' + TAG) }, {
    before: async page => {
      page.on('request', request => asked.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ''} ${request.headers().cookie ?? ''}`));
      if (before) await page.addInitScript(before);
    },
  });
  await launcher(page).waitFor({ timeout: 20_000 });
  await launcher(page).click();
  await box(page).waitFor({ timeout: 20_000 });
  await hear(page, 'ready');
  const answers = await talk(page, LINES);
  const typed = (await ask(page, 'hvor afleverer jeg batterier')).length;
  await choose(page, 'Slet samtalen');
  await page.keyboard.press('Escape');
  const closed = await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#panel').hidden);
  const place = await page.evaluate(() => document.querySelector('lokalsvar-chat').dataset.position);
  const label = await launcher(page).getAttribute('aria-label');
  const names = await page.evaluate(() => heard.map(([name, detail]) => name + ' ' + (detail && detail.id)));
  await page.context().close();
  return { asked: asked.sort(), answers, typed, closed, place, label, names, noise: page.noise };
}

let clean;
for (const [what, before] of Object.entries(PAGES)) {
  test(`${what}: same requests, same answers`, async () => {
    clean ??= await course();
    assert.deepEqual(await course(before), clean);
  });
}
