// How the script gets onto a page and what the page may tell it: fixed and moving address, integrity, attributes, context,
// navigation without reload, the shim for tags of other chats, the example pages.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, BASE, box, citizen, closeBrowser, hear, launcher, log, open, quiet } from './support.mjs';

after(closeBrowser);

const { files } = JSON.parse(readFileSync(join(process.env.LOKALSVAR_DIST, 'manifest.json'), 'utf8'));
const loaders = files.filter(row => row.role === 'loader');
const fixed = loaders.find(row => /^v\d+\.\d+\.\d+\//.test(row.file));

/** A page of ours that holds this HTML. */
const page_with = (body, { head = '', ...options } = {}) => citizen({
  ...options,
  path: 'proeve.html',
  before: async page => {
    await page.route('**/proeve.html*', route => route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'none'; require-trusted-types-for 'script'" },
      body: `<!doctype html><html lang="da"><head><title>Prøve</title><link rel="icon" href="/eksempelby/logo.svg">${head}</head><body><main><h1>Prøve</h1>${body}</main></body></html>`,
    }));
    await options.before?.(page);
  },
});
const tag = (attributes = '', src = '/lokalsvar.js') => `<script src="${src}" data-kommune="eksempelby" ${attributes} async></script>`;
const hosts = page => page.locator('lokalsvar-chat').count();
const shut = page => box(page).waitFor({ state: 'hidden' });

test('the manifest names the loader under three addresses with their hashes', () => {
  assert.deepEqual(loaders.map(row => row.file), ['lokalsvar.js', 'v1/lokalsvar.js', fixed.file]);
  for (const row of loaders) assert.match(row.sha384, /^sha384-/);
});

for (const row of [loaders[1], fixed]) {
  test(`${row.file} with integrity opens the chat`, async () => {
    const page = await page_with(tag(`integrity="${row.sha384}" crossorigin="anonymous"`, '/' + row.file));
    await open(page);
    assert.match(await ask(page, 'hvad koster et pas'), /pas/i);
    quiet(page);
  });
}

test('a changed loader is refused by the page', async () => {
  const page = await page_with(tag(`integrity="${fixed.sha384}" crossorigin="anonymous"`, '/' + fixed.file), {
    before: page => page.route('**/' + fixed.file, async route => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: await answer.text() + '\n' });
    }),
  });
  assert.equal(await hosts(page), 0);
});

test('after the chat was opened and closed the launcher stands where it stood', async () => {
  const page = await citizen();
  const place = () => launcher(page).boundingBox();
  const before = await place();
  await open(page);
  await page.keyboard.press('Escape');
  await shut(page);
  assert.deepEqual(await place(), before);
  quiet(page);
});

test('data-open opens once without taking the focus, and not again after the citizen closed it', async () => {
  const page = await page_with(tag('data-open'));
  await box(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'body');
  await box(page).focus();
  await page.keyboard.press('Escape');
  await shut(page);
  await page.reload({ waitUntil: 'networkidle' });
  assert.equal(await box(page).count(), 0);
  quiet(page);
});

test('data-open leaves a phone alone', async () => {
  const page = await page_with(tag('data-open'), { width: 360, height: 640 });
  await page.waitForTimeout(1000);
  assert.equal(await box(page).count(), 0);
  quiet(page);
});

test('data-target puts the chat into the page, data-position at the left', async () => {
  const page = await page_with('<div id="her"></div><p>Bagefter</p>' + tag('data-target="#her"'));
  assert.equal(await page.evaluate(() => document.querySelector('lokalsvar-chat').parentNode.id), 'her');
  await open(page);
  const panel = await page.getByRole('dialog').boundingBox();
  const next = await page.getByText('Bagefter').boundingBox();
  assert.ok(panel.y + panel.height <= next.y, 'the panel stands above what follows, not over it');
  quiet(page);
  const left = await page_with(tag('data-position="left"'));
  assert.ok((await launcher(left).boundingBox()).x < 40);
});

