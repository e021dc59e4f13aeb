// The plain list: what the launcher opens where the engine cannot run (WebAssembly forbidden by the page's policy,
// missing, too old, damaged). Fetched by the loader only then, pinned by hash as the engine is. Draws topics with
// links to the static pages, phone and opening hours from `<slug>.liste-<hash>.json`, whose hash is signed. Nodes
// only, no markup; focus and Esc as in the panel.
(() => {
  const script = document.currentScript;
  const base = script.src.replace(/[^/]*$/, '');
  const DA = {
    engine: 'Chatten kan ikke køre her på siden.', pages: 'Du kan læse svarene som almindelige sider.',
    title: 'Find svar', call: 'Ring til ', hours: 'Telefonen er åben', topics: 'Emner', site: 'Gå til ', close: 'Luk',
  };
  const EN = {
    engine: 'The chat cannot run on this page.', pages: 'You can read the answers as plain pages, in Danish.',
    title: 'Find answers', call: 'Call ', hours: 'The phone is open', topics: 'Topics', site: 'Go to ', close: 'Close',
  };
  const CSS = `
[part=box] { box-sizing: border-box; width: min(380px, calc(100vw - 32px)); max-height: calc(100vh - 110px - var(--lokalsvar-up, 0px)); overflow: auto; font-weight: 400; }
[part=list] { margin-top: .75em; }
[part=list] :is(h2, h3, p, ul) { margin: 0 0 .5em; }
[part=launcher] { display: block; margin-inline-start: auto; }
:host([data-position=left]) [part=launcher], :host([data-position=inline]) [part=launcher] { margin-inline-start: 0; }
[part=list] h2 { font-size: 1.25em; }
[part=list] h3 { font-size: 1em; margin-top: 1em; }
[part=list] ul { padding: 0 0 0 1.2em; }
[part=list] a { display: inline-block; padding: .35em 0; color: #0b4f7a; }
[part=list] summary { padding: .6em 0; cursor: pointer; font-weight: 600; }
[part=list] caption { text-align: start; }
[part=list] :is(th, td) { padding: .15em 1em .15em 0; text-align: start; font-weight: 400; }
[part=list] .dismiss { float: inline-end; margin: -8px 0 0 8px; min-width: 44px; min-height: 44px; padding: 0 12px; border: 1px solid; border-radius: 8px; background: none; color: inherit; font: inherit; cursor: pointer; }
[part=list] :is(a, summary, button, h2):focus-visible { outline: 3px solid #222; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  [part=box] { background: #1d2629; color: #eef3f4; }
  [part=list] a, [part=action] { color: #8fd9e0; }
  [part=list] :focus-visible, [part=action]:focus-visible { outline-color: #eef3f4; }
}
@media (forced-colors: active) {
  [part=box] { border: 2px solid CanvasText; }
}`;

  const node = (tag, text, parent, attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const name of Object.keys(attributes)) made.setAttribute(name, attributes[name]);
    parent.append(made);
    return made;
  };
  /** Only what the compiler lets into a bundle: pages beside it, the kommune's site. */
  const link = (text, url, parent) => {
    if (/^https?:$|^tel:$/.test(new URL(url, base).protocol)) node('a', text, parent).href = new URL(url, base).href;
  };

  /**
   * @param {HTMLElement} box  where the loader says what is wrong; `list` as in docs/embed-api.md
   * @param {unknown} kind  `'engine'` when WebAssembly cannot run here
   * @param {HTMLElement} retry  the loader's button
   */
  script.lokalsvar = (box, list, kind, lang, retry, close) => {
    const english = lang === 'en';
    const T = english ? EN : DA;
    const root = box.getRootNode();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

    const panel = document.createElement('div');
    const attributes = { part: 'list', role: 'dialog', 'aria-label': T.title + ' – ' + list.name };
    for (const name of Object.keys(attributes)) panel.setAttribute(name, attributes[name]);
    const dismiss = node('button', T.close, panel, { type: 'button', class: 'dismiss' });
    dismiss.onclick = () => close();
    const title = node('h2', T.title, panel, { tabindex: '-1' });
    node('p', T.pages, panel);
    if (list.phone) link(T.call + list.phone, 'tel:' + list.phone.replace(/[^+\d]/g, ''), node('p', '', panel));
    const rows = list.hours ? list.hours[english ? 'en' : 'da'] : [];
    if (rows.length) {
      const table = node('table', '', panel);
      node('caption', T.hours, table);
      for (const [days, hours] of rows) {
        const row = node('tr', '', table);
        node('th', days, row, { scope: 'row' });
        node('td', hours, row);
      }
    }
    node('h3', T.topics, panel);
    for (const topic of list.topics) {
      const details = node('details', '', panel);
      node('summary', english && topic.title_en || topic.title, details);
      const items = node('ul', '', details);
      for (const one of topic.links) link(english && one.title_en || one.title, one.url, node('li', '', items));
    }
    link(T.site + list.name, list.url, node('p', '', panel));
    panel.append(retry);
    // The loader's line of status stays first: it announces what happened.
    if (kind === 'engine') box.firstChild.textContent = T.engine;
    box.replaceChildren(box.firstChild, panel);
    // Whoever went on reading the page meanwhile keeps the focus.
    const active = document.activeElement;
    if (!active || active === document.body || active === root.host) title.focus();
  };
})();
