/** Real TLS between the real client and the real agent, with certificates that are right and wrong in every way. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningAgent, startAgent } from '../../src/agent/agent.ts';
import type { ClientTls } from '../../src/agent/agent-http.ts';
import { connectAgent } from '../../src/agent/client.ts';
import { type AgentConfig, parseAgentConfig } from '../../src/agent/config.ts';
import { operationTable } from '../../src/agent/operations/table.ts';
import { identityOf } from '../../src/agent/tls-identity.ts';
import type { Clock } from '../../src/aurora/clock.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import {
  type Authority,
  type Certificate,
  createAuthority,
} from '../../src/drill/namespaces/certificates.ts';
import { wholeList } from '../support/whole-list.ts';
import { readAudit } from './support/audit-lines.ts';
import { clientTls } from './support/client-tls.ts';
import { createTestHost, type TestHost, until } from './support/test-host.ts';

let host: TestHost;
let ours: Authority;
let foreign: Authority;
let server: Certificate;
let bot: Certificate;
let agent: RunningAgent;

const withTls = (tls: Partial<NonNullable<AgentConfig['tls']>> = {}): AgentConfig => ({
  ...host.config,
  tls: { cert: server.certPath, key: server.keyPath, clientCa: ours.certPath, ...tls },
});
const start = (config: AgentConfig, clock: Clock = systemClock): Promise<RunningAgent> =>
  startAgent({ config, clock, operations: operationTable, logger: pino({ level: 'silent' }) });
const connected = (url: string, tls: ClientTls): HostAgent =>
  connectAgent({ host: 'aurora-1', url, deadlineMs: 10_000, clock: systemClock, tls });
const auditRules = async (): Promise<unknown[]> =>
  (await readAudit(host.path('state'))).map(({ rule }) => rule);

beforeAll(async () => {
  host = await createTestHost();
  ours = await createAuthority(host.path('ca'), 'ours');
  foreign = await createAuthority(host.path('foreign'), 'foreign');
  server = await ours.issue('aurora-1', { for: 'server' });
  bot = await ours.issue('bot', { for: 'client' });
  agent = await start(withTls());
});
afterAll(async () => {
  await agent.close();
  await host.dispose();
});

describe('an agent with TLS', () => {
  test('answers its client, and does what it has signed', async () => {
    const client = connected(agent.url, clientTls(ours, bot));

    const status = await client.readStatus();
    const done = await client.perform(host.request('block-traffic', {}));
    await client.perform(host.request('unblock-traffic', {}));

    expect(agent.url).toMatch(/^https:/);
    expect(status.host).toBe('aurora-1');
    expect(done).toMatchObject({ state: 'done', changed: true });
  });

  test('passes calls to the scheduler over TLS', async () => {
    const client = connected(agent.url, clientTls(ours, bot));
    await client.perform(host.request('start-scheduler', {}));
    await until(async () => (await client.readStatus()).scheduler.httpPortOpen, 'the scheduler answers');

    const staged = await client.scheduler.queryStaged(wholeList);

    expect(staged).toBeNull();
  });

  test('names the certificate of its client in the audit log', async () => {
    await connected(agent.url, clientTls(ours, bot)).readStatus();

    const last = (await readAudit(host.path('state'), 'read')).at(-1);

    expect(last).toMatchObject({
      decision: 'granted',
      request: 'GET /v1/status',
      client: expect.stringMatching(/^bot ([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  test.each<[string, () => Promise<ClientTls>]>([
    [
      'one of a foreign authority',
      async () => clientTls(ours, await foreign.issue('bot', { for: 'client' })),
    ],
    [
      'one that has expired',
      async () => clientTls(ours, await ours.issue('bot', { for: 'client', days: -1 })),
    ],
    ["a server's", async () => clientTls(ours, server)],
    ['one it signed itself', async () => clientTls(ours, foreign)],
  ])('refuses %s before a request is read, and writes it down', async (_what, tls) => {
    const before = (await auditRules()).filter((rule) => rule === 'tls').length;
    const shown = await tls();
    const status = connected(agent.url, shown).readStatus();

    await expect(status).rejects.toMatchObject({ code: 'agent-unreachable' });

    // At most one line a second: the next second brings one for certain.
    await until(async () => {
      await connected(agent.url, shown)
        .readStatus()
        .catch(() => undefined);
      return (await auditRules()).filter((rule) => rule === 'tls').length > before;
    }, 'the refusal is in the audit log');
  });

  test.each<[string, ConnectionOptions]>([
    ['no certificate', {}],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
  ])('does not serve a client with %s', async (_what, options) => {
    const { ca, cert, key } = clientTls(ours, bot);
    const own = 'maxVersion' in options ? { cert, key } : {};

    const answer = await rawGet(agent.url, { ca, ...own, ...options });

    expect(answer).toMatchObject({ answered: false, code: expect.stringMatching(/^(ERR_SSL|ECONNRESET)/) });
  });

  test('does not answer plain HTTP', async () => {
    await expect(fetch(agent.url.replace('https', 'http'))).rejects.toThrow();
  });
});

describe('a client', () => {
  test.each<[string, () => Promise<Certificate>]>([
    ['of a foreign authority', () => foreign.issue('aurora-1', { for: 'server' })],
    ['that has expired', () => ours.issue('aurora-1', { for: 'server', days: -1 })],
    ['of another host', () => ours.issue('aurora-9', { for: 'server', names: ['127.0.0.9'] })],
    ["that is a client's", () => ours.issue('aurora-1', { for: 'client' })],
  ])('does not speak to an agent with a certificate %s', async (_what, issued) => {
    const { certPath, keyPath } = await issued();
    const other = await createTestHost();
    const impostor = await start({
      ...other.config,
      tls: { cert: certPath, key: keyPath, clientCa: ours.certPath },
    });

    const status = connected(impostor.url, clientTls(ours, bot)).readStatus();

    await expect(status).rejects.toMatchObject({
      code: 'agent-unreachable',
      hint: expect.stringMatching(/^(Issue|Compare)/),
    });
    await impostor.close();
    await other.dispose();
  });
});

describe('tls.allowedClients', () => {
  test.each<[string, string, boolean]>([
    ['a common name', 'bot', true],
    ['a DNS name', 'bot.east', true],
    ['a URI', 'spiffe://east/bot', true],
    ['another name', 'other', false],
    ['half a name', 'bot.eas', false],
  ])('with %s', async (_what, name, allowed) => {
    const other = await createTestHost();
    const strict = await start({
      ...other.config,
      tls: {
        ...withTls().tls,
        cert: server.certPath,
        key: server.keyPath,
        clientCa: ours.certPath,
        allowedClients: [name],
      },
    });
    const certificate = await ours.issue('bot', {
      for: 'client',
      names: ['bot.east', 'spiffe://east/bot'],
    });

    const outcome = await connected(strict.url, clientTls(ours, certificate))
      .readStatus()
      .then(
        () => 'answered',
        (error: { code: string }) => error.code,
      );

    expect(outcome).toBe(allowed ? 'answered' : 'client-refused');
    await strict.close();
    await other.dispose();
  });

  test('a name with a comma in it does not pass for two', () => {
    const certificate = {
      subject: { CN: 'evil' },
      subjectaltname: 'DNS:"evil, DNS:bot", URI:"x, URI:spiffe://east/bot"',
      fingerprint256: 'AB',
      valid_to: 'Nov 23 14:19:39 2030 GMT',
    };

    const { names } = identityOf(certificate);

    expect(names).toEqual(['evil']);
  });
});

test('a certificate that expires while its connection is open is refused from then on', async () => {
  const other = await createTestHost();
  let ahead = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const patient = await start(
    { ...other.config, tls: { cert: server.certPath, key: server.keyPath, clientCa: ours.certPath } },
    clock,
  );
  const client = connected(patient.url, clientTls(ours, bot));
  await client.readStatus();

  ahead = 3 * 24 * 3_600_000;

  await expect(client.readStatus()).rejects.toMatchObject({ code: 'client-expired' });
  await patient.close();
  await other.dispose();
});

describe('the configuration', () => {
  test('with TLS may listen on any address', async () => {
    const text = (await readFile(host.configPath, 'utf8')).replace('127.0.0.1:0', '0.0.0.0:0');
    const tls = `tls: { cert: ${server.certPath}, key: ${server.keyPath}, clientCa: ${ours.certPath} }\n`;

    expect(() => parseAgentConfig(text, 'agent.yaml')).toThrow(/without tls/);
    expect(parseAgentConfig(text + tls, 'agent.yaml').listen).toBe('0.0.0.0:0');
  });

  test.each<[string, () => Promise<Partial<NonNullable<AgentConfig['tls']>>>, RegExp]>([
    [
      'a key of another certificate',
      async () => ({ key: bot.keyPath }),
      /key of tls\.key does not belong to the certificate of tls\.cert/,
    ],
    ['a file that is not there', async () => ({ cert: host.path('none.pem') }), /tls\.cert cannot be read/],
    [
      'a file that is no certificate',
      async () => {
        await writeFile(host.path('garbage.pem'), 'garbage');
        return { cert: host.path('garbage.pem') };
      },
      /tls\.cert holds no certificate in PEM/,
    ],
  ])('with %s is one sentence at the start', async (_what, wrong, message) => {
    await expect(start(withTls(await wrong()))).rejects.toThrow(message);
  });
});

/** One request over a connection of exactly these options. */
async function rawGet(url: string, options: ConnectionOptions): Promise<{ answered: boolean; code: string }> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), ...options });
    socket.on('secureConnect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.on('data', () => resolve({ answered: true, code: '' }));
    socket.on('error', (error) =>
      resolve({ answered: false, code: 'code' in error ? String(error.code) : '' }),
    );
    socket.on('close', () => resolve({ answered: false, code: 'ECONNRESET' }));
  });
}