test('a chat in the page opens whole: the page scrolls no more than it must, and not at all when the chat opens itself', async () => {
  const long = `<p>Artikel${'<br>'.repeat(24)}</p><div id="her"></div><p>Mere${'<br>'.repeat(90)}</p>${tag('data-target="#her"')}`;
  const page = await page_with(long, { height: 800 });
  await open(page);
  const panel = await page.getByRole('dialog').boundingBox();
  assert.ok(panel.y >= 0 && panel.y + panel.height <= 800, JSON.stringify(panel));
  assert.ok(panel.y > 100, `it was scrolled further than needed: ${JSON.stringify(panel)}`);
  assert.equal(await box(page).evaluate(node => node === node.getRootNode().activeElement), true);
  await page.evaluate(() => scrollTo(0, 0));
  await page.reload({ waitUntil: 'networkidle' });
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => scrollY), 0);
  quiet(page);
});

test('setContext and data-category say what the page is about', async () => {
  const page = await page_with(tag('data-category="pas mitid"'));
  await open(page);
  const welcome = await log(page).innerText();
  assert.match(welcome, /pas/i);
  await page.evaluate(() => lokalsvar.setContext({ topic: 'affald-og-genbrug' }));
  await page.getByRole('dialog').press('Escape');
  await launcher(page).click();
  assert.equal(await log(page).innerText(), welcome, 'a change of context says nothing by itself');
  quiet(page);
});

test('a filter of several topics goes first and closes nothing; what it does not know is one line for the editor', async () => {
  const page = await page_with(tag('data-category="mitid findes-ikke, pas"'));
  await open(page);
  const welcome = await log(page).innerText();
  assert.match(welcome, /mitid/i);
  assert.match(welcome, /pas/i);
  const suggested = async typed => {
    await box(page).fill(typed);
    return page.locator('lokalsvar-chat .suggestion').allInnerTexts();
  };
  assert.match((await suggested('hvad skal jeg medbringe'))[0], /MitID|pas/i);
  assert.match((await suggested('flytning'))[0], /flyt/i, 'what does not fit in the filter is found all the same');
  assert.match(await ask(page, 'hvor afleverer jeg batterier'), /batteri/i);
  await ask(page, 'hvad skal jeg medbringe');
  await page.evaluate(() => lokalsvar.setContext({ categories: ['affald-og-genbrug', 'findes-ikke'] }));
  await page.getByRole('dialog').press('Escape');
  await launcher(page).click();
  assert.match((await suggested('hvad'))[0], /affald|skrald|container|genbrug|batteri|sorter/i);
  assert.deepEqual(page.noise.splice(0), ['lokalsvar: topic? findes-ikke']);
});

test('before the chat is opened, setContext is remembered', async () => {
  const page = await page_with(tag());
  await page.evaluate(() => lokalsvar.setContext({ topic: 'affald-og-genbrug' }));
  await open(page);
  assert.match(await log(page).innerText(), /affald/i);
  quiet(page);
});

test('an event for a followed link carries an id and no address', async () => {
  const page = await page_with(tag());
  await page.evaluate(() => addEventListener('click', event => event.preventDefault()));
  await open(page);
  await ask(page, 'hvad koster et pas');
  await log(page).getByRole('link').first().click();
  await hear(page, 'link');
  const detail = await page.evaluate(() => heard.find(([name]) => name === 'link')[1]);
  assert.deepEqual(Object.keys(detail), ['kommune', 'id']);
  assert.equal(detail.id, 'pas/pris-paa-pas');
  // A link in an answer further up leads away from that one, and one in what is no answer from none.
  await ask(page, 'hvad koster et kørekort');
  await ask(page, 'qqq xyzz');
  const ids = await page.evaluate(async () => {
    const root = document.querySelector('lokalsvar-chat').shadowRoot;
    const messages = [...root.querySelectorAll('[part~=bot-message]')];
    heard.length = 0;
    for (const message of messages) message.querySelector('a')?.click();
    return heard.filter(([name]) => name === 'link').map(([, { id }]) => id);
  });
  assert.deepEqual(ids, ['pas/pris-paa-pas', 'koerekort/pris-koerekort', '']);
});

