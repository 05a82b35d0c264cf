/**
 * What goes wrong when somebody installs this for the first time, a row each: one sentence, one hint, and an end that is not 0.
 * Real programs where they end by themselves; what only a look at the cluster shows is found by one `config check --live` over a cluster
 * in which each host has a fault of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type RunningAgent, startAgent } from '../../src/agent/agent.ts';
import type { AgentConfig } from '../../src/agent/config.ts';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { operationTable } from '../../src/agent/operations/table.ts';
import type { Clock } from '../../src/aurora/clock.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type Authority, createAuthority } from '../../src/drill/namespaces/certificates.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { createTestHost, type TestHost } from '../agent/support/test-host.ts';
import { allScopes, appToken, botToken, startWorld } from '../local-slack/world.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const nowhere = '127.0.0.1:9';

let directory: string;
let host: TestHost;
let slack: LocalSlack;
let ours: Authority;
let foreign: Authority;
/** Its port is somebody else's. */
let other: Server;
let taken: number;
const agents: RunningAgent[] = [];

const keys = generateGrantKeys();
const start = async (changes: Partial<AgentConfig>, clock: Clock = systemClock): Promise<string> => {
  const config = {
    ...host.config,
    trust: { ...host.config.trust, publicKeys: [keys.publicKey] },
    ...changes,
  };
  // Each has a state of its own; all look at one host.
  const state = await mkdtemp(join(directory, 'state-'));
  const logger = pino({ level: 'silent' });
  const paths = { ...config.paths, state };
  const agent = await startAgent({ config: { ...config, paths }, clock, operations: operationTable, logger });
  agents.push(agent);
  return agent.url;
};
const tlsOf = async (
  authority: Authority,
  name: string,
  days?: number,
): Promise<NonNullable<AgentConfig['tls']>> => {
  const { certPath: cert, keyPath: key } = await authority.issue(name, {
    for: 'server',
    ...(days !== undefined && { days }),
  });
  return { cert, key, clientCa: ours.certPath };
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-first-'));
  host = await createTestHost();
  const everyScopeButOne = allScopes.filter((scope) => scope !== 'pins:write');
  const whole = await startWorld();
  const { app } = whole.workspace.people;
  await whole.close();
  slack = await startWorld({ app: { ...app, scopes: everyScopeButOne } });
  ours = await createAuthority(join(directory, 'ca'), 'ours');
  foreign = await createAuthority(join(directory, 'foreign'), 'foreign');
  await writeFile(join(directory, 'grant.pem'), keys.privateKeyPem);
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  taken = address !== null && typeof address === 'object' ? address.port : 0;
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  other.close();
  await slack.close();
  await host.dispose();
  await rm(directory, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

async function run(words: readonly string[], env: object = {}): Promise<Ended> {
  const tokens = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.apiUrl };
  const program = spawn(process.execPath, [main, ...words], {
    env: { ...process.env, ...tokens, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => program.once('close', resolve));
  const [out, said] = await Promise.all([text(program.stdout), text(program.stderr)]);
  return { code: await ended, out, said };
}

interface HostOfBot {
  readonly name: string;
  readonly agent: string;
}

function bot(hosts: readonly HostOfBot[], changes: object = {}): object {
  return {
    state: './state',
    grantKey: './grant.pem',
    slack: { mode: 'socket' },
    clusters: [
      {
        name: 'east',
        auroraVersion: '0.22.0',
        channel: 'C0OUT',
        zookeeper: { servers: [nowhere], serversetPath: '/aurora/scheduler', logGroupPath: '/aurora/log' },
        mesos: { masters: [`http://${nowhere}`] },
        hosts: hosts.map((one, index) => ({
          ...one,
          advertised: one.name,
          httpPort: 8081,
          libprocess: `10.0.0.${index + 1}:8083`,
        })),
        policy: { approvers: ['U0BO', 'U0CY'] },
      },
    ],
    ...changes,
  };
}

const file = async (name: string, content: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
};
const oneHost = [{ name: 'aurora-1', agent: `http://${nowhere}` }];
const botFile = async (changes: object = {}) => await file('bot.yml', stringify(bot(oneHost, changes)));
const agentFile = async (changes: object) =>
  await file('agent.yaml', stringify({ ...host.config, ...changes }));

/** The bot's certificate and key, each of the kind that is asked for. */
const botTls = async (use: 'server' | 'client', key?: string) => {
  const { certPath: cert, keyPath } = await ours.issue('bot', { for: use });
  return { ca: ours.certPath, cert, key: key ?? keyPath };
};

describe('a program that ends, with', () => {
  it.each<[string, () => Promise<[readonly string[], object?]>, RegExp]>([
    [
      'a wrong bot token',
      async () => [['bot', '--config', await botFile()], { SLACK_BOT_TOKEN: 'xoxb-wrong' }],
      /^Slack refused the bot: invalid_auth\.\nCheck the bot token/,
    ],
    [
      'swapped tokens',
      async () => [
        ['bot', '--config', await botFile()],
        { SLACK_BOT_TOKEN: appToken, SLACK_APP_TOKEN: botToken },
      ],
      /^SLACK_BOT_TOKEN is an app token \(xapp-\), not a bot token \(xoxb-\)\.\nPut a bot token/,
    ],
    [
      'a server’s certificate as that of the bot',
      async () => [['bot', '--config', await botFile({ agentTls: await botTls('server') })]],
      /^The certificate of agentTls\.cert is not meant for clients\.\nIssue it with extendedKeyUsage=clientAuth\./,
    ],
    [
      'a key that is not of the bot’s certificate',
      async () => [['bot', '--config', await botFile({ agentTls: await botTls('client', foreign.keyPath) })]],
      /^The key of agentTls\.key does not belong to the certificate of agentTls\.cert\.\nName the two files/,
    ],
    [
      'a key that is not of the agent’s certificate',
      async () => [
        [
          'agent',
          '--config',
          await agentFile({ tls: { ...(await tlsOf(ours, 'aurora-1')), key: foreign.keyPath } }),
        ],
      ],
      /^The key of tls\.key does not belong to the certificate of tls\.cert\.\nName the two files/,
    ],
    [
      'a key that cannot be read',
      async () => [
        [
          'agent',
          '--config',
          await agentFile({ tls: { ...(await tlsOf(ours, 'aurora-1')), key: '/none.key' } }),
        ],
      ],
      /^The file of tls\.key cannot be read: ENOENT.*\n.*docs\/agent\.md/,
    ],
    [
      'a grant key that cannot be read',
      async () => [['bot', '--config', await botFile({ grantKey: './none.pem' })]],
      /^The key that signs grants cannot be read: ENOENT.*\ndocs\/configuration\.md shows how to make one/,
    ],
    [
      'the agent’s port taken',
      async () => [['agent', '--config', await agentFile({ listen: `127.0.0.1:${taken}` })]],
      /^The agent cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\nStop what uses the port/m,
    ],
    [
      'broken YAML',
      async () => [['agent', '--config', await file('broken.yaml', 'host: [a,\n')]],
      /^The configuration .*broken\.yaml is not valid: line \d+: Flow sequence.*\.\ndocs\/agent\.md describes every key\./,
    ],
    [
      'an unknown key',
      async () => [
        [
          'agent',
          '--config',
          await file('key.yaml', stringify({ ...host.config, clutser: 'east', cluster: undefined })),
        ],
      ],
      /^The configuration .*key\.yaml is not valid: line \d+, clutser: there is no such key; did you mean cluster\?\ndocs/,
    ],
    [
      'tabs',
      async () => [
        ['config', 'check', '--config', await file('tabs.yml', 'state: ./state\nslack:\n\tmode: socket\n')],
      ],
      /^The configuration .*tabs\.yml is not valid: line 3: Tabs are not allowed.*\nYAML is indented with spaces/,
    ],
  ])('%s', async (_what, words, sentence) => {
    const { code, said } = await run(...(await words()));

    const sentences = said.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(sentences.join('\n')).toMatch(sentence);
    expect(sentences).toHaveLength(2);
    expect(code).toBe(1);
  });
});

it('a missing directory of backups is told by agent check', async () => {
  const backups = host.path('no-backups');
  const path = await agentFile({ paths: { ...host.config.paths, backups } });

  const { code, out } = await run(['agent', 'check', '--config', path]);

  expect(code).toBe(1);
  expect(out).toMatch(
    /^problem {2}The backup directory .*no-backups does not exist\.\n {9}Make it, owned by/m,
  );
});

describe('config check --live, of a cluster in which each host has a fault of its own', () => {
  let checked: Ended;
  beforeAll(async () => {
    const behind: Clock = { ...systemClock, now: () => Date.now() - 600_000 };
    const loopback = { listen: '127.0.0.1:0' };
    const hosts: HostOfBot[] = [
      {
        name: 'aurora-1',
        agent: await start({
          ...loopback,
          host: 'aurora-1',
          trust: { ...host.config.trust, publicKeys: [generateGrantKeys().publicKey] },
        }),
      },
      { name: 'aurora-2', agent: await start({ ...loopback, host: 'aurora-2' }, behind) },
      { name: 'aurora-3', agent: await start({ ...loopback, host: 'aurora-3', auroraVersion: '0.21.0' }) },
      { name: 'aurora-4', agent: await start({ ...loopback, host: 'aurora-4', cluster: 'west' }) },
      { name: 'aurora-5', agent: `http://${nowhere}` },
      {
        name: 'aurora-6',
        agent: await start({ ...loopback, host: 'aurora-6', tls: await tlsOf(foreign, 'aurora-6') }),
      },
      {
        name: 'aurora-7',
        agent: await start({ ...loopback, host: 'aurora-7', tls: await tlsOf(ours, 'aurora-7', -1) }),
      },
    ];
    const path = await file('live.yml', stringify(bot(hosts, { agentTls: await botTls('client') })));
    checked = await run(['config', 'check', '--live', '--json', '--config', path]);
  });

  it('ends with 1', () => {
    expect(checked.code).toBe(1);
    expect(checked.said).toBe('');
  });

  it.each([
    ['a missing scope', /^The bot token lacks the scope pins:write\.$/, /^Put manifest\.yml/],
    ['a channel without the bot', /^The bot is not in the channel of this cluster, C0OUT\.$/, /^Invite it/],
    ['a wrong grant key', /^aurora-1: the agent does not trust the bot's grant key/, /config public-key/],
    [
      'a clock that is 10 min off',
      /^aurora-2: the clock is (9|10) min behind the bot's/,
      /^Set the clocks right/,
    ],
    [
      'an agent of another release',
      /^aurora-3: the agent is configured for Aurora 0\.21\.0/,
      /^Set the release/,
    ],
    ['an agent of another cluster', /^aurora-4: the agent belongs to .*west/, /\.$/],
    [
      'a closed port',
      /^The agent of aurora-5 does not answer: .*ECONNREFUSED/,
      /^Check whether the agent runs on aurora-5/,
    ],
    [
      'a wrong authority',
      /^The agent of aurora-6 does not answer: its certificate is of another authority/,
      /^Issue it/,
    ],
    [
      'an expired certificate',
      /^The agent of aurora-7 does not answer: its certificate has expired\.$/,
      /^Issue a new one/,
    ],
  ])('names %s', (_what, sentence, hint) => {
    const findings = checked.out
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            verdict: string;
            hosts: string[];
            message: string;
            hint: string;
            line?: number;
          },
      );
    const said = findings
      .filter(({ verdict }) => verdict === 'refuse')
      .map((one) => ({ ...one, says: [...one.hosts, one.message].join(': ') }));

    const found = said.filter(({ says }) => sentence.test(says));

    expect(found, said.map(({ says }) => says).join('\n')).toHaveLength(1);
    expect(found[0]?.hint).toMatch(hint);
    expect(found[0]?.line).toBeGreaterThan(0);
    expect(found[0]?.message).not.toContain('\n');
  });
});
