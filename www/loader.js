// The one script tag: draws the launcher, and fetches engine and knowledge when the citizen opens it.
// Plain script without dependencies, at most 3 kB brotli (`cargo xtask size`). Before the chat is opened nothing
// is stored and nothing fetched; pointer or focus on the launcher may begin the same static downloads earlier.
// xtask fills in CSS (loader.css), FORMAT (newest bundle that the engine reads), GLUE, GLUE_HASH, WASM, WASM_HASH,
// FALLBACK, FALLBACK_HASH (file names and SRI hashes), UP (from this script's folder to them) and KEYS ("id:public Ed25519 key in base64", one behind the other). Options of web APIs have no prototype, so that a page which
// polluted `Object.prototype` (`method`, `body`, ...) changes nothing.
(() => {
  const script = document.currentScript;
  // Copying `dataset` asks every property how it is described, which a polluted `Object.prototype` answers wrongly.
  const data = { __proto__: null };
  for (const { name, value } of script.attributes) data[name.slice(5)] = value;
  const { kommune, name, lang } = data;
  const before = window.lokalsvar;
  // Embedded twice, or run again after the page's body was replaced: the same widget, put back.
  if (before?.attach) return before.attach();
  if (!/^[a-z-]+$/.test(kommune || 0)) return console.error('data-kommune?');

  const T = lang === 'en'
    ? {
        launcher: 'Ask us',
        who: ' – automatic assistant of ' + (name || 'the municipality'),
        loading: 'Loading …',
        network: 'The chat does not work now.',
        call: 'Call ',
        retry: 'Try again',
      }
    : {
        launcher: 'Spørg os',
        who: ' – automatisk assistent hos ' + (name || 'kommunen'),
        loading: 'Henter …',
        network: 'Chatten virker ikke lige nu.',
        call: 'Ring til ',
        retry: 'Prøv igen',
      };

  // --- what is drawn before the engine is there ---------------------------------------------------------
  const element = (tag, part, text, parent) => {
    const node = document.createElement(tag);
    set(node, { part });
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const set = (node, attributes) => Object.entries(attributes).forEach(pair => node.setAttribute(...pair));

  const host = document.createElement('lokalsvar-chat');
  set(host, {
    role: 'complementary',
    'aria-label': T.launcher,
    lang: lang || 'da',
    // Keeps session replay out: rrweb (Siteimprove), PostHog, FullStory, Clarity, Hotjar.
    class: 'rr-block ph-no-capture fs-exclude',
    'data-clarity-mask': true,
    'data-hj-suppress': '',
  });
  const root = host.attachShadow({ __proto__: null, mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  /** The box above the launcher while there is no panel: progress, or what went wrong. */
  const box = element('div', 'box', '', root);
  const line = element('p', 'status', '', box);
  set(line, { role: 'status' });
  const launcher = element('button', 'launcher', T.launcher, root);
  set(launcher, {
    'aria-label': T.launcher + T.who,
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
  });

  const say = (text, busy) => {
    box.hidden = !text;
    set(box, { 'aria-busy': !!busy });
    box.replaceChildren(line);
    line.textContent = text;
  };
  say('');

  // --- downloads ----------------------------------------------------------------------------------------
  let engine, downloads, at, policy, failed, phone, list;
  const kept = 'lokalsvar:' + kommune + ':';

  const own = file => {
    if (!/^[\w.-]+$/.test(file)) throw 0;
    return script.src.replace(/[^/]*$/, UP + file);
  };
  const get = async (file, integrity, cache) => {
    const response = await fetch(own(file), {
      __proto__: null, credentials: 'omit', integrity, cache: cache || (failed ? 'reload' : 'default'),
    });
    if (!response.ok) throw 0;
    return response;
  };
  const bytes = async ({ file, sha384 }) =>
    new Uint8Array(await (await get(file, sha384)).arrayBuffer());
  const unbase64 = text => Uint8Array.from(atob(text), char => char.charCodeAt());

  /**
   * The signed `<slug>.json`: which bundle counts now. A browser without Ed25519 relies on TLS alone. An older one
   * than this tab has seen is refused: somebody plays it again, and a rollback has a new serial too.
   */
  const release = async () => {
    const { payload, signature, key } = await (await get(kommune + '.json', '', 'no-cache')).json();
    const known = unbase64(KEYS.split(key + ':')[1].slice(0, 44)); // throws for a key that is not pinned
    const { subtle } = crypto; // absent on plain http
    const good = !subtle || await subtle.importKey('raw', known, 'Ed25519', false, ['verify']).then(
      imported => subtle.verify('Ed25519', imported, unbase64(signature), new TextEncoder().encode(payload)),
    ).catch(error => error.name === 'NotSupportedError');
    const said = JSON.parse(payload);
    if (!good || said.kommune !== kommune) throw 0;
    ({ phone, list } = said);
    if (said.serial < data.seen) throw 0;
    data.seen = said.serial;
    if (said.engine_min > FORMAT) throw 'bundle';
    return said;
  };
  const knowledge = async () => {
    const said = await release();
    return [said, ...await Promise.all([said.bundle, said.details].map(file => file && bytes(file)))];
  };
  /** `import()` takes no integrity, a script element does; the script puts what it exports on its own element. */
  const run = (file, hash) => new Promise((resolve, reject) => {
    const tag = document.createElement('script');
    const url = own(file) + (failed ? '?' + Date.now() : ''); // past a damaged copy in the cache
    if (window.trustedTypes) {
      policy ||= trustedTypes.createPolicy('lokalsvar', { __proto__: null, createScriptURL: text => text });
    }
    tag.integrity = hash;
    tag.crossOrigin = 'anonymous';
    tag.nonce = script.nonce;
    tag.onerror = reject;
    tag.onload = () => {
      tag.remove();
      resolve(tag.lokalsvar);
    };
    tag.src = policy ? policy.createScriptURL(url) : url;
    document.head.append(tag);
  });
  const wasm = async () => {
    const response = await get(WASM, WASM_HASH);
    try {
      return await WebAssembly.compile(await response.arrayBuffer());
    } catch {
      throw 'engine'; // no WebAssembly, or the page's CSP lacks 'wasm-unsafe-eval'
    }
  };
  /** Begins every download; what was begun less than a minute ago is taken as it is. */
  const prefetch = () => {
    if (!downloads || Date.now() - at > 6e4) {
      at = Date.now();
      engine ||= Promise.all([run(GLUE, GLUE_HASH), wasm()]).then(([api, module]) => api.start(module));
      const known = knowledge();
      // Whatever fails, the release is waited for: it knows the phone number.
      downloads = Promise.all([engine, known]).catch(error => known.catch(() => 0).then(() => { throw error; }));
      downloads.catch(() => 0);
    }
    return downloads;
  };

  // --- the widget -----------------------------------------------------------------------------------------
  let widget, wanted, loading, opener;

  const emit = (event, id) =>
    dispatchEvent(new CustomEvent('lokalsvar:' + event, { __proto__: null, detail: { kommune, id } }));

  const load = async () => {
    say(T.loading, true);
    const [api, known] = await Promise.race([
      prefetch(),
      new Promise((_, reject) => setTimeout(reject, 3e4)),
    ]);
    try {
      widget = await api.mount(root, data, known, kept, bytes, emit, fail, hide);
    } catch {
      throw 'bundle';
    }
  };
  /** Opens, and then does `then`. `restored`: it was open on the page before, so focus stays where it is. */
  const show = async (then, restored) => {
    if (!wanted) opener = document.activeElement;
    wanted = true;
    set(launcher, { 'aria-expanded': true });
    try {
      if (!widget) await (loading ||= load());
      else if (Date.now() - at > 6e4) {
        at = Date.now();
        release().then(said => widget.set_notice(said.notice)).catch(() => 0);
      }
      say('');
      if (!wanted) return;
      widget.open(!restored);
      then?.();
    } catch (kind) {
      if (restored) hide(true);
      else if (wanted) fail(kind);
    }
    loading = 0;
  };
  const hide = quiet => {
    if (!wanted) return;
    wanted = false;
    set(launcher, { 'aria-expanded': false });
    say('');
    widget?.close();
    if (!quiet) (opener && opener !== host && opener !== document.body ? opener : launcher).focus();
  };
  const fail = async kind => {
    const dead = widget;
    wanted = true;
    failed = kind !== 'engine';
    engine = downloads = widget = null;
    setTimeout(() => dead?.destroy()); // after a panic: gives the page back what a modal panel took
    root.replaceChildren(box, launcher);
    say(T.network);
    if (phone) element('a', 'action', T.call + phone, box).href = 'tel:' + phone.replace(/[^+\d]/g, '');
    const retry = element('button', 'action', T.retry, box);
    retry.onclick = () => {
      launcher.focus();
      show();
    };
    try {
      // The plain list, for as long as nobody closed this or tried again.
      const [draw, answer] = await Promise.all([run(FALLBACK, FALLBACK_HASH), get(list.file, list.sha384)]);
      const known = await answer.json();
      if (retry.isConnected) draw(box, known, kind, lang, retry, hide);
    } catch {} // the phone number stays
  };

  // --- window.lokalsvar: a queue of commands before this script ran, methods after ----------------------------
  const stop = new AbortController();
  const listen = (target, event, run) => target.addEventListener(event, run, { __proto__: null, signal: stop.signal });
  const follow = (hash, event) => {
    const match = /^#lokalsvar(?:=([\w/-]+))?$/.exec(hash);
    if (!match) return;
    event?.preventDefault();
    return show(match[1] && (() => widget.show(match[1]))), 1;
  };
  const api = window.lokalsvar = {
    open: () => show(),
    close: () => hide(),
    toggle: () => wanted ? hide() : show(),
    ask: text => show(() => widget.ask(text)),
    showTopic: id => show(() => widget.show(id)),
    on: (event, run) => addEventListener('lokalsvar:' + event, run),
    off: (event, run) => removeEventListener('lokalsvar:' + event, run),
    setContext(values) {
      Object.assign(data, values);
      widget?.set_context(data);
    },
    attach() {
      if (host.isConnected) return;
      const place = data.target && document.querySelector(data.target);
      set(host, { 'data-position': place ? 'inline' : data.position || 'right' });
      (place || document.body).append(host);
    },
    destroy() {
      hide(true);
      stop.abort();
      watch.disconnect();
      widget?.destroy();
      host.remove();
      delete window.lokalsvar;
    },
    push: ([command, ...values]) => api[command](...values),
  };

  // Turbo and the like replace the body: the same widget, put back.
  const watch = new MutationObserver(api.attach);
  listen(launcher, 'click', api.toggle);
  for (const intent of ['pointerenter', 'focus']) listen(launcher, intent, () => widget || failed || prefetch());
  listen(root, 'keydown', event => event.key === 'Escape' && hide());
  listen(window, 'hashchange', () => follow(location.hash));
  listen(document, 'click', event => {
    const link = event.target.closest?.('a[href*="#lokalsvar"]');
    if (link && link.pathname === location.pathname && !event.ctrlKey && !event.metaKey) follow(link.hash, event);
  });

  const begin = () => {
    let stored;
    api.attach();
    watch.observe(document, { __proto__: null, childList: true, subtree: true });
    try {
      // Both written only after the citizen opened the chat on a page before.
      data.seen = sessionStorage[kept + 'serial'];
      stored = sessionStorage[kept + 'open'];
    } catch {} // storage is off
    follow(location.hash) || (stored || 'open' in data && !data.seen && innerWidth > 640) && show(null, true);
    before?.forEach?.(api.push);
  };
  // Last in the body, so last in the order of Tab.
  document.readyState === 'loading' ? listen(document, 'DOMContentLoaded', begin) : begin();
})();
