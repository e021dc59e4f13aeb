// The console's entry: glue of its WASM, one classic script that /konsol/index.html names with its hash. Sends what the
// console asks for to the API on the same origin, counts the seconds, and says when somebody is here; fetches the engine and the
// kommune's own answers where somebody talks with citizens. Remembers the kommune of the last sign-in in this browser, and nothing
// else. xtask fills in WASM and WASM_HASH.
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

  /** Requests that can be given up, by number. */
  const under = new Map();
  const ask = async (number, path, body, key, csrf) => {
    const headers = { accept: 'application/json' };
    if (key) headers['idempotency-key'] = key;
    if (csrf) headers['lokalsvar-csrf'] = csrf;
    if (body) headers['content-type'] = 'application/json';
    const stop = new AbortController();
    under.set(number, stop);
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
    // Given up: nobody waits for it.
    if (under.delete(number)) page.answer(number, status, text);
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
    stop: number => {
      const stop = under.get(number);
      under.delete(number);
      stop?.abort();
    },
    sound,
    replies: async (kommune, asked, language) => {
      const found = await knowledge(kommune).then(engine => JSON.stringify(engine.replies(asked, language, Date.now()))).catch(() => '');
      page.replies(asked, found);
    },
    titles: async (kommune, ids) => {
      const found = await knowledge(kommune).then(engine => JSON.stringify(ids.map(id => [id, engine.title(id) ?? '']))).catch(() => '');
      page.titles(found);
    },
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
  const here = () => [location.pathname.slice(location.pathname.lastIndexOf('/') + 1), location.search.slice(1)];
  on('start', ...here(), remembered());
  addEventListener('popstate', () => on('went', ...here()));
  // What stands here may be old now.
  addEventListener('online', () => on('back'));
  document.addEventListener('visibilitychange', () => document.hidden || on('back'));
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

/** The engine with the kommune's own answers, once it is wanted: the files that citizens have. */
const known = new Map();
function knowledge(kommune) {
  if (!known.has(kommune)) {
    const coming = load(kommune);
    known.set(kommune, coming);
    coming.catch(() => known.delete(kommune)); // the next question tries again
  }
  return known.get(kommune);
}

async function load(kommune) {
  const at = name => new URL(name, script.src);
  const json = name => fetch(at(name), { credentials: 'same-origin' }).then(answer => answer.json());
  const bytes = ({ file, sha384 }) => fetch(at(file), { integrity: sha384, credentials: 'same-origin' }).then(answer => answer.arrayBuffer());
  const [{ files }, envelope] = await Promise.all([json('manifest.json'), json(`${kommune}.json`)]);
  const release = JSON.parse(envelope.payload);
  const part = role => files.find(one => one.app === 'engine' && one.role === role);
  const [{ default: begin, Engine }, wasm, bundle, details, english] = await Promise.all([
    import(at(part('glue').file).href), bytes(part('wasm')), bytes(release.bundle),
    release.details && bytes(release.details), release.languages.en && bytes(release.languages.en),
  ]);
  await begin({ module_or_path: wasm });
  const engine = Engine.load(new Uint8Array(bundle), kommune);
  if (details) engine.add_details(new Uint8Array(details));
  if (english) engine.add_language(new Uint8Array(english));
  return engine;
}

/** Two short tones, made here: no file, and nothing to hear for anybody else. */
let speaker;
function sound() {
  try {
    speaker ||= new AudioContext();
    speaker.resume();
    for (const [tone, from] of [[660, 0], [880, 0.14]]) {
      const [wave, loud] = [speaker.createOscillator(), speaker.createGain()];
      const at = speaker.currentTime + from;
      wave.frequency.value = tone;
      loud.gain.setValueAtTime(0.12, at);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.13);
      wave.connect(loud).connect(speaker.destination);
      wave.start(at);
      wave.stop(at + 0.14);
    }
  } catch {
    // No sound here: the page says it in words.
  }
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
