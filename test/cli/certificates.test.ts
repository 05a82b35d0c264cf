/** The dates of every certificate between bot and cluster, from real files and real servers. */
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { openCertificates } from '../../src/cli/certificates.ts';
import {
  type Authority,
  type Certificate,
  createAuthority,
} from '../../src/drill/namespaces/certificates.ts';

const day = 24 * 3_600_000;
const read = (path: string): string => readFileSync(path, 'utf8');
const textsOf = ({ certPath, keyPath }: Certificate) => ({ cert: read(certPath), key: read(keyPath) });
const closers: (() => void)[] = [];
let ours: Authority;
let other: Authority;

beforeAll(async () => {
  ours = await createAuthority(await mkdtemp(join(tmpdir(), 'aurora-authority-')), 'ours');
  other = await createAuthority(await mkdtemp(join(tmpdir(), 'aurora-authority-')), 'other');
});
afterAll(() => {
  for (const close of closers) close();
});

/** A server that shows this certificate and wants one, as agents do. */
async function serve(certificate: Certificate, more: TlsOptions = {}): Promise<string> {
  const server = createTlsServer({ ...textsOf(certificate), minVersion: 'TLSv1.3', ...more });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Whole days from now on, as told: `The certificate of the agent` of aurora-1 ends in so many. */
const told = (dates: Awaited<ReturnType<ReturnType<typeof openCertificates>>>) =>
  dates
    .map(
      ({ what, host = '-', validToMs }) => `${host} ${what}: ${Math.round((validToMs - Date.now()) / day)}`,
    )
    .sort();

it('tells what the bot shows, what each server shows, and each authority once', async () => {
  const ca = read(ours.certPath);
  const own = { ca, ...textsOf(await ours.issue('bot', { for: 'client', days: 20 })) };
  const strict = { ca, requestCert: true, rejectUnauthorized: true };
  const first = await serve(await ours.issue('aurora-1', { for: 'server', days: 30 }), strict);
  const second = await serve(await ours.issue('aurora-2', { for: 'server', days: 40 }), strict);
  const master = await serve(await other.issue('m1', { for: 'server', days: 50 }));

  const dates = await openCertificates({
    own: { agents: own, 'Mesos masters': { ca: read(other.certPath) } },
    servers: [
      { name: 'the agent', host: 'aurora-1', url: first, own },
      { name: 'the agent', host: 'aurora-2', url: second, own },
      { name: 'the Mesos master at m1', url: master, own: { ca: read(other.certPath) } },
    ],
    clock: systemClock,
  })();

  expect(told(dates)).toEqual([
    '- The authority other: 2',
    '- The authority ours: 2',
    '- The certificate of the Mesos master at m1: 50',
    '- The certificate that the bot shows to agents: 20',
    'aurora-1 The certificate of the agent: 30',
    'aurora-2 The certificate of the agent: 40',
  ]);
});

it('sees a certificate that has ended, and one of an authority that nobody named', async () => {
  const ended = await serve(await ours.issue('late', { for: 'server', days: 0 }));
  const foreign = await serve(await other.issue('foreign', { for: 'server', days: 5 }));
  const own = { ca: read(ours.certPath) };

  const dates = await openCertificates({
    own: {},
    servers: [
      { name: 'the agent', host: 'aurora-1', url: ended, own },
      { name: 'the agent', host: 'aurora-2', url: foreign, own },
    ],
    clock: systemClock,
  })();

  expect(told(dates)).toEqual([
    '- The authority ours: 2',
    'aurora-1 The certificate of the agent: 0',
    'aurora-2 The certificate of the agent: 5',
  ]);
  expect(dates.find(({ host }) => host === 'aurora-1')?.validToMs).toBeLessThanOrEqual(Date.now());
});

it('of many authorities in one file only those that stand behind something are told', async () => {
  const ca = `${read(other.certPath)}\n${read(ours.certPath)}`;
  const own = { ca, ...textsOf(await ours.issue('bot-of-many', { for: 'client', days: 20 })) };

  const dates = await openCertificates({ own: { agents: own }, servers: [], clock: systemClock })();

  expect(told(dates)).toEqual([
    '- The authority ours: 2',
    '- The certificate that the bot shows to agents: 20',
  ]);
});

it('leaves out who does not answer, who speaks no TLS, and who has no certificate at all', async () => {
  const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  closers.push(() => plain.close());
  const port = (plain.address() as AddressInfo).port;

  const dates = await openCertificates({
    own: {},
    servers: [`https://127.0.0.1:${port}`, 'https://127.0.0.1:1', 'http://127.0.0.1:1'].map((url) => ({
      name: 'the agent',
      url,
      own: {},
    })),
    clock: systemClock,
  })();

  expect(dates).toEqual([]);
});
