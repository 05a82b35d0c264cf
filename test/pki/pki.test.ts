/** An authority of our own: judged by Node's TLS, by Debian's `openssl verify`, and by what lies in its directory afterwards. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { beforeEach, describe, expect, it } from 'vitest';
import { initAuthority, issueInto, listHeld, renewIn } from '../../src/pki/directory.ts';

const dayMs = 24 * 3_600_000;
const now = Date.now();
let directory: string;
const at = (file: string): string => join(directory, file);
const read = (file: string): string => readFileSync(at(file), 'utf8');
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const agent = {
  name: 'aurora-1',
  use: 'server',
  names: ['aurora-1.example.org', '127.0.0.1'],
  days: 365,
  now,
} as const;
const bot = {
  name: 'bot',
  use: 'client',
  names: ['bot.example.org', 'spiffe://east/bot'],
  days: 365,
  now,
} as const;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'aurora-pki-')), 'pki');
  await initAuthority(directory, { name: 'ours', days: 3650, now });
  await issueInto(directory, agent);
  await issueInto(directory, bot);
});

describe('what an authority issues', () => {
  it('is good to openssl, each for its own purpose and names', () => {
    const verify = (...args: string[]) => openssl('verify', '-x509_strict', '-CAfile', 'ca.pem', ...args);

    expect(
      verify('-purpose', 'sslserver', '-verify_hostname', 'aurora-1.example.org', 'aurora-1.pem'),
    ).toContain('OK');
    expect(verify('-purpose', 'sslserver', '-verify_ip', '127.0.0.1', 'aurora-1.pem')).toContain('OK');
    expect(verify('-purpose', 'sslclient', 'bot.pem')).toContain('OK');
    expect(() => verify('-purpose', 'sslclient', 'aurora-1.pem')).toThrow(/unsuitable certificate purpose/);
    expect(() => verify('-purpose', 'sslserver', 'bot.pem')).toThrow(/unsuitable certificate purpose/);
    expect(() => verify('-verify_hostname', 'aurora-2.example.org', 'aurora-1.pem')).toThrow(/mismatch/);
    expect(openssl('x509', '-in', 'ca.pem', '-noout', '-text')).toMatch(/CA:TRUE, pathlen:0/);
    expect(openssl('x509', '-in', 'bot.pem', '-noout', '-text')).toMatch(/URI:spiffe:\/\/east\/bot/);
  });

  it('cannot be an authority itself', async () => {
    const mine = new X509Certificate(read('aurora-1.pem'));

    expect(mine.ca).toBe(false);
    expect(openssl('x509', '-in', 'aurora-1.pem', '-noout', '-text')).not.toMatch(/Certificate Sign/);
  });

  it('lets two programs shake hands over TLS 1.3, and nobody else', async () => {
    const other = join(directory, 'other');
    await initAuthority(other, { name: 'ours', days: 1, now });
    await issueInto(other, bot);
    const client = (from: string, name: string) => ({
      ca: read('ca.pem'),
      cert: readFileSync(join(from, `${name}.pem`)),
      key: readFileSync(join(from, `${name}.key`)),
    });

    expect(await shakeHands(client(directory, 'bot'))).toBe('bot');
    expect(await shakeHands(client(other, 'bot'))).toBe('refused');
    expect(await shakeHands(client(directory, 'aurora-1'))).toBe('refused');
  });
});

describe('the directory of an authority', () => {
  it('is for its owner alone, and nothing in it is overwritten', async () => {
    const before = readdirSync(directory).map((file) => [file, read(file)]);

    await expect(initAuthority(directory, { name: 'x', days: 1, now })).rejects.toMatchObject({
      code: 'pki-exists',
    });
    await expect(issueInto(directory, agent)).rejects.toMatchObject({ code: 'pki-exists' });
    unlinkSync(at('bot.key'));
    await expect(issueInto(directory, bot)).rejects.toMatchObject({ code: 'pki-exists' });

    expect(readdirSync(directory).map((file) => [file, read(file)])).toEqual(
      before.filter(([file]) => file !== 'bot.key'),
    );
    expect(readdirSync(directory).map((file) => statSync(at(file)).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600, 0o600, 0o600,
    ]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('renews a certificate for the key that it has, and keeps the one of before', async () => {
    const before = { pem: read('aurora-1.pem'), key: read('aurora-1.key') };

    const held = await renewIn(directory, { name: 'aurora-1', days: 400, newKey: false, now });

    expect(held).toMatchObject({
      use: 'server',
      names: agent.names,
      endsAt: Math.floor((now + 400 * dayMs) / 1000) * 1000,
      fault: null,
    });
    expect(read('aurora-1.key')).toBe(before.key);
    expect(keptOf('aurora-1.pem')).toEqual([before.pem]);
  });

  it('renews with a new key when asked, and keeps both files of before', async () => {
    const before = { pem: read('bot.pem'), key: read('bot.key') };

    const held = await renewIn(directory, { name: 'bot', days: 10, newKey: true, now });

    expect(held.fault).toBeNull();
    expect(new X509Certificate(before.pem).checkPrivateKey(createPrivateKey(read('bot.key')))).toBe(false);
    expect([keptOf('bot.pem'), keptOf('bot.key')]).toEqual([[before.pem], [before.key]]);
  });

  it('renews the authority, and what it has issued stays good', async () => {
    await renewIn(directory, { name: 'ca', days: 7000, newKey: false, now });

    expect(openssl('verify', '-CAfile', 'ca.pem', 'aurora-1.pem', 'bot.pem')).toMatch(
      /aurora-1.pem: OK\nbot.pem: OK/,
    );
    await expect(renewIn(directory, { name: 'ca', days: 1, newKey: true, now })).rejects.toMatchObject({
      code: 'pki-authority-key',
    });
  });

  it('names a pair that does not fit, and a certificate of another authority', async () => {
    const other = join(directory, 'other');
    await initAuthority(other, { name: 'ours', days: 1, now });
    await issueInto(other, agent);
    writeFileSync(at('bot.key'), read('aurora-1.key'));
    writeFileSync(at('aurora-1.pem'), readFileSync(join(other, 'aurora-1.pem')));
    chmodSync(at('bot.key'), 0o600);

    const faults = (await listHeld(directory)).map(({ name, fault }) => [name, fault]);

    expect(faults).toEqual([
      ['ca', null],
      ['aurora-1', 'it was not issued by the authority of this directory'],
      ['bot', 'bot.key is not its key'],
    ]);
  });

  it.each(['../bot', '.hidden', 'ca', '', 'a b', 'x'.repeat(65), 'a\nb'])(
    'has no place for the name %j',
    async (name) => {
      await expect(issueInto(directory, { ...agent, name })).rejects.toMatchObject({ code: 'pki-name' });
    },
  );

  it.each(['a b', '-x', 'http://', '10.0.0.1:8090', 'a,b', 'a\u0000b', ''])(
    'issues nothing for %j',
    async (name) => {
      await expect(issueInto(directory, { ...agent, name: 'new', names: [name] })).rejects.toMatchObject({
        code: 'pki-name',
      });
      expect(readdirSync(directory)).toHaveLength(6);
    },
  );
});

function keptOf(file: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${file}.until-`))
    .map(read);
}

/** The common name that the server saw, or `refused`. */
async function shakeHands(client: { ca: string; cert: Buffer; key: Buffer }): Promise<string> {
  const server = createServer({
    ca: read('ca.pem'),
    cert: read('aurora-1.pem'),
    key: read('aurora-1.key'),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.end(String(socket.getPeerCertificate().subject.CN));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const seen = await new Promise<string>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...client });
    socket.once('data', (said) => resolve(String(said)));
    // TLS 1.3 tells a client of its refusal only after its own end of the handshake.
    socket.on('error', () => resolve('refused'));
    socket.once('close', () => resolve('refused'));
  });
  server.close();
  return seen;
}
