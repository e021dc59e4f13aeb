// The entry for talking with a person, and for AI help: glue of the third WASM module, one classic script fetched by the engine's glue when a person is
// asked for. Sends what the conversation asks for to the API of the kommune, reads the stream of events (by fetch: an EventSource
// has no headers, and a secret does not belong into an address), keeps what the tab keeps. xtask fills in CSS (relay.css), WASM and
// WASM_HASH.
import { __wbg_finalize_init, __wbg_get_imports, Relay } from 'relay';

const script = document.currentScript;

/** A number that was never used. The API is on https, so every browser above our floor has it. */
const fresh = () => crypto.randomUUID();

/**
 * @param {ShadowRoot} root  of the chat
 * @param {(file: {file: string, sha384: string}) => Promise<Uint8Array>} bytes  fetches with integrity
 * @param {string} name  in the tab's storage
 * @param {{show(id: string): void}} chat
 * @param {{api: {url: string, site: string}, bundle: {file: string}, phone: string}} said  the signed release
 */
script.lokalsvar = async (root, bytes, name, chat, { api, bundle, phone }) => {
  const module = await WebAssembly.compile(await bytes({ file: WASM, sha384: WASM_HASH }));
  const instance = await WebAssembly.instantiate(module, __wbg_get_imports());
  __wbg_finalize_init(instance, module);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const base = new URL(api.url, script.src).href.replace(/\/$/, '');

  const options = (headers, signal) => ({
    __proto__: null, headers: { __proto__: null, 'lokalsvar-site': api.site, ...headers }, signal, credentials: 'omit',
    cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error',
  });
  /** `patience`: how long the answer may take, seconds. Then the conversation is told, and may try again with the same key. */
  const ask = async (number, path, body, patience, ...pairs) => {
    const headers = { __proto__: null };
    for (let at = 0; at < pairs.length; at += 2) headers[pairs[at]] = pairs[at + 1];
    if (body) headers['content-type'] = 'application/json';
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), patience * 1000);
    let [status, text] = [0, ''];
    try {
      const response = await fetch(base + path, {
        ...options(headers, stop.signal), __proto__: null, method: 'idempotency-key' in headers ? 'POST' : 'GET', body: body || undefined,
      });
      text = await response.text();
      status = response.status;
    } catch {
      // No answer: the conversation says so.
    }
    clearTimeout(clock);
    relay.answer(+number, status, text);
  };
  let hearing;
  const deaf = () => {
    hearing?.abort();
    hearing = undefined;
  };
  /** Reads a stream. With a `body` it is the answer to what is sent; one that is no stream is told as such. */
  const listen = async (number, path, secret, body) => {
    deaf();
    const stop = hearing = new AbortController();
    let status = 0;
    try {
      const headers = { __proto__: null, accept: 'text/event-stream', [body ? 'content-type' : 'lokalsvar-conversation']: body ? 'application/json' : secret };
      const response = await fetch(base + path, { ...options(headers, stop.signal), __proto__: null, method: body ? 'POST' : 'GET', body });
      status = response.status;
      if (body && !response.ok) {
        const text = await response.text();
        return hearing === stop && relay.answer(+number, status, text);
      }
      if (response.ok) {
        relay.chunk(+number, '');
        const [reader, decoder] = [response.body.getReader(), new TextDecoder()];
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          const text = decoder.decode(value, { __proto__: null, stream: true });
          if (text) relay.chunk(+number, text);
        }
      }
    } catch {
      // Cut: the conversation opens another.
    }
    if (hearing === stop) relay.cut(+number, status);
  };
  const keep = text => {
    try {
      if (text) sessionStorage[name] = text;
      else delete sessionStorage[name];
    } catch {
      // No storage here: until the next page.
    }
  };
  /** As the chat speaks (elements/announcer.rs): into its live region, a moment later, and gone again after a while. */
  const say = (text, lang) => setTimeout(() => {
    const line = document.createElement('div');
    line.lang = lang;
    line.textContent = text;
    root.getElementById('live')?.append(line);
    setTimeout(() => line.remove(), 5e3);
  }, 120);
  /** Somebody is here, also behind a closed panel: the chat takes it as if they wrote. Does not bubble, so `typed` does not hear it. */
  const touch = () => root.getElementById('input')?.dispatchEvent(new Event('input'));
  const show = id => chat.show(id);
  const host = { __proto__: null, ask, listen, deaf, fresh, keep, say, show, touch };
  const relay = new Relay(root, (what, ...values) => host[what](...values), bundle.file, phone);

  const wake = () => document.hidden || relay.on('wake', '');
  const typed = ({ target }) => target.id === 'input' && relay.on('typed', '');
  root.addEventListener('input', typed);
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', wake);
  const clock = setInterval(() => {
    if (root.host.isConnected) return relay.on('tick', '');
    // The chat was taken off the page.
    clearInterval(clock);
    deaf();
    removeEventListener('online', wake);
    removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', wake);
  }, 1000);
  return relay;
};
