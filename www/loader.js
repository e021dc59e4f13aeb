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
  const before = self.lokalsvar;
  // Embedded twice, or run again after the page's body was replaced: the same widget, put back.
  if (before?.attach) return before.attach();
  if (!/^[a-z-]+$/.test(kommune || 0)) return console.error('data-kommune?');

  const [ask, who, busy, broken, call, again] = lang === 'en'
    ? ['Ask us', ', automatic assistant of ' + (name || 'the municipality'),
      'Loading', 'The chat does not work', 'Call ', 'Try again']
    : ['Spørg os', ', automatisk assistent hos ' + (name || 'kommunen'),
      'Henter', 'Chatten virker ikke', 'Ring til ', 'Prøv igen'];

  // --- what is drawn before the engine is there ---------------------------------------------------------
  const element = (tag, text, parent, attributes) => {
    const node = document.createElement(tag);
    node.textContent = text;
    set(node, attributes);
    return parent.appendChild(node);
  };
  const set = (node, attributes) => Object.entries(attributes).forEach(pair => node.setAttribute(...pair));

  const host = document.createElement('lokalsvar-chat');
  set(host, {
    role: 'complementary',
    'aria-label': ask,
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
  const box = element('div', '', root, { part: 'box' });
  const line = element('output', '', box, {}); // has the role `status`
  const launcher = element('button', ask, root, {
    part: 'launcher',
    'aria-label': ask + who,
    'aria-expanded': false,
  });

  const say = text => {
    box.hidden = !text;
    box.replaceChildren(line);
    line.textContent = text;
  };
  say('');

  // --- out of the way -------------------------------------------------------------------------------------
  /**
   * Three times a second: the host is put back where it was taken away, and the launcher rests where it stands or, if
   * something of the page would lie under it there, just above that: the element with focus, and what is fixed to the
   * window (a cookie banner, a button "to the top"), unless that is too high. A clock, because no event tells of
   * banners that slide and classes that change. The points, a dozen, are scattered over its place, one in every fourth row.
   */
  let up = 0, pulse, wanted;
  const look = () => {
    api.attach();
    if (launcher.matches(':active')) return; // not away from under a finger
    const { x, width, bottom, height } = launcher.getBoundingClientRect();
    const rest = bottom + up;
    up = 0;
    for (let y = rest; y > rest - up - height; y -= 4) {
      for (const one of document.elementsFromPoint(x + y * 51 % width, y)) {
        const lift = rest + 8 - one.getBoundingClientRect().top;
        // Of all values of `position` only `fixed` and `sticky` have these letters.
        if (
          one !== host && lift > up && lift < rest - height
          && (one === document.activeElement || /x|y/.test(getComputedStyle(one).position))
        ) up = lift;
      }
    }
    if (rest !== bottom + up) host.style.cssText = '--lokalsvar-up:' + up + 'px';
  };

  // --- downloads ----------------------------------------------------------------------------------------
  let engine, downloads, at, policy, failed, phone, list;
  const kept = 'lokalsvar:' + kommune + ':';

  const own = file => {
    // Never another folder; after a failure past a damaged copy in the cache.
    return new URL(UP + encodeURIComponent(file) + (failed ? '?' + Date.now() : ''), script.src).href;
  };
  const get = async (file, integrity, cache) => {
    const response = await fetch(own(file), { __proto__: null, credentials: 'omit', integrity, cache });
    if (!response.ok) throw 0;
    return response;
  };
  const bytes = async ({ file, sha384 }) =>
    new Uint8Array(await (await get(file, sha384)).arrayBuffer());
  const unbase64 = text => Uint8Array.from(atob(text), char => char.charCodeAt());

  /**
   * The signed `<slug>.json`, which says what bundle counts now, and that bundle. A browser without Ed25519 relies on TLS alone. An older one
   * than this tab has seen is refused: somebody plays it again, and a rollback has a new serial too.
   */
  const knowledge = async () => {
    const { payload, signature, key } = await (await get(kommune + '.json', '', 'no-cache')).json();
    const known = unbase64(KEYS.split(key + ':')[1].slice(0, 44)); // throws for a key that is not pinned
    const { subtle } = crypto; // absent on plain http
    const good = !subtle || await subtle.importKey('raw', known, 'Ed25519', false, ['verify']).then(
      imported => subtle.verify('Ed25519', imported, unbase64(signature), new TextEncoder().encode(payload)),
    ).catch(error => error.name === 'NotSupportedError');
    const said = JSON.parse(payload);
    if (!good || said.kommune !== kommune) throw 0;
    ({ phone, list } = said);
    if (said.serial < data.seen || said.engine_min > FORMAT) throw 0;
    data.seen = said.serial;
    return Promise.all([said, bytes(said.bundle), bytes(said.details)]);
  };
    /** `import()` takes no integrity, a script element does; the script puts what it exports on its own element. */
  const run = (file, hash) => new Promise((resolve, reject) => {
    const tag = document.createElement('script');
    policy ||= self.trustedTypes?.createPolicy('lokalsvar', { __proto__: null, createScriptURL: text => text });
    Object.assign(tag, {
      integrity: hash,
      crossOrigin: '',
      nonce: script.nonce,
      onerror: reject,
      onload() {
        tag.remove();
        resolve(tag.lokalsvar);
      },
      src: policy?.createScriptURL(own(file)) || own(file),
    });
    document.head.append(tag);
  });
  const wasm = async () => {
    const code = await bytes({ file: WASM, sha384: WASM_HASH });
    try {
      return await WebAssembly.compile(code);
    } catch {
      throw 'engine'; // no WebAssembly, or the page's CSP lacks 'wasm-unsafe-eval'
    }
  };
  /**
   * Begins every download; what was begun less than a minute ago is taken as it is. An engine that came well is kept
   * while the rest fails: a browser gives a page only about a hundred.
   */
  const prefetch = () => {
    if (!downloads || Date.now() - at > 6e4) {
      at = Date.now();
      downloads = [
        widget || engine || Promise.all([run(GLUE, GLUE_HASH), wasm()]).then(([api, module]) => api.start(module)).then(api => engine = api),
        knowledge(),
      ];
    }
    // Whatever fails, the release is waited for: it knows the phone number.
    return Promise.all(downloads.map(one => Promise.all([one]).catch(() => 0)));
  };

  // --- the widget -----------------------------------------------------------------------------------------
  let widget, loading, opener;

  const emit = (event, id) =>
    dispatchEvent(new CustomEvent('lokalsvar:' + event, { __proto__: null, detail: { kommune, id } }));

  /** Opens, and then does `then`. `restored`: it was open on the page before, so focus stays where it is. */
  const show = async (then, restored) => {
    if (!wanted) opener = document.activeElement;
    wanted = true;
    set(launcher, { 'aria-expanded': true });
    try {
      if (!widget) {
        say(busy);
        await (loading ||= Promise.race([
          prefetch(),
          new Promise((_, reject) => setTimeout(reject, 3e4)),
        ]).then(async () => {
          const [api, known] = await Promise.all(downloads);
          engine = 0; // from here on a failure takes another one
          widget = await api.mount(root, data, known, kept, bytes, emit, fail, hide, run);
        }));
      } else prefetch(), downloads[1].then(([said]) => widget.set_notice(said.notice)).catch(() => 0);
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
    if (quiet) return;
    launcher.focus();
    opener?.focus(); // body and our own host take no focus: it stays on the launcher
  };
  const fail = async kind => {
    const dead = widget;
    wanted = true;
    failed = kind !== 'engine';
    downloads = widget = null;
    setTimeout(() => dead?.destroy()); // after a panic: gives the page back what a modal panel took
    root.replaceChildren(box, launcher);
    say(broken);
    if (phone) element('a', call + phone, box, { part: 'action', href: 'tel:' + phone.replace(/[^+\d]/g, '') });
    const retry = element('button', again, box, { part: 'action' });
    retry.onclick = () => {
      launcher.focus();
      show();
    };
    try {
      // The plain list, for as long as nobody closed this or tried again.
      const [draw, known] = await Promise.all(
        [run(FALLBACK, FALLBACK_HASH), get(list.file, list.sha384).then(answer => answer.json())],
      );
      if (retry.isConnected) draw(box, known, kind, lang, retry, hide);
    } catch {} // the phone number stays
  };

  // --- self.lokalsvar: a queue of commands before this script ran, methods after ----------------------------
  const follow = (hash, event) => {
    const match = /^#lokalsvar(|-tid)(?:=([\w/-]+))?$/.exec(hash);
    if (!match) return;
    event?.preventDefault();
    return show(() => match[2] && widget['show' + match[1]](match[2]));
  };
  const api = self.lokalsvar = {
    open() { show(); },
    close() { hide(); },
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
      if (host.isConnected && document.body?.previousSibling !== host) return;
      const place = data.target && document.querySelector(data.target);
      host.dataset.position = place ? 'inline' : data.position || '';
      (place || document.documentElement).append(host);
    },
    destroy() {
      hide(true);
      removeEventListener('click', heed);
      removeEventListener('hashchange', heed);
      clearInterval(pulse);
      widget?.destroy();
      host.remove();
      delete self.lokalsvar;
    },
    push: ([command, ...values]) => api[command](...values),
  };

  launcher.onclick = api.toggle;
  launcher.onpointerenter = launcher.onfocus = () => { widget || failed || prefetch(); };
  host.onkeydown = event => { if (event.key === 'Escape') hide(); };
  const heed = event => {
    const link = event.target.closest ? event.target.closest('a') : location;
    if (link?.pathname === location.pathname && !event.ctrlKey && !event.metaKey) follow(link.hash, event);
  };
  addEventListener('click', heed);
  addEventListener('hashchange', heed);

  const begin = () => {
    let stored;
    try {
      // Both written only after the citizen opened the chat on a page before.
      data.position = sessionStorage[kept + 'side'] || data.position;
      data.seen = sessionStorage[kept + 'serial'];
      stored = sessionStorage[kept + 'open'];
    } catch {} // storage is off
    api.attach();
    pulse = setInterval(look, 300);
    follow(location.hash) || (stored || 'open' in data && !data.seen && innerWidth > 640) && show(null, true);
    before?.forEach?.(api.push);
  };
  // Beside the body, which may be zoomed, turned or swapped; behind it, so last in the order of Tab.
  document.readyState === 'loading' ? addEventListener('DOMContentLoaded', begin) : begin();
})();