describe('connections that say nothing', () => {
  const silent = async (options: { port: number }, count: number): Promise<readonly Socket[]> =>
    await Promise.all(
      Array.from(
        { length: count },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connectPlain({ host: '127.0.0.1', ...options }, () => resolve(socket));
            socket.on('error', () => resolve(socket));
          }),
      ),
    );
  const end = (sockets: readonly Socket[]): void => {
    for (const socket of sockets) socket.destroy();
  };

  test('without a certificate do not keep the bot out, nor cut off what it does', async () => {
    const client = connected(agent.url, clientTls(ours, bot));
    await client.readStatus();

    const sockets = await silent({ port: Number(new URL(agent.url).port) }, 300);
    const known = await client.readStatus();
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => connected(agent.url, clientTls(ours, bot)).readStatus()),
    );

    end(sockets);
    expect([known, ...statuses].every((status) => status.host === 'aurora-1')).toBe(true);
  });

  test('with a certificate do not keep another one out', async () => {
    const other = await ours.issue('other', { for: 'client' });
    const { hostname, port } = new URL(agent.url);
    const sockets = await Promise.all(
      Array.from(
        { length: 300 },
        () =>
          new Promise<Socket>((resolve) => {
            const options = { host: hostname, port: Number(port), ...clientTls(ours, other) };
            const socket = connect(options, () => resolve(socket));
            socket.on('error', () => resolve(socket));
          }),
      ),
    );

    const status = await connected(agent.url, clientTls(ours, bot)).readStatus();
    const own = await connected(agent.url, clientTls(ours, other)).readStatus();

    end(sockets);
    expect([status.host, own.host]).toEqual(['aurora-1', 'aurora-1']);
  });
});
