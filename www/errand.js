// The booking's entry: glue of the second WASM module, one classic script fetched by the engine's glue when "Bestil tid" is
// pressed, or a link `#lokalsvar-tid=...` is followed. Sends what the conversation asks for to the API of the kommune,
// keeps ids for the tab, hands over calendar files. xtask fills in CSS (errand.css), WASM and WASM_HASH.
import { __wbg_finalize_init, __wbg_get_imports, Errand } from 'errand';

const script = document.currentScript;

/** How long an answer may take, ms. Then the citizen is told, and may try again with the same key. */
const PATIENCE = 20_000;

/** A number that was never used. The API is on https, so every browser above our floor has it. */
const fresh = () => crypto.randomUUID();

/**
 * @param {ShadowRoot} root  of the chat
 * @param {(file: {file: string, sha384: string}) => Promise<Uint8Array>} bytes  fetches with integrity
 * @param {string} name  in the tab's storage
 * @param {{open(focus: boolean): void}} chat
 * @param {{api: {url: string, site: string}}} said  the signed release
 */
script.lokalsvar = async (root, bytes, name, chat, { api }) => {
  const module = await WebAssembly.compile(await bytes({ file: WASM, sha384: WASM_HASH }));
  const instance = await WebAssembly.instantiate(module, __wbg_get_imports());
  __wbg_finalize_init(instance, module);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const base = new URL(api.url, script.src).href.replace(/\/$/, '');

  const ask = async (number, path, body, ...pairs) => {
    const headers = { __proto__: null, 'lokalsvar-site': api.site };
    for (let at = 0; at < pairs.length; at += 2) headers[pairs[at]] = pairs[at + 1];
    const post = 'idempotency-key' in headers;
    if (body) headers['content-type'] = 'application/json';
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), PATIENCE);
    let [status, text] = [0, ''];
    try {
      const response = await fetch(base + path, {
        __proto__: null, method: post ? 'POST' : 'GET', headers, body: body || undefined, credentials: 'omit', cache: 'no-store',
        referrerPolicy: 'no-referrer', redirect: 'error', signal: stop.signal,
      });
      text = await response.text();
      status = response.status;
    } catch {
      // No answer: the conversation says so.
    }
    clearTimeout(clock);
    errand.answer(+number, status, text);
  };
  const save = text => {
    const url = URL.createObjectURL(new Blob([text], { __proto__: null, type: 'text/calendar;charset=utf-8' }));
    setTimeout(() => URL.revokeObjectURL(url), 1e4);
    const link = document.createElement('a');
    link.href = url;
    link.download = 'tid.ics';
    link.click();
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
  const touched = () => {
    // The secret of a link is not left in the address, where the page's own scripts would read it again and again.
    if (location.hash.startsWith('#lokalsvar-tid')) history.replaceState(history.state, '', location.pathname + location.search);
    chat.open(false);
  };
  const host = { __proto__: null, ask, fresh, keep, save, say, touch: touched };
  const errand = new Errand(root, (what, ...values) => host[what](...values));
  const clock = setInterval(() => root.host.isConnected ? errand.on('tick', '') : clearInterval(clock), 1000);
  return errand;
};
