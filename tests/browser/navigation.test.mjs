// From page to page: by plain links, by pushState, and by a script that swaps the body as Turbo does. Conversation and
// panel stay as they were, and there is one chat however often it is embedded.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { ask, box, citizen, closeBrowser, hear, launcher, log, open, quiet } from './support.mjs';
import { html, TAG, visitor } from './host.mjs';

after(closeBrowser);

const QUESTIONS = ['hvad koster et pas', 'hvordan melder jeg flytning', 'pas', 'hvor afleverer jeg batterier', 'mit kørekort er væk'];
const hosts = page => page.locator('lokalsvar-chat').count();
const isOpen = page => page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#panel')?.hidden === false);
/** All that the log shows, without its state of scrolling. */
const shown = async page => (await log(page).innerText()).replace(/\s+/g, ' ');

test('five pages by plain links: the panel stays open and the conversation grows', async () => {
  const page = await citizen({ path: 'eksempelby/index.html', height: 1000 });
  await open(page);
  let before = '';
  for (const [i, name] of ['Pas', 'Affald', 'Nyheder', 'Kontakt', 'Forside'].entries()) {
    await ask(page, QUESTIONS[i]);
    before = await shown(page);
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click();
    await box(page).waitFor();
    await hear(page, 'ready');
    assert.equal(await isOpen(page), true, name);
    assert.equal(await shown(page), before, name);
    assert.equal(await hosts(page), 1);
  }
  // Closed stays closed, and what was said is there again when it is opened.
  await page.getByRole('button', { name: 'Luk chatten' }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Pas', exact: true }).first().click();
  await launcher(page).waitFor();
  await page.waitForTimeout(700);
  assert.equal(await box(page).isVisible(), false);
  await open(page);
  assert.equal(await shown(page), before);
  quiet(page);
});

test('five pages by pushState: nothing is mounted anew', async () => {
  const page = await visitor({ 'side.html': html(`<main><h1>Side</h1></main>${TAG}`) });
  await open(page);
  await page.evaluate(() => { window.first = document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#panel'); });
  for (const [i, question] of QUESTIONS.entries()) {
    await ask(page, question);
    const before = await shown(page);
    await page.evaluate(i => {
      history.pushState({ i }, '', `/side-${i}.html`);
      document.querySelector('main').innerHTML = `<h1>Side ${i}</h1>`;
      dispatchEvent(new PopStateEvent('popstate', { state: { i } }));
    }, i);
    assert.equal(await isOpen(page), true);
    assert.equal(await shown(page), before);
    assert.ok(await page.evaluate(() => window.first === document.querySelector('lokalsvar-chat').shadowRoot.querySelector('#panel')));
  }
  await page.goBack();
  assert.equal(await isOpen(page), true);
  quiet(page);
});

/** Takes the next page's body as Turbo Drive does: scripts of the body run again, those of the head do not. */
const swap = (page, path) => page.evaluate(async path => {
  const next = new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html');
  const body = document.adoptNode(next.body);
  const loaded = [...body.querySelectorAll('script')].map(old => new Promise(done => {
    const fresh = document.createElement('script');
    for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
    fresh.onload = done;
    old.replaceWith(fresh);
  }));
  document.documentElement.replaceChild(body, document.body);
  history.pushState({}, '', path);
  for (const name of ['turbo:render', 'turbo:load', 'turbolinks:load']) document.dispatchEvent(new Event(name));
  await Promise.all(loaded);
}, path);

for (const place of ['body', 'head']) {
  test(`five pages by a swapped body, the tag in the ${place}`, async () => {
    const made = i => place === 'body' ? html(`<main><h1>Side ${i}</h1></main>${TAG}`) : html(`<main><h1>Side ${i}</h1></main>`, TAG);
    const page = await visitor(Object.fromEntries([0, 1, 2, 3, 4].map(i => [`turbo${i}.html`, made(i)])));
    await open(page);
    for (const [i, question] of QUESTIONS.entries()) {
      await ask(page, question);
      const before = await shown(page);
      await swap(page, `/turbo${(i + 1) % 5}.html`);
      assert.equal(await page.locator('h1').innerText(), `Side ${(i + 1) % 5}`);
      assert.equal(await hosts(page), 1, 'the chat is on the page');
      assert.equal(await isOpen(page), true);
      assert.equal(await shown(page), before);
    }
    assert.equal(await page.evaluate(() => heard.filter(([name]) => name === 'opened').length), 1, 'opened once');
    quiet(page);
  });
}

test('after a swapped body the log is where it was', async () => {
  const page = await visitor(Object.fromEntries([0, 1].map(i => [`turbo${i}.html`, html(`<main><h1>Side ${i}</h1></main>${TAG}`)])));
  await open(page);
  for (const question of QUESTIONS) await ask(page, question);
  await page.waitForTimeout(2000);
  const scrolled = () => log(page).evaluate(node => Math.round(node.scrollTop));
  const before = await scrolled();
  assert.ok(before > 100, `${before} px`);
  await swap(page, '/turbo1.html');
  assert.ok(Math.abs(await scrolled() - before) <= 2, `${await scrolled()} px, it was ${before}`);
});

test('embedded twice, in head and body, with another topic: one chat', async () => {
  const page = await visitor({ 'side.html': html(`<main><h1>Side</h1></main>${TAG}${TAG.replace(' async', ' data-topic="pas"')}`, TAG) });
  await launcher(page).waitFor();
  assert.equal(await hosts(page), 1);
  await open(page);
  await ask(page, 'hvad koster et pas');
  assert.equal(await page.evaluate(() => heard.filter(([name]) => name === 'answered').length), 1);
  assert.equal(page.requests.filter(url => url.endsWith('.wasm')).length, 1);
  quiet(page);
});
