// Signing in as staff at the kommune's own login, against a certified OpenID provider on loopback and one of our own that forges
// tokens: the whole way in Chromium, and every way in which an answer is not to be believed.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { browser, closeBrowser } from './support.mjs';
import { Surfer, certified, closeAll, forging, people, serving } from './oidc.mjs';

let server, forger;
before(async () => {
  forger = await forging();
  forger.token = forger.good;
  server = await serving(async redirect => ({
    eksempelby: await certified(redirect, { inToken: true }),
    fjordby: forger.issuer,
    andeby: await certified(redirect, { inToken: false }),
  }));
});
after(async () => { await closeBrowser(); await closeAll(); });

const start = (kommune = 'eksempelby') => `${server.address}/api/v1/staff/oidc/start?kommune=${kommune}`;
const session = async surfer => {
  const response = await surfer.go(`${server.address}/api/v1/staff/session`);
  return { status: response.status, ...await response.json() };
};
const SESSION = '__Host-lokalsvar';

/** Goes the whole way; `change` may alter the address at the provider (`at`) or the one that leads back (`back`). */
async function arrive(surfer, { kommune = 'eksempelby', who = 'ida', at = url => url, back = url => url } = {}) {
  const left = await surfer.go(start(kommune));
  assert.equal(left.status, 302);
  const there = at(new URL(left.headers.get('location')));
  const callback = back(new URL(await surfer.toCallback(there.href, who)));
  return { callback: callback.href, response: await surfer.go(callback.href) };
}

async function refused(surfer, { response }, status = 401) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type'), /^text\/html/);
  assert.equal(surfer.cookie(SESSION), undefined, 'no session');
  assert.equal((await session(surfer)).code, 'signed-out');
}

test('who has a group of the mapping is signed in with its roles', async () => {
  const surfer = new Surfer();
  const left = await surfer.go(start());
  const asked = new URL(left.headers.get('location')).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.ok(asked.get('state').startsWith('eksempelby.') && asked.get('nonce').length >= 43);
  assert.match(surfer.cookie('__Host-lokalsvar-oidc').line, /; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/);

  const { response } = await arrive(surfer);
  assert.equal(response.status, 200);
  const page = await response.text();
  assert.match(page, /http-equiv="refresh" content="0; url=\/konsol\/"/);
  assert.doesNotMatch(page, /<script/);
  assert.match(surfer.cookie(SESSION).line, /; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict$/);
  assert.equal(surfer.cookie('__Host-lokalsvar-oidc'), undefined, 'the cookie of the way is gone');
  const mine = await session(surfer);
  assert.equal(mine.name, 'Ida Holm');
  assert.equal(mine.kommune.slug, 'eksempelby');
  assert.deepEqual(mine.roles, ['booking']);

  // Groups change at the login; the account stays the same one.
  people.ida.groups = ['Ledere'];
  const again = new Surfer();
  await arrive(again);
  assert.deepEqual((await session(again)).roles, ['booking-admin', 'tenant-admin']);
  assert.deepEqual((await session(surfer)).roles, ['booking-admin', 'tenant-admin'], 'everywhere at once');
  people.ida.groups = ['Borgerservice'];
  const listed = server.staff('list', '--kommune', 'eksempelby').trim().split('\n');
  assert.equal(listed.length, 1);
  assert.match(listed[0], /^oidc:\S{16}\tIda Holm\t/);
});

test('groups that are told at the userinfo endpoint count too', async () => {
  const surfer = new Surfer();
  const { response } = await arrive(surfer, { kommune: 'andeby' });
  assert.equal(response.status, 200);
  const mine = await session(surfer);
  assert.equal(mine.kommune.slug, 'andeby');
  assert.deepEqual([mine.name, mine.roles], ['Ida Holm', ['booking']]);
});

test('who has no group of the mapping is told so and has no account', async () => {
  const surfer = new Surfer();
  const answer = await arrive(surfer, { who: 'bo' });
  await refused(surfer, answer, 403);
  assert.doesNotMatch(server.staff('list', '--kommune', 'eksempelby'), /Bo Dam/);
});

test('an answer lets in once, and a code not under another state', async () => {
  const first = new Surfer();
  const { callback } = await arrive(first);
  const again = new Surfer();
  await again.go(start());
  await refused(again, { response: await again.go(callback) });
  const code = new URL(callback).searchParams.get('code');
  const replay = new Surfer();
  await refused(replay, await arrive(replay, { back: url => { url.searchParams.set('code', code); return url; } }));
  assert.equal((await session(first)).status, 200);
});

