// What comes from outside into the loader, made up from a seed: the part behind `#`, the attributes of its tag, the commands
// queued for it. The pattern of the hash is the one that stands in www/loader.js, beside a reader written by hand; the tag is
// the true loader in Chromium. 100,000 hashes and 300 tags in the suite, 2,000,000 and 5,000 by `cargo xtask prove`.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BASE, closeBrowser, quiet } from './support.mjs';
import { html, PROVE, visitor } from './host.mjs';
import { dice } from './utterances.mjs';

after(closeBrowser);

const [HASHES, TAGS] = PROVE ? [2_000_000, 5_000] : [100_000, 300];
const roll = dice(20261121);
const PIECES = ['#lokalsvar', '-tid', '=', 'pas', '/', 'pris-paa-pas', '-', '_', '#', 'LOKALSVAR', ' ', '%2f', '%00', '\n', '\r', '\0', 'æ', '?', '&', '.', '..',
  ':', 'javascript:alert(1)', '<img src=x onerror=alert(1)>', '"', '\'', '\\', '{', '}', '\u2028', '\u202e', '😀', '\ud800', '0', 'constructor', '__proto__'];
const some = most => Array.from({ length: roll(most) }, () => PIECES[roll(PIECES.length)]).join('');

test(`${HASHES} hashes: an id comes through whole or not at all`, () => {
  const source = readFileSync(new URL('../../www/loader.js', import.meta.url), 'utf8');
  const written = [...source.matchAll(/= \/(\^#lokalsvar.*?\$)\/\.exec\(hash\)/g)];
  assert.equal(written.length, 1, 'the pattern stands once in the loader');
  const pattern = new RegExp(written[0][1]);
  /** The same by hand: what follows `=` (behind "-tid" the secret of a booking), `true` for none, `false` for no hash of ours. */
  const read = hash => {
    if (!hash.startsWith('#lokalsvar')) return false;
    const rest = hash.slice(hash.startsWith('#lokalsvar-tid') ? 14 : 10);
    if (!rest) return true;
    if (rest[0] !== '=' || rest.length === 1) return false;
    const id = rest.slice(1);
    for (let i = 0; i < id.length; i++) {
      const code = id.charCodeAt(i);
      const fits = code === 45 || code >= 47 && code <= 57 || code >= 65 && code <= 90 || code === 95 || code >= 97 && code <= 122;
      if (!fits) return false;
    }
    return id;
  };
  const seen = { ids: 0, bare: 0, none: 0 };
  for (let i = 0; i < HASHES; i++) {
    const hash = (roll(3) ? '#lokalsvar' + (roll(4) ? '=' : '') : '') + some(5);
    const match = pattern.exec(hash);
    const expected = read(hash);
    assert.equal(match ? match[2] ?? true : false, expected, JSON.stringify(hash));
    if (match) assert.equal(match[1], hash.startsWith('#lokalsvar-tid') ? '-tid' : '', JSON.stringify(hash));
    seen[typeof expected === 'string' ? 'ids' : expected ? 'bare' : 'none']++;
  }
  assert.ok(seen.ids > HASHES / 50 && seen.bare > HASHES / 50 && seen.none > HASHES / 4, JSON.stringify(seen));
});

test(`${TAGS} tags: whatever their attributes say, a closed chat asks for nothing, keeps nothing and runs nothing`, async () => {
  const page = await visitor({ 'side.html': html('<h1>Side</h1>') });
  const requests = page.requests.length;
  const code = await (await fetch(BASE + 'lokalsvar.js')).text();
  const names = ['data-kommune', 'data-name', 'data-lang', 'data-position', 'data-target', 'data-topic', 'data-open', 'data-seen', 'data-', 'data-__proto__', 'nonce', 'integrity'];
  const values = ['eksempelby', 'Eksempelby', 'eksempelby/../x', '', 'en', 'da', 'left', 'inline', 'h1', 'body', '###', ':root > *', '12', '-1', '1e9', 'pas', 'pas/pris'];
  const tags = Array.from({ length: TAGS }, () => ({
    attributes: [['data-kommune', roll(3) ? 'eksempelby' : some(3)],
      ...Array.from({ length: roll(5) }, () => [names[roll(names.length)], roll(2) ? values[roll(values.length)] : some(4)])],
    queue: roll(4) ? undefined : Array.from({ length: roll(3) }, () => [['on', 'off', 'setContext', 'attach', 'close'][roll(5)], some(2)]),
  }));
  const told = await page.evaluate(async ([code, tags]) => {
    const wrong = [];
    let drawn = 0;
    const { error } = console;
    console.error = text => { if (text !== 'data-kommune?') error(text); };
    window.alert = () => wrong.push('ran');
    let thrown = '';
    addEventListener('error', event => { thrown = event.message; event.preventDefault(); });
    for (const { attributes, queue } of tags) {
      thrown = '';
      const before = Object.fromEntries(attributes);
      const script = document.createElement('script');
      for (const [name, value] of attributes) script.setAttribute(name, value);
      delete script.dataset.open; // opens by itself, on purpose
      script.removeAttribute('integrity');
      if (queue) window.lokalsvar = queue.map(([command, text]) => [command, text, () => {}]);
      script.textContent = code;
      document.head.append(script);
      const hosts = document.querySelectorAll('lokalsvar-chat');
      const ours = /^[a-z-]+$/.test(before['data-kommune'] || '0');
      let target = true; // a selector that is none is the page's mistake, and told on its console
      try { target = !before['data-target'] || document.querySelector(before['data-target']) !== undefined; } catch { target = false; }
      const say = what => wrong.push(`${what}: ${JSON.stringify({ attributes, queue, thrown })}`);
      if (hosts.length > 1) say('two chats');
      if (!ours && hosts.length) say('a chat of nobody');
      if (ours && target && !hosts.length) say('no chat');
      if (ours && target && thrown) say('thrown');
      for (const host of hosts) {
        drawn++;
        if (host.shadowRoot.querySelector('script, img, iframe, [onerror], [style]')) say('foreign nodes');
        if (host.shadowRoot.querySelector('[part=launcher]').getAttribute('aria-expanded') !== 'false') say('open');
      }
      if (sessionStorage.length + localStorage.length || document.cookie) say('kept something');
      try { window.lokalsvar?.destroy?.(); } catch (thrown) { say('not destroyed: ' + thrown); }
      delete window.lokalsvar;
      document.querySelectorAll('lokalsvar-chat').forEach(host => host.remove());
      script.remove();
    }
    console.error = error;
    return { wrong: wrong.slice(0, 5), count: wrong.length, drawn };
  }, [code, tags]);
  assert.deepEqual(told.wrong, [], `${told.count} of ${TAGS}`);
  assert.ok(told.drawn > TAGS / 3, `${told.drawn} were drawn`);
  assert.deepEqual(page.requests.slice(requests), [], 'nothing is fetched');
  quiet(page);
});
