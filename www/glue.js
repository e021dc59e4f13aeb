// The engine's entry: one classic script, because `import()` knows no integrity. It hands what it can do to
// the loader on its own <script> element, so no global is made. esbuild puts wasm-bindgen's output for
// `widget` in here. Imported by name: esbuild fills a namespace object in a `for in` loop, which a page that
// polluted `Object.prototype` would break. docs/ARCHITECTURE.md, "From script tag to answer", tells the order.
import { __wbg_finalize_init, __wbg_get_imports, mount as draw } from 'widget';

const script = document.currentScript;

/**
 * Draws the chat. `data`: the attributes of the tag. `kept`: how names in the tab's storage begin. A panic stops the
 * WASM at once and says nothing (it could be what the citizen wrote). The trap then surfaces as an error of the
 * page whose stack names this file: the loader shows the phone.
 */
async function mount(root, data, [said, bundle, details], kept, bytes, emit, fail, hide, run) {
  const { languages, api } = said;
  // A page in English waits for its answers; else they come while the citizen reads.
  const language = languages[data.lang] && await bytes(languages[data.lang]).catch(() => 0);
  hold(kept);
  /** Topics of the page that nobody knows, already told to whoever wrote them. */
  const told = {};
  const { dataset } = root.host;
  /** To the other side; the loader puts it there on the tab's next pages too. */
  const aside = () => {
    data.position = dataset.position = dataset.position === 'left' ? 'right' : 'left';
    try {
      sessionStorage[kept + 'side'] = data.position;
    } catch {
      // No storage here: until the next page.
    }
  };
  /**
   * A module that is fetched when it is asked for, pinned here as this one is in the loader: booking, and talking with a person. `key`:
   * what it keeps in the tab; goes with the conversation.
   */
  const later = (key, file, hash) => {
    let coming;
    const one = {
      __proto__: null,
      async tell(...what) {
        try {
          one.here = await (coming ||= run(file, hash).then(start => start(root, bytes, key, widget, said)));
          return one.here.on(...what);
        } catch {
          coming = 0;
          widget.set_notice(LATER);
        }
      },
      clear() {
        one.here?.clear();
        try {
          delete sessionStorage[key];
        } catch {
          // No storage here.
        }
      },
      wake: () => api && !coming && sessionStorage[key] && one.tell('resume', sessionStorage[key]),
    };
    return one;
  };
  const errand = later(kept + 'errand', ERRAND, ERRAND_HASH);
  const relay = later(kept + 'relay', RELAY, RELAY_HASH);
  /** The service that an intent leads to, or its topic; nothing where no API is named. */
  const book = id => api && (said.book?.[id] ?? said.book?.[id.split('/')[0]]);
  /** A transcript with what the other modules said: the nth mark stands before the nth entry. */
  const whole = text => text.split('\x1e').map((part, n) => part + (errand.here?.written(n) ?? '') + (relay.here?.written(n) ?? '')).join('');
  const given = {
    __proto__: null, side: aside, book,
    clear() {
      errand.clear();
      relay.clear();
    },
    begin(text) {
      const [id, wish] = text.split('\n');
      if (book(id)) errand.tell('begin', book(id) + '\n' + wish);
    },
    human: text => api && said.talk && relay.tell('begin', text),
    model: text => relay.tell('ask', text),
    said: text => relay.here?.on('said', text) || errand.here?.on('said', text),
  };
  let asked;
  const widget = draw(root, {
    ...data, __proto__: null, topic: topicOf(data), bundle, details, language, notice: said.notice, ai: api && said.ai,
    on_event(event, id) {
      if (event === 'topic?') return told[id] ||= console.warn('lokalsvar: topic?', id) || 1;
      emit(event, id);
      // Only once the citizen opened the chat: nobody can hand the tab an older release after this.
      try {
        if (event === 'opened') {
          // Before focus goes into it, which would bring the input to the middle of the window and the head out of it.
          if (asked) root.querySelector('.panel').scrollIntoView({ block: 'nearest' });
          sessionStorage[kept + 'serial'] = data.seen;
          errand.wake();
          relay.wake();
        }
      } catch {
        // No storage here: remembered until the next page.
      }
    },
    on_close: () => hide(),
    give: (what, text, lang) => what in given ? given[what](text) : give(what, whole(text), lang),
  });
  addEventListener('error', ({ error }) => {
    if (error instanceof WebAssembly.RuntimeError && `${error.stack}`.includes(script.src)) {
      emit('failed', '');
      fail();
    }
  });
  root.addEventListener('click', ({ target }) => {
    if (target.closest('.log a')) emit('link', target.closest('[data-intent]').dataset.intent);
  });
  if (said.left && !dataset.position) aside();
  if (said.place) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(said.place);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
  const further = Object.keys(languages).filter(code => code !== data.lang);
  const add = code => bytes(languages[code]).then(file => widget.add_language(file)).catch(() => 0);
  Promise.all(further.map(add)).then(() => emit('ready'));
  const { open } = widget;
  widget.open = focus => {
    open.call(widget, asked = focus);
    carry(root);
  };
  widget.set_context = context => widget.set_topic(topicOf(context));
  widget['show-tid'] = secret => api && errand.tell('open', secret);
  return widget;
}

