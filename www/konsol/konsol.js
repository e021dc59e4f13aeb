// The console's entry: glue of its WASM, one classic script that /konsol/index.html names with its hash. Sends what the
// console asks for to the API on the same origin, counts the seconds, and says when somebody is here. Remembers the kommune
// of the last sign-in in this browser, and nothing else. xtask fills in WASM and WASM_HASH.
import { __wbg_finalize_init, __wbg_get_imports, Console } from 'console';

const script = document.currentScript;

/** How long an answer may take, ms. Then whoever is here is told, and may try again with the same key. */
const PATIENCE = 20_000;
const KOMMUNE = 'lokalsvar-kommune';
/** Room for columns; the styles turn at the same width. */
const NARROW = '(max-width: 47.5em)';

async function start() {
  const root = document.getElementById('console');
  const url = new URL(WASM, script.src);
  const file = await fetch(url, { integrity: WASM_HASH, credentials: 'same-origin' });
  const module = await WebAssembly.compile(await file.arrayBuffer());
  const instance = await WebAssembly.instantiate(module, __wbg_get_imports());
  __wbg_finalize_init(instance, module);
  root.replaceChildren();

  const ask = async (number, path, body, key, csrf) => {
    const headers = { accept: 'application/json' };
    if (key) headers['idempotency-key'] = key;
    if (csrf) headers['lokalsvar-csrf'] = csrf;
    if (body) headers['content-type'] = 'application/json';
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), PATIENCE);
    let [status, text] = [0, ''];
    try {
      const response = await fetch(path, {
        method: body === undefined ? 'GET' : 'POST', headers, body, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
        referrerPolicy: 'no-referrer', signal: stop.signal,
      });
      text = await response.text();
      status = response.status;
    } catch {
      // No answer: the console says so.
    }
    clearTimeout(clock);
    page.answer(number, status, text);
  };
  const host = {
    ask,
    fresh: () => crypto.randomUUID(),
    address: (path, step) => {
      if (location.pathname.slice(location.pathname.lastIndexOf('/') + 1) + location.search !== path) {
        history[step ? 'pushState' : 'replaceState'](null, '', path);
      }
    },
    remember: kommune => {
      try {
        localStorage.setItem(KOMMUNE, kommune);
      } catch {
        // No storage here: it is asked for again.
      }
    },
    print: () => print(),
  };
  const remembered = () => {
    try {
      return localStorage.getItem(KOMMUNE) ?? '';
    } catch {
      return '';
    }
  };

  const page = new Console(root, (what, ...values) => host[what](...values));
  const on = (what, one = '', two = '', three = '') => page.on(what, one, two, three);
  const narrow = matchMedia(NARROW);
  on(narrow.matches ? 'narrow' : 'wide');
  narrow.addEventListener('change', () => on(narrow.matches ? 'narrow' : 'wide'));
  on('start', location.pathname.slice(location.pathname.lastIndexOf('/') + 1), location.search.slice(1), remembered());
  addEventListener('popstate', () => on('went', location.search.slice(1)));
  let touched = 0;
  for (const event of ['keydown', 'pointerdown', 'wheel']) {
    addEventListener(event, () => {
      if (Date.now() - touched < 5000) return;
      touched = Date.now();
      on('touched');
    }, { passive: true, capture: true });
  }
  setInterval(() => on('tick'), 1000);
}

/** A panic stops the WASM at once and says nothing: the page must not look as if it were alive. */
function broken() {
  const text = document.createElement('p');
  text.className = 'broken';
  text.setAttribute('role', 'alert');
  text.textContent = 'Siden virker ikke lige nu. Genindlæs den. Bliver det ved, så skriv til jeres drift.';
  document.body.prepend(text);
}

let dead;
addEventListener('error', ({ error }) => {
  if (error instanceof WebAssembly.RuntimeError && !dead) dead = !broken();
});
start().catch(broken);
