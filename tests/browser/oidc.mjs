// What the tests of signing in share: `lokalsvar serve` with two kommuner, a certified OpenID provider (oidc-provider) that one of
// them signs in at, a provider of our own that forges tokens for the other, and a browser without a screen that keeps cookies.
import { spawn, execFileSync } from 'node:child_process';
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';

const PROGRAM = process.env.LOKALSVAR;
const DIST = process.env.LOKALSVAR_DIST;
const SECRET = 'en-hemmelighed-paa-32-tegn-mindst!';
const closing = [];

/** Ends everything that was started. */
export const closeAll = async () => {
  for (const close of closing.splice(0).reverse()) await close();
};

const listening = async (server, host = '127.0.0.1') => {
  await new Promise((done, failed) => server.once('error', failed).listen(0, host, done));
  closing.push(() => new Promise(done => { server.closeAllConnections(); server.close(done); }));
  return server.address().port;
};

const freePort = async () => {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
};

/** The people whom the certified provider knows; tests change their groups. */
export const people = {
  ida: { name: 'Ida Holm', groups: ['Borgerservice', 'Kantinen'] },
  bo: { name: 'Bo Dam', groups: ['Kantinen'] },
};

/** oidc-provider on `localhost`, another site than the server's 127.0.0.1. `inToken` puts groups into the ID token. */
export async function certified(redirect, { inToken }) {
  const server = createServer((request, response) => handle(request, response));
  const port = await listening(server, 'localhost');
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'lokalsvar', client_secret: SECRET, redirect_uris: [redirect], grant_types: ['authorization_code'],
      response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic',
    }],
    claims: { openid: ['sub'], profile: ['name', 'groups'] },
    conformIdTokenClaims: !inToken,
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    async loadExistingGrant(context) {
      const { Grant } = context.oidc.provider;
      const grant = new Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  return issuer;
}

