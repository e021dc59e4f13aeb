// For pages that carry the tag of another chat: understands boost.ai's `boostInit` and MUNI's attributes, and loads
// `lokalsvar.js` from beside itself, pinned by hash. One line changes on the page: the address of the script.
//   <script src=".../lokalsvar-boost.js" data-kommune="eksempelby"></script>
//   <script>const boost = boostInit('eksempelby', {}); boost.chatPanel.show();</script>
//   <script src=".../lokalsvar-boost.js" municipalityCode="0751" category="pas"></script>
// xtask fills in CODES ("0101:koebenhavn,...") and LOADER_HASH. docs/embed-api.md tells what is understood.
(() => {
  const script = document.currentScript;
  const queue = (...command) => (window.lokalsvar ||= []).push(command);
  const attribute = name => script.getAttribute(name) || '';
  /** The kommune of a slug, a four-digit code (101 is 0101), or boost's id of a client. */
  const kommune = id => {
    const code = /^\d{3,4}$/.test(id) ? id.padStart(4, '0') : '';
    return CODES.split(',').map(pair => pair.split(':')).find(([key, slug]) => code ? key === code : slug === id)?.[1];
  };

  let loaded = false;
  const load = (slug, more) => {
    if (loaded) return;
    loaded = true;
    const tag = document.createElement('script');
    const url = script.src.replace(/[^/]*$/, 'lokalsvar.js');
    Object.assign(tag.dataset, script.dataset, more, { kommune: slug });
    tag.integrity = LOADER_HASH;
    tag.crossOrigin = 'anonymous';
    tag.nonce = script.nonce;
    tag.src = window.trustedTypes
      ? trustedTypes.createPolicy('lokalsvar-boost', { __proto__: null, createScriptURL: text => text }).createScriptURL(url)
      : url;
    document.head.append(tag);
  };

  /** boost's events and ours; they carry ids, never text. */
  const EVENTS = {
    __proto__: null,
    chatPanelOpened: 'opened', chatPanelClosed: 'closed', chatPanelMinimized: 'closed', messageFeedbackGiven: 'rated',
    actionLinkClicked: 'link', externalLinkClicked: 'link', responseReceived: 'answered',
  };

  /** `options.lokalsvar`: `{ kommune?, lang?, actions?: { [boost's id of an action]: topic } }`. */
  window.boostInit = (id, options = {}) => {
    const own = options.lokalsvar || {};
    const slug = kommune(own.kommune || attribute('data-kommune') || `${id}`);
    if (!slug) {
      console.error(`lokalsvar: boostInit('${id}') names no kommune; write data-kommune on the script tag`);
    } else {
      const said = options.chatPanel?.settings?.conversation || options.chatPanel?.header || {};
      const filters = options.filterValues || said.filterValues;
      const data = {};
      if (own.lang) data.lang = own.lang;
      if (filters?.length) data.category = [].concat(filters).join(' ');
      load(slug, data);
    }
    const listeners = [];
    const panel = {
      show: () => queue('open'),
      minimize: () => queue('close'),
      close: () => queue('close'),
      triggerAction: action => queue('showTopic', `${own.actions?.[action] ?? action}`),
      setFilterValues(values) {
        queue('setContext', { categories: [].concat(values || []) });
        for (const [event, run] of listeners) if (event === 'filterValuesChanged') run({ type: event, detail: { filterValues: values } });
      },
      addEventListener(event, run) {
        listeners.push([event, run]);
        if (EVENTS[event]) addEventListener('lokalsvar:' + EVENTS[event], ({ detail }) => run({ type: event, detail }));
      },
    };
    panel.chatPanel = panel;
    return panel;
  };

  const code = attribute('municipalityCode');
  if (code) {
    const slug = kommune(code);
    const category = attribute('category');
    if (slug) load(slug, category ? { category } : {});
    else console.error(`lokalsvar: no kommune has the code ${code}`);
  }
})();
