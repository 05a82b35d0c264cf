/** Five hosts from one run of `setup`: each real agent answers the bot's client over mTLS, and does what the bot's grant key signs. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import { type RunningAgent, startAgent } from '../../src/agent/agent.ts';
import { connectAgent } from '../../src/agent/client.ts';
import { loadAgentConfig } from '../../src/agent/config.ts';
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { operationTable } from '../../src/agent/operations/table.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { requireAll } from '../../src/setup/answers.ts';
import { openEnrollDesk } from '../../src/setup/enroll-desk.ts';
import { enrollHost } from '../../src/setup/enroll-host.ts';
import { writeInstallation } from '../../src/setup/installation.ts';
import { createGrants } from '../agent/support/grants.ts';

const directory = mkdtempSync(join(tmpdir(), 'aurora-five-'));
const out = join(directory, 'out');
const agents: RunningAgent[] = [];
const names = ['aurora-1', 'aurora-2', 'aurora-3', 'aurora-4', 'aurora-5'];

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
});

test('five hosts are set up by one run, and the bot works with all of them', async () => {
  const begun = performance.now();
  const ports = await Promise.all(names.map((_, index) => freePort(`127.0.0.${index + 1}`)));
  await writeInstallation({
    directory: out,
    answers: requireAll({
      cluster: 'east',
      auroraVersion: '0.22.0',
      channel: 'C1',
      approvers: ['U1', 'U2', 'U3'],
      zookeeper: ['zk1:2181'],
      serversetPath: '/aurora/scheduler',
      logGroupPath: '/aurora/log',
      masters: ['http://m:5050'],
      hosts: names.map((name, index) => ({
        name,
        address: `127.0.0.${index + 1}`,
        libprocess: `127.0.0.${index + 1}:8083`,
        agentPort: ports[index] ?? 0,
      })),
      log: '/data/db',
      backups: '/data/backups',
      hostKeys: 'enrolled',
    }),
    notes: [],
    now: Date.now(),
    checkBot: readBotConfig,
    signal: new AbortController().signal,
  });

  for (const name of names) await becomeHost(name);
  const bot = await readBotConfig(join(out, 'bot', 'bot.yml'));
  const grantKey = readFileSync(join(out, 'bot/secrets/grant-key'), 'utf8');
  const clients = (bot.clusters[0]?.hosts ?? []).map(({ name, agent }) => ({
    name,
    client: clientOf(name, agent),
  }));
  const statuses = await Promise.all(
    clients.map(async ({ name, client }) => [name, (await client.readStatus()).host]),
  );
  const outcomes = await Promise.all(clients.map(({ name, client }) => perform(name, client, grantKey)));
  process.stderr.write(
    `five hosts were set up and answered in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`,
  );

  expect(statuses).toEqual(names.map((name) => [name, name]));
  expect(outcomes).toEqual(names.map(() => 'done'));
});

test('no agent does what another key has signed', async () => {
  const bot = await readBotConfig(join(out, 'bot', 'bot.yml'));
  const [first] = bot.clusters[0]?.hosts ?? [];
  if (first === undefined) throw new Error('no host');

  await expect(
    perform(first.name, clientOf(first.name, first.agent), generateGrantKeys().privateKeyPem),
  ).rejects.toMatchObject({
    code: 'grant-refused',
    details: { rule: 'signature' },
  });
});

/** A directory that stands for the root of a host: enrolled into, with the paths of agent.yaml below it. */
async function becomeHost(name: string): Promise<void> {
  const root = join(directory, name);
  for (const path of ['data/db', 'data/backups', 'etc/default', 'var/lib'])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'etc/default/aurora-scheduler'), 'CLUSTER_NAME=east\n');
  const configuration = readFileSync(join(out, 'hosts', name, 'agent.yaml'), 'utf8');
  const { address, port } = addressOf(name);
  const desk = await openEnrollDesk({
    pki: join(out, 'pki'),
    host: { name, address, configuration },
    listen: { host: '127.0.0.1', port: 0 },
    address: '127.0.0.1',
    lastsMs: 60_000,
    clock: systemClock,
    signal: new AbortController().signal,
  });
  const etc = join(root, 'etc/aurora-chatops');
  await enrollHost({ url: desk.url, token: desk.token, host: name, directory: etc });
  await desk.outcome;
  // What a root of its own would do: everything absolute is below it. Traffic is a file instead of nftables.
  const given: Record<string, unknown> = parseYaml(readFileSync(join(etc, 'agent.yaml'), 'utf8'));
  const below = (value: unknown): unknown =>
    typeof value === 'string' && /^\/(etc|data|var)\//.test(value)
      ? join(root, value)
      : Array.isArray(value)
        ? value.map(below)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, below(one)]))
          : value;
  const { drivers, ...rest } = given;
  const marker = join(root, 'traffic-blocked-here');
  const status = `test -e ${marker} && echo '{"state":"blocked"}' || echo '{"state":"open"}'`;
  // No service manager runs in a directory, and no scheduler either.
  const service = {
    kind: 'command',
    start: ['/bin/false'],
    stop: ['/bin/true'],
    kill: ['/bin/true'],
    status: ['/bin/echo', '{"state":"stopped","pid":null}'],
  };
  const traffic = {
    kind: 'command',
    block: ['/bin/touch', marker],
    unblock: ['/bin/rm', '-f', marker],
    status: ['/bin/sh', '-c', status],
  };
  const placed = stringify({
    ...(below(rest) as object),
    listen: `${address}:${port}`,
    drivers: { ...(below(drivers) as object), service, traffic },
  });
  writeFileSync(join(etc, 'agent.yaml'), placed);
  const config = await loadAgentConfig(join(etc, 'agent.yaml'));
  agents.push(
    await startAgent({
      config,
      clock: systemClock,
      operations: operationTable,
      logger: pino({ level: 'silent' }),
    }),
  );
}

function addressOf(name: string): { address: string; port: string } {
  const bot: { clusters: { hosts: { name: string; agent: string }[] }[] } = parseYaml(
    readFileSync(join(out, 'bot', 'bot.yml'), 'utf8'),
  );
  const url = new URL(bot.clusters[0]?.hosts.find((host) => host.name === name)?.agent ?? '');
  return { address: url.hostname, port: url.port };
}

/** As the bot connects: with its own files, and nothing else. */
function clientOf(host: string, url: string): HostAgent {
  const read = (file: string): string => readFileSync(join(out, 'bot', file), 'utf8');
  const tls = { ca: read('ca.pem'), cert: read('bot.pem'), key: read('bot.key') };
  return connectAgent({ host, url, deadlineMs: 20_000, clock: systemClock, tls });
}

async function perform(host: string, client: HostAgent, privateKeyPem: string): Promise<string> {
  const grants = createGrants({ privateKeyPem, publicKey: createGrantSigner(privateKeyPem).publicKey });
  const answer = await client.perform(
    grants.request('block-traffic', {}, { host, ...(await namedBy(client)) }),
  );
  return answer.state;
}

/** A grant names the journal of its agent, as the agent has told it. */
async function namedBy(client: HostAgent): Promise<{ epoch?: string }> {
  const epoch = (await client.readStatus()).grants?.epoch;
  return epoch === undefined ? {} : { epoch };
}

/** A port that nobody has now at any of the addresses: all of 127/8 is this machine. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
