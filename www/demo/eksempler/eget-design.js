// The engine without our user interface: which answers fit a question. The page draws them as it likes; here as links
// to the static pages. File names and hashes come from manifest.json, the bundle that counts from `<slug>.json`.
// @ts-check
const KOMMUNE = 'eksempelby';

const json = async file => (await fetch(file)).json();
const { files } = await json('/manifest.json');
const of = role => files.find(row => row.app === 'engine' && row.role === role);
const release = JSON.parse((await json(`/${KOMMUNE}.json`)).payload);
const bytes = async pinned =>
  new Uint8Array(await (await fetch('/' + pinned.file, { integrity: pinned.sha384 })).arrayBuffer());

/** @type {typeof import('../../engine')} */
const { default: init, Engine } = await import('/' + of('glue').file);
await init({ module_or_path: fetch('/' + of('wasm').file, { integrity: of('wasm').sha384 }) });
const engine = Engine.load(await bytes(release.bundle), KOMMUNE);
engine.add_details(await bytes(release.details));

const { topics } = await json('/' + release.list.file);
const known = new Map(topics.flatMap(topic => topic.links.map(link => [link.url.replace(/^[^/]*\/|\.html$/g, ''), link])));

const [form, input, status, list] = ['form', 'q', 'status', 'svar'].map(id => document.getElementById(id));
const SAID = { answer: 'Det her svarer på dit spørgsmål:', clarify: 'Hvad mener du?', fallback: 'Det ved jeg ikke. Prøv med andre ord.' };
status.textContent = 'Klar.';
form.addEventListener('submit', event => {
  event.preventDefault();
  const reply = engine.ask(input.value, Date.now());
  status.textContent = SAID[reply.outcome];
  const ids = reply.answer ? [reply.answer] : reply.options;
  list.replaceChildren(...ids.filter(id => known.has(id)).map(id => {
    const link = document.createElement('a');
    link.href = '/' + known.get(id).url;
    link.textContent = known.get(id).title;
    const row = document.createElement('li');
    row.append(link);
    return row;
  }));
});