test('an answer to another browser, or to no question, lets nobody in', async () => {
  const hers = new Surfer();
  const left = await hers.go(start());
  const callback = await hers.toCallback(left.headers.get('location'), 'ida');
  const stranger = new Surfer();
  await refused(stranger, { response: await stranger.go(callback) });
  const other = new Surfer();
  await other.go(start());
  await refused(other, { response: await other.go(callback) });
  assert.equal((await hers.go(callback)).status, 200, 'the one who asked still gets in');
  for (const query of ['', '?code=x', '?state=x', '?code=x&state=eksempelby.x', '?error=access_denied', '?state=nowhere.x&code=x']) {
    const surfer = new Surfer();
    await surfer.go(start());
    await refused(surfer, { response: await surfer.go(`${server.address}/api/v1/staff/oidc/callback${query}`) });
  }
});

test('wrong state, wrong nonce, wrong PKCE, wrong issuer, another kommune', async () => {
  const set = (name, value) => url => { url.searchParams.set(name, value); return url; };
  for (const change of [
    { back: set('state', 'eksempelby.' + 'A'.repeat(43)) },
    { back: url => set('state', url.searchParams.get('state').replace('eksempelby', 'fjordby'))(url) },
    { back: set('iss', 'https://login.evil.example') },
    { at: set('nonce', 'A'.repeat(43)) },
    { at: set('code_challenge', 'A'.repeat(43)) },
  ]) {
    const surfer = new Surfer();
    await refused(surfer, await arrive(surfer, change));
  }
});

test('a token that is not right is not believed', async () => {
  const now = () => Math.floor(Date.now() / 1000);
  const refusals = {
    'without a signature': claims => forger.none(claims),
    'signed with the secret of the client': claims => forger.hmac(claims, forger.secret),
    'signed with the public key as a secret': claims => forger.hmac(claims, forger.pem),
    'signed with another key of the same name': claims => forger.strange(claims),
    'signed with an unknown key': claims => forger.unknown(claims),
    'for another client': claims => forger.good({ ...claims, aud: 'andre' }),
    'for another client too': claims => forger.good({ ...claims, aud: ['lokalsvar', 'andre'] }),
    'of another issuer': claims => forger.good({ ...claims, iss: 'https://login.evil.example' }),
    'expired': claims => forger.good({ ...claims, exp: now() - 10 }),
    'with another nonce': claims => forger.good({ ...claims, nonce: 'x' }),
    'without a nonce': ({ nonce, ...claims }) => forger.good(claims),
    'of another access token': claims => forger.good({ ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    'no token at all': () => 'x.y.z',
  };
  for (const [what, token] of Object.entries(refusals)) {
    forger.token = token;
    const before = forger.tokens;
    const surfer = new Surfer();
    const { response } = await arrive(surfer, { kommune: 'fjordby' });
    assert.equal(response.status, what === 'no token at all' ? 502 : 401, what);
    assert.equal(surfer.cookie(SESSION), undefined, what);
    assert.equal(forger.tokens, before + 1, `${what}: the token was given`);
  }
  for (const claims of [{ groups: 'Borgerservice' }, {}]) {
    forger.token = given => forger.good({ ...given, ...claims });
    const surfer = new Surfer();
    assert.equal((await arrive(surfer, { kommune: 'fjordby' })).response.status, 200, 'the same without the mistake');
    assert.deepEqual((await session(surfer)).roles, ['booking']);
  }
  forger.token = forger.good;
});

test('in Chromium: from the login of another site to the console, signed in', async () => {
  const context = await (await browser()).newContext();
  const page = await context.newPage();
  await page.goto(start());
  await page.locator('input[name=login]').fill('ida');
  await page.locator('input[name=password]').fill('x');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(`${server.address}/konsol/`);
  const mine = await page.evaluate(async () => (await fetch('/api/v1/staff/session')).json());
  assert.equal(mine.name, 'Ida Holm');
  const post = (page, headers) => page.evaluate(async headers => (await fetch('/api/v1/staff/sign-out', { method: 'POST', headers })).status, headers);
  assert.equal(await post(page, {}), 403, 'the cookie alone is not enough');
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees it');
  assert.equal(await post(page, { 'lokalsvar-csrf': mine.csrf }), 200);
  assert.equal(await page.evaluate(async () => (await fetch('/api/v1/staff/session')).status), 401);
  await context.close();
});

test('the log has neither names nor codes nor tokens', () => {
  assert.match(server.log, /oidc\/callback/);
  for (const word of ['Ida', 'Eva', 'code=', 'eyJ', '127.0.0.1:', 'hemmelighed', 'Borgerservice']) {
    const found = server.log.split('\n').filter(line => line.includes(word) && !line.includes('"listening"'));
    assert.deepEqual(found, [], word);
  }
});