test('pushState, a replaced body and an emptied body keep the conversation and the panel', async () => {
  const page = await page_with('', { head: tag() });
  await open(page);
  await ask(page, 'hvad koster et pas');
  const said = await log(page).innerText();
  for (const way of ['push', 'replace', 'empty']) {
    await page.evaluate(way => {
      history.pushState(null, '', '/proeve.html?' + way);
      if (way === 'replace') document.body.replaceWith(Object.assign(document.createElement('body'), { id: 'ny' }));
      if (way === 'empty') document.body.replaceChildren(document.createElement('main'));
    }, way);
    await page.waitForFunction(() => document.querySelectorAll('lokalsvar-chat').length === 1);
    assert.ok(await box(page).isVisible(), way);
    assert.equal(await log(page).innerText(), said, way);
  }
  await page.evaluate(() => lokalsvar.destroy());
  await page.waitForTimeout(100);
  assert.equal(await hosts(page), 0, 'taken away it stays away');
  quiet(page);
});

test('a conversation goes on from page to page, and with a hash in the address', async () => {
  const page = await citizen({ path: 'eksempelby/index.html' });
  await open(page);
  await ask(page, 'hvad koster et pas');
  for (const path of ['pas', 'affald', 'artikel', 'index']) {
    await page.goto(`${BASE}eksempelby/${path}.html`);
    await box(page).waitFor();
    assert.match(await log(page).innerText(), /hvad koster et pas/, path);
  }
  const other = await citizen({ path: 'eksempelby/index.html#lokalsvar=pas/pris-paa-pas' });
  await hear(other, 'answered');
  quiet(other);
});

test('boostInit: a panel of the old kind drives the chat', async () => {
  const page = await citizen({ path: 'eksempler/boost.html' });
  await page.getByRole('button', { name: 'Spørg om pas' }).click();
  await hear(page, 'answered');
  assert.equal((await page.evaluate(() => heard.find(([name]) => name === 'answered')))[1].id, 'pas/pris-paa-pas');
  await page.waitForSelector('body[data-panel=open]');
  assert.deepEqual(await page.evaluate(() => {
    const filters = [];
    const panel = boostInit('eksempelby');
    panel.addEventListener('filterValuesChanged', event => filters.push(event.detail.filterValues));
    panel.setFilterValues(['pas']);
    panel.chatPanel.minimize();
    return filters;
  }), [['pas']]);
  await shut(page);
  assert.equal(await hosts(page), 1);
  quiet(page);
});

test('MUNI\'s municipalityCode and category are understood, an unknown code is told', async () => {
  const muni = code => `<script src="/lokalsvar-boost.js" municipalityCode="${code}" category="pas" async></script>`;
  const page = await page_with(muni('9001'));
  await open(page);
  assert.match(await log(page).innerText(), /Eksempelbot[\s\S]*Pas til et barn/);
  quiet(page);
  const wrong = await page_with(muni('4242'));
  assert.equal(await hosts(wrong), 0);
  assert.match(wrong.noise.join(), /4242/);
});

test('the shim knows all 98 kommuner by their codes', () => {
  const shim = readFileSync(join(process.env.LOKALSVAR_DIST, 'lokalsvar-boost.js'), 'utf8');
  for (const pair of ['0101:koebenhavn', '0751:aarhus', '0860:hjoerring', '9001:eksempelby']) assert.ok(shim.includes(pair), pair);
  assert.ok(shim.match(/\d{4}:[a-z-]+/g).length >= 100);
});

test('the examples: strict policy, hostile styles, inline in an article, engine alone', async () => {
  const strict = await citizen({ path: 'eksempler/streng-csp.html' });
  await open(strict);
  assert.match(await ask(strict, 'hvad koster et pas'), /pas/i);
  assert.deepEqual(await strict.evaluate(() => heard.filter(([name]) => name === 'csp')), []);
  quiet(strict);

  const plain = await citizen({ path: 'eksempelby/index.html' });
  const hostile = await citizen({ path: 'eksempler/fjendtlig-css.html' });
  const [one, other] = await Promise.all([plain, hostile].map(page => launcher(page).boundingBox()));
  assert.deepEqual([other.width, other.height], [one.width, one.height]);
  await open(hostile);
  quiet(hostile);

  const article = await citizen({ path: 'eksempler/artikel.html' });
  await box(article).waitFor();
  quiet(article);

  const own = await citizen({ path: 'eksempler/eget-design.html' });
  await own.getByText('Klar.').waitFor();
  await own.getByLabel('Dit spørgsmål').fill('hvad koster et pas');
  await own.getByRole('button', { name: 'Find svar' }).click();
  await own.getByRole('link', { name: 'Hvad koster et pas?' }).waitFor();
  quiet(own);
});