const base64 = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A provider that says whatever a test wants: `forger.token = ({ nonce, claims }) => text`. */
export async function forging() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' };
  const forger = { codes: new Map(), tokens: 0 };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, forger.issuer);
    const json = (body, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer: forger.issuer, authorization_endpoint: `${forger.issuer}/auth`, token_endpoint: `${forger.issuer}/token`,
        jwks_uri: `${forger.issuer}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      });
    }
    if (url.pathname === '/jwks') return json({ keys: [key] });
    if (url.pathname === '/auth') {
      const code = randomBytes(8).toString('hex');
      forger.codes.set(code, Object.fromEntries(url.searchParams));
      const back = new URL(url.searchParams.get('redirect_uri'));
      back.search = new URLSearchParams({ code, state: url.searchParams.get('state') });
      return response.writeHead(302, { location: back.href }).end();
    }
    const body = new URLSearchParams(await new Response(request).text());
    const asked = forger.codes.get(body.get('code'));
    const challenge = createHash('sha256').update(body.get('code_verifier') ?? '').digest('base64url');
    if (!asked || asked.code_challenge !== challenge) return json({ error: 'invalid_grant' }, 400);
    forger.tokens++;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: forger.issuer, aud: 'lokalsvar', sub: 'eva', exp: now + 60, iat: now, nonce: asked.nonce, name: 'Eva Krog', groups: ['Borgerservice'] };
    json({ access_token: 'adgang', token_type: 'Bearer', expires_in: 60, id_token: forger.token(claims) });
  });
  forger.issuer = `http://localhost:${await listening(server, 'localhost')}`;
  const rs256 = (head, claims, key) => {
    const text = `${base64(head)}.${base64(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };
  forger.good = claims => rs256({ alg: 'RS256', kid: 'k1' }, claims, privateKey);
  forger.strange = claims => rs256({ alg: 'RS256', kid: 'k1' }, claims, other.privateKey);
  forger.unknown = claims => rs256({ alg: 'RS256', kid: 'k2' }, claims, other.privateKey);
  forger.none = claims => `${base64({ alg: 'none' })}.${base64(claims)}.`;
  forger.hmac = (claims, secret) => {
    const text = `${base64({ alg: 'HS256', kid: 'k1' })}.${base64(claims)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  forger.pem = publicKey.export({ format: 'pem', type: 'spki' });
  forger.secret = SECRET;
  return forger;
}

/** `lokalsvar serve` whose kommuner sign in at these issuers. Gives address, folder, and the terminal's `staff`. */
export async function serving(issuerOf) {
  const folder = mkdtempSync(join(tmpdir(), 'lokalsvar-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const issuers = await issuerOf(`${address}/api/v1/staff/oidc/callback`);
  const booking = readFileSync(join(DIST, 'eksempelby.booking.json'), 'utf8');
  const kommune = (slug, issuer) => {
    writeFileSync(join(folder, `${slug}.booking.json`), booking.replaceAll('eksempelby', slug));
    return `[[kommune]]
slug = "${slug}"
site_key = "noegle-${slug}"
origins = ["${address}"]
page = "${address}/${slug}/"
[kommune.oidc]
issuer = "${issuer}"
client_id = "lokalsvar"
role_claim = "groups"
roles = { "Borgerservice" = ["booking"], "Ledere" = ["booking-admin", "tenant-admin"] }
`;
  };
  const config = join(folder, 'lokalsvar.toml');
  writeFileSync(config, `listen = "127.0.0.1:${port}"
public_url = "${address}"
booking = "."
database = "sqlite:tider.db"
[limits]
requests_per_second = 1e6
requests_burst = 1e6
${Object.entries(issuers).map(([slug, issuer]) => kommune(slug, issuer)).join('')}`);
  const env = { ...process.env, RUST_LOG: 'info' };
  for (const slug of Object.keys(issuers)) env[`LOKALSVAR_OIDC_SECRET_${slug.toUpperCase()}`] = SECRET;
  delete env.DATABASE_URL;
  const server = spawn(PROGRAM, ['serve', '--config', config, '--dist', DIST, '--site', 'www/demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { address, folder, log: '' };
  server.stderr.on('data', text => told.log += text);
  const ended = new Promise(done => server.once('exit', done));
  closing.push(async () => { server.kill('SIGTERM'); await ended; });
  await Promise.race([
    new Promise(done => server.stdout.once('data', done)),
    ended.then(status => { throw new Error(`serve ended with ${status}: ${told.log}`); }),
  ]);
  told.staff = (...args) => execFileSync(PROGRAM, ['staff', args[0], '--config', config, ...args.slice(1)], { env, encoding: 'utf8' });
  return told;
}

/** A browser without a screen: keeps cookies by host, follows nothing by itself. */
export class Surfer {
  cookies = new Map();

  async go(address, { body, headers = {} } = {}) {
    const url = new URL(address);
    const mine = [...this.cookies.values()].filter(cookie => cookie.host === url.hostname && url.pathname.startsWith(cookie.path));
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET', body, redirect: 'manual',
      headers: { ...headers, cookie: mine.map(cookie => `${cookie.name}=${cookie.value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...rest] = line.split('; ');
      const name = pair.slice(0, pair.indexOf('='));
      const path = rest.find(part => /^path=/i.test(part))?.slice(5) ?? '/';
      const key = `${url.hostname} ${path} ${name}`;
      if (rest.some(part => /^max-age=0$/i.test(part) || /^expires=Thu, 01 Jan 1970/i.test(part))) this.cookies.delete(key);
      else this.cookies.set(key, { host: url.hostname, path, name, value: pair.slice(pair.indexOf('=') + 1), line });
    }
    return response;
  }

  cookie(name) {
    return [...this.cookies.values()].find(cookie => cookie.name === name);
  }

  /** Follows redirects, signs in as `who` where a provider asks, and gives the address at which a provider sends back. */
  async toCallback(start, who) {
    let address = start;
    for (let step = 0; step < 12; step++) {
      let response = await this.go(address);
      if (response.status === 200 && new URL(address).pathname.startsWith('/interaction/')) {
        response = await this.go(address, { body: new URLSearchParams({ prompt: 'login', login: who, password: 'x' }) });
      }
      const next = response.headers.get('location');
      if (!next) throw new Error(`${response.status} at ${address}: ${(await response.text()).slice(0, 300)}`);
      address = new URL(next, address).href;
      if (new URL(address).pathname.endsWith('/oidc/callback')) return address;
    }
    throw new Error('too many redirects');
  }
}