/** Above the log, when a module could not be fetched. */
const LATER = 'Det kunne ikke hentes. Prøv igen. This could not be fetched. Try again.';

/** What the menu does with a text, on this device alone: `save`, `print`, `speak`; `voice`: can it be spoken? */
function give(what, text, lang) {
  const voices = window.speechSynthesis;
  // A voice from the network would hear the conversation.
  const voice = voices?.getVoices().find(one => one.localService && one.lang.startsWith(lang));
  if (what === 'voice') return !!voice;
  if (what === 'speak') {
    const words = new SpeechSynthesisUtterance(text);
    Object.assign(words, { voice, lang });
    voices.cancel();
    voices.speak(words);
    return;
  }
  // The mark tells old editors that this is UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { __proto__: null, type: 'text/plain;charset=utf-8' }));
  setTimeout(() => URL.revokeObjectURL(url), 1e4);
  if (what === 'print') {
    const page = open(url);
    setTimeout(() => page?.print(), 600);
  } else {
    const link = document.createElement('a');
    link.href = url;
    link.download = 'samtale.txt';
    link.click();
  }
}

/** The topics of a page, parted by commas: its own, then those of its filter. */
const topicOf = ({ topic, category, categories = category }) => `${[topic, categories]}`.replaceAll(' ', ',');

/**
 * Which page has the conversation in hand, by the moment it began. A tab that is duplicated or opened by the page gets
 * a copy of the storage while that page is on show: a conversation in another's hand is not this tab's, and is dropped.
 * A page that is out of sight holds nothing: the next one of the tab goes on, also after a reload, or when a phone
 * ended the page without a word.
 */
function hold(kept) {
  const [name, me] = [kept + 'page', performance.timeOrigin];
  const mark = event => {
    try {
      const tab = sessionStorage;
      if (!event && tab[name] && tab[name] != me) for (const key of [kept.slice(0, -1), kept + 'errand', kept + 'relay']) delete tab[key];
      if (document.hidden) delete tab[name];
      else tab[name] = me;
    } catch {
      // No storage here, no copy either.
    }
  };
  mark();
  document.addEventListener('visibilitychange', mark);
}

/**
 * A field to write in while the knowledge is under way, in the loader's box above the launcher. Its words go on in the chat's
 * own field, and are sent there if Enter was pressed. Kept on the shadow root: after a failure nothing is to be written twice.
 */
function early() {
  const root = document.querySelector('lokalsvar-chat').shadowRoot;
  const launcher = root.querySelector('[part=launcher]');
  const box = launcher.previousSibling;
  const [ask, wait] = root.host.lang === 'en'
    ? ['Write your question', 'Please wait']
    : ['Skriv dit spørgsmål', 'Svaret er på vej'];
  const begin = () => {
    // Not beside the list of a failure: only where the box holds its line alone.
    if (box.children[1] || root.querySelector('.place') || launcher.getAttribute('aria-expanded') !== 'true') return;
    const field = root.early ||= document.createElement('textarea');
    Object.assign(field, {
      part: 'early',
      style: 'box-sizing:border-box;width:100%;margin-top:8px;padding:8px;font:inherit;resize:none', // by script: no policy of styles forbids it
      placeholder: ask, // its name as well
      onkeydown(event) {
        if (event.key !== 'Escape') event.stopPropagation();
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        field.readOnly = true;
        box.firstChild.textContent = wait;
      },
    });
    box.append(field);
    if (root.activeElement === launcher) field.focus();
  };
  root.addEventListener('click', begin); // behind launcher and "Prøv igen"
  begin();
}

/** Into the chat's own field what was written before it was there. */
function carry(root) {
  const { early } = root;
  root.early = 0;
  if (!early?.value) return;
  const field = root.getElementById('input');
  field.value = early.value;
  field.focus();
  field.dispatchEvent(new Event('input'));
  if (early.readOnly) root.querySelector('.send').click();
}

early();
script.lokalsvar = {
  /** @param {WebAssembly.Module} module  compiled by the loader, whose hash it checked */
  start: module => WebAssembly.instantiate(module, __wbg_get_imports()).then(instance => {
    __wbg_finalize_init(instance, module);
    return { mount };
  }),
};
