// Where the engine cannot run the launcher opens the plain list: topics with links, phone, opening hours. And the pages
// those links lead to: valid, without script, readable on their own.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, box, browser, citizen, closeBrowser, launcher, quiet } from './support.mjs';

after(closeBrowser);

const list = page => page.getByRole('dialog', { name: /Find svar/ });
const NO_WASM = page => page.addInitScript(() => { WebAssembly.compile = () => Promise.reject(new Error('simulated')); });

async function shown(page) {
  await launcher(page).click();
  await list(page).waitFor();
  assert.equal(await box(page).count(), 0, 'no panel');
}

for (const [why, options] of [
  ['the policy of the page forbids WebAssembly', { path: 'eksempler/uden-wasm.html' }],
  ['there is no WebAssembly', { before: page => page.addInitScript(() => { delete window.WebAssembly; }) }],
  ['it does not compile', { before: NO_WASM }],
  ['the engine does not start', { before: page => page.addInitScript(() => { WebAssembly.instantiate = () => Promise.reject(new Error('simulated')); }) }],
  ['the engine is damaged', { before: page => page.route('**/engine-*.wasm', route => route.fulfill({ status: 200, body: 'no' })) }],
  ['the bundle is gone', { before: page => page.route('**/eksempelby-*.kb', route => route.abort()) }],
]) {
  test(`the plain list when ${why}`, async () => {
    const page = await citizen(options);
    await shown(page);
    assert.match(await list(page).getByRole('link', { name: /Ring til 00/ }).getAttribute('href'), /^tel:\d+$/);
    assert.ok(await list(page).getByRole('row').count() >= 3, 'opening hours');
    await list(page).getByText('Pas', { exact: true }).click();
    const link = list(page).getByRole('link', { name: 'Hvad koster et pas?' });
    assert.equal(await link.getAttribute('href'), BASE + 'eksempelby/pas/pris-paa-pas.html');
    await link.click();
    await page.waitForURL('**/eksempelby/pas/pris-paa-pas.html');
    assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /Hvad koster et pas/);
  });
}

test('focus goes into the list, Esc closes it and goes back, the launcher opens it anew', async () => {
  const page = await citizen({ before: NO_WASM });
  await launcher(page).focus();
  for (const _ of [1, 2]) {
    await page.keyboard.press('Enter');
    await list(page).waitFor();
    await page.waitForFunction(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.localName === 'h2');
    assert.equal(await launcher(page).getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Escape');
    await list(page).waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.querySelector('lokalsvar-chat').shadowRoot.activeElement?.part.value), 'launcher');
    assert.equal(await launcher(page).getAttribute('aria-expanded'), 'false');
  }
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0, 'nothing is stored');
});

test('the list speaks English on an English page, and says that the pages are Danish', async () => {
  const page = await citizen({
    path: 'eksempelby/artikel.html',
    before: async page => {
      await NO_WASM(page);
      await page.route('**/artikel.html', async route => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace('data-kommune', 'data-lang="en" data-kommune') });
      });
    },
  });
  await page.getByRole('button', { name: /Ask us/ }).click();
  const dialog = page.getByRole('dialog', { name: /Find answers/ });
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /in Danish[\s\S]*Call 00/);
});

test('axe finds nothing in the list, light and dark', async () => {
  const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
  for (const colorScheme of ['light', 'dark']) {
    const page = await citizen({ before: NO_WASM, colorScheme });
    await shown(page);
    await page.evaluate(axe + ';0');
    const { violations } = await page.evaluate(() => axe.run('lokalsvar-chat'));
    assert.deepEqual(violations.map(v => [v.id, v.nodes.map(n => n.target.join(' '))]), []);
  }
});

test('a changed list is refused, the phone number stays', async () => {
  const page = await citizen({
    before: async page => {
      await NO_WASM(page);
      await page.route('**/eksempelby.liste-*.json', async route => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace('00 12', '90 12') });
      });
    },
  });
  await launcher(page).click();
  await page.getByRole('button', { name: 'Prøv igen' }).waitFor();
  await page.waitForTimeout(1000);
  assert.equal(await list(page).count(), 0);
  assert.equal(await page.getByRole('link', { name: /Ring til 00/ }).count(), 1);
});

test('every static page is whole: language, one heading, phone, hours, links that lead somewhere, no script', async () => {
  const folder = process.env.LOKALSVAR_DIST;
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const names = files.filter(row => row.role === 'page' && row.app !== 'console').map(row => row.file);
  const pages = names.filter(name => name.endsWith('.html'));
  assert.ok(pages.length > 200, `${pages.length} pages`);
  const page = await (await browser()).newPage();
  for (const name of pages) {
    const html = readFileSync(join(folder, name), 'utf8');
    assert.match(html, /^<!doctype html>\n<html lang="da">\n<head>\n<meta charset="utf-8">/, name);
    assert.match(html, /<meta name="robots" content="noindex">/, name);
    assert.doesNotMatch(html, /<script|<style|\sstyle=|\son\w+=|javascript:/i, name);
    const seen = await page.evaluate(html => {
      const doc = new DOMParser().parseFromString(html, 'text/html');
      // What the parser had to mend would not come out as it went in.
      const plain = text => text.replace(/\s+/g, '').replace(/^<!doctypehtml>/i, '').replace(/&quot;/g, '"');
      return {
        same: plain(doc.documentElement.outerHTML) === plain(html),
        headings: doc.querySelectorAll('h1').length, tel: doc.querySelectorAll('footer a[href^="tel:"]').length,
        title: doc.title, empty: [...doc.querySelectorAll('a, h1, h2, li, td')].filter(node => !node.textContent.trim()).length,
        links: [...doc.querySelectorAll('a')].map(link => link.getAttribute('href')),
      };
    }, html).catch(error => ({ error: error.message }));
    assert.equal(seen.error, undefined, name);
    assert.ok(seen.same, `${name} is not what a parser makes of it`);
    assert.equal(seen.headings, 1, name);
    assert.equal(seen.tel, 1, name);
    assert.equal(seen.empty, 0, name);
    for (const link of seen.links) {
      if (/^(https:|tel:|mailto:)/.test(link)) continue;
      assert.ok(names.includes(new URL(link, 'http://x/' + name).pathname.slice(1)), `${name}: ${link}`);
    }
  }
});

test('a static page looks right without script and is readable on a phone', async () => {
  const context = await (await browser()).newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  await page.goto(BASE + 'eksempelby/kontakt-og-aabningstider/aabningstider-borgerservice.html');
  assert.ok(await page.getByRole('table').count() >= 1);
  assert.equal(await page.locator('link[rel=stylesheet]').count(), 1);
  const response = await page.request.get(BASE + 'eksempelby/side.css');
  assert.equal(response.status(), 200);
  await page.getByRole('link', { name: 'Alle emner' }).click();
  await page.getByRole('link', { name: 'Pas', exact: true }).click();
  await page.getByRole('link', { name: 'Hvad koster et pas?' }).click();
  assert.match(page.url(), /pas\/pris-paa-pas\.html$/);
});
