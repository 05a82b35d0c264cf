import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import { readBotConfig } from '../../src/cli/config.ts';
import { formatDuration, parseDuration } from '../../src/cli/duration.ts';

const good = `
state: ./state
grantKey: ./grant.pem
slack: { mode: socket }
clusters:
  - name: east
    auroraVersion: 0.22.0
    channel: C0EAST
    zookeeper: { servers: ["127.0.0.1:2181"], serversetPath: /aurora/scheduler, logGroupPath: /aurora/replicated-log }
    mesos: { masters: ["http://127.0.0.1:5050"] }
    hosts:
      - { name: aurora-1, agent: "http://127.0.0.1:7071", advertised: aurora-1, httpPort: 8081, libprocess: "10.0.0.1:8083" }
    policy: { approvers: [U1, U2], secondLook: 10m }
`;

const host = (name: string, number: number, advertised = name): string =>
  `      - { name: ${name}, agent: "http://127.0.0.1:707${number}", advertised: ${advertised}, httpPort: 8081, libprocess: "10.0.0.${number}:8083" }\n`;

async function read(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-config-'));
  const path = join(directory, 'bot.yml');
  await writeFile(path, text);
  return await readBotConfig(path).catch((error: unknown) => {
    if (error instanceof AuroraError) return error.message;
    throw error;
  });
}

describe('readBotConfig()', () => {
  it('gives defaults, and paths that start at the file', async () => {
    const config = await read(good);

    expect(config).toMatchObject({
      state: expect.stringMatching(/^\/.*\/state$/),
      clusters: [
        { policy: { stopSigners: 1, commitSigners: 2, secondLookMs: 600_000 }, waits: { pollMs: 1_000 } },
      ],
      backups: { everyMs: 300_000, keepHistoryMs: 400 * 86_400_000 },
    });
  });

  it('bounds how often hosts are asked for their backups, and how long that is remembered', async () => {
    const ask = (keys: string) => read(`backups: ${keys}${good}`);

    expect(await ask('{ every: 1m, keepHistory: 30d }')).toMatchObject({
      backups: { everyMs: 60_000, keepHistoryMs: 30 * 86_400_000 },
    });
    expect(await ask('{ every: 0s }')).toContain('backups.every: must be between 10s and 1d');
    expect(await ask('{ keepHistory: 1h }')).toContain('backups.keepHistory: must be between 1d and 4000d');
    expect(await ask('{ evry: 1m }')).toContain('evry');
  });

  it('keeps the lists of ended restores for 90 days unless it is said, and for a day at least', async () => {
    const said = (text: string) => read(`keepDocuments: ${text}\n${good}`);

    expect(await read(good)).toMatchObject({ keepDocumentsMs: 90 * 24 * 3_600_000 });
    expect(await said('30d')).toMatchObject({ keepDocumentsMs: 30 * 24 * 3_600_000 });
    expect(await said('23h')).toContain('keepDocuments: must be at least a day (1d)');
    expect(await said('90')).toContain('keepDocuments');
  });

  it('watches unless it is told not to, and serves metrics only where it is told to', async () => {
    const watch = (keys: string) => read(`${good}    watch: ${keys}\n`);

    expect(await read(good)).toMatchObject({ metrics: null, clusters: [{ watch: { channel: null } }] });
    expect(await watch('{ off: true }')).toMatchObject({ clusters: [{ watch: null }] });
    expect(
      await watch('{ channel: C0WATCH, every: 30s, diskFloor: 500MiB, shrink: 0.2, late: 3 }'),
    ).toMatchObject({
      clusters: [
        {
          watch: {
            channel: 'C0WATCH',
            policy: { everyMs: 30_000, diskFloorBytes: 500 * 1024 ** 2, shrink: 0.2, late: 3 },
          },
        },
      ],
    });
    expect(await read(`metrics: { listen: "[::1]:9464" }${good}`)).toMatchObject({
      metrics: { host: '::1', port: 9464 },
    });
  });

  it.each([
    ['{ every: 1s }', 'must be 30s at least'],
    ['{ shrink: 1 }', 'watch.shrink'],
    ['{ diskFloor: 2GB }', '"2GB" is not a size such as 500MiB or 2GiB'],
    ['{ channel: "#ops" }', 'must be a Slack channel id'],
    ['{ offf: true }', 'offf'],
    ['off', 'watch'],
  ])('refuses the watch %s', async (keys, why) => {
    expect(await read(`${good}    watch: ${keys}\n`)).toContain(why);
  });

  it('takes agents elsewhere with certificates, whose paths start at the file', async () => {
    const config = await read(
      `agentTls: { ca: ca.pem, cert: bot.pem, key: /etc/bot.key }${good.replace('http://127.0.0.1:7071', 'https://aurora-1:8090')}`,
    );

    expect(config).toMatchObject({
      agentTls: { ca: expect.stringMatching(/^\/.*\/ca\.pem$/), key: '/etc/bot.key' },
    });
  });

  it.each([
    ['three approvers, of whom the requester may be none', '[U1, U2, U3], requesterCounts: false'],
    ['groups, whose members only Slack knows', '[U1], approverGroups: [S1], requesterCounts: false'],
  ])('takes %s', async (_what, policy) => {
    expect(await read(good.replace('[U1, U2], secondLook: 10m', policy))).toMatchObject({
      clusters: [{ policy: { requesterCounts: false } }],
    });
  });

  it.each([
    ['release: time, grace: 5m', { release: 'time', graceMs: 300_000 }],
    ['grace: 1m', { release: 'people', graceMs: 60_000 }],
    ['lookTraffic: allow', { lookTraffic: 'allow' }],
    ['escalation: { after: 15m, group: S1 }', { escalation: { afterMs: 900_000, group: 'S1' } }],
    [
      'escalation: { after: 1m, group: S1, channel: C2 }',
      { escalation: { afterMs: 60_000, group: 'S1', channel: 'C2' } },
    ],
  ])('takes a policy with %s', async (keys, policy) => {
    expect(await read(good.replace('secondLook: 10m', keys))).toMatchObject({ clusters: [{ policy }] });
  });

  it.each([
    ['release: time, grace: 299s', 'grace must be at least 5m where release is time'],
    ['escalation: { after: 59s, group: S1 }', 'must be at least 1m'],
    ['escalation: { after: 15m }', 'needs a group, a channel, or both'],
    ['escalation: { after: 15m, group: leads }', 'must be a Slack user group id'],
    ['escalation: { after: 15m, channel: "#leads" }', 'must be a Slack channel id'],
    ['escalation: { group: S1 }', 'escalation'],
    ['lookTraffic: open', 'lookTraffic'],
  ])('refuses a policy with %s', async (keys, why) => {
    expect(await read(good.replace('secondLook: 10m', keys))).toContain(why);
  });

  it('writes paths of ZooKeeper in one form', async () => {
    const config = await read(good.replace('/aurora/scheduler', '//aurora/./scheduler/'));

    expect(config).toMatchObject({ clusters: [{ zookeeper: { serversetPath: '/aurora/scheduler' } }] });
  });

  it('takes the procedure of a cluster', async () => {
    const config = await read(good.replace('    channel', '    procedure: recovery-tool\n    channel'));

    expect(config).toMatchObject({ clusters: [{ procedure: 'recovery-tool' }] });
  });

  it.each([
    [
      'an agent elsewhere without TLS',
      good.replace('127.0.0.1:7071', '10.0.0.1:7071'),
      'must be https, with agentTls',
    ],
    [
      'a https agent and no certificate for it',
      good.replace('http://127.0.0.1:7071', 'https://a:7071'),
      'agentTls is not set',
    ],
    ['nobody who could approve', good.replace('approvers: [U1, U2], ', ''), 'nobody can approve'],
    [
      'one approver only',
      good.replace('[U1, U2]', '[U1, U1]'),
      'the stop needs 1 approver other than the requester: name at least 2, not 1',
    ],
    [
      'a commit that no requester among two approvers could get',
      good.replace('secondLook: 10m', 'requesterCounts: false'),
      'the commit needs 2 approvers other than the requester (requesterCounts is false): name at least 3, not 2',
    ],
    [
      'a commit of more than are named',
      good.replace('secondLook: 10m', 'commitSigners: 3'),
      'the commit needs 3 approvers: name at least 3, not 2',
    ],
    ['a commit of one', good.replace('secondLook: 10m', 'commitSigners: 1'), 'at least two people'],
    [
      'a procedure that the release does not have',
      good.replace('0.22.0', '0.17.0').replace('    channel', '    procedure: recovery-tool\n    channel'),
      'it came with 0.20',
    ],
    ['an unknown key', good.replace('secondLook', 'secondLok'), 'secondLok'],
    ['a bad duration', good.replace('10m', '10 minutes'), 'not a duration'],
    [
      'an even number of hosts',
      good.replace(
        '    policy',
        '      - { name: aurora-2, agent: "http://127.0.0.1:7072", advertised: aurora-2, httpPort: 8081, libprocess: "10.0.0.2:8083" }\n    policy',
      ),
      'odd number',
    ],
    [
      'two hosts whose names differ by case only',
      good.replace('    policy', `${host('AURORA-1', 2)}${host('aurora-3', 3)}    policy`),
      'two hosts have the same name, aurora-1',
    ],
    [
      'two hosts that advertise the same address',
      good.replace('    policy', `${host('aurora-2', 2, 'Aurora-1')}${host('aurora-3', 3)}    policy`),
      'two hosts have the same advertised address, aurora-1:8081',
    ],
    [
      'one agent for two hosts, its address written in two ways',
      good.replace(
        '    policy',
        `${host('aurora-2', 2).replace(':7072', ':7071/')}${host('aurora-3', 3)}    policy`,
      ),
      'two hosts have the same agent',
    ],
    [
      'one agent in two clusters',
      `${good}${good.slice(good.indexOf('  - name')).replace('name: east', 'name: west')}`,
      'east and west share the agent http://127.0.0.1:7071/',
    ],
    [
      'one node of ZooKeeper for members and logs',
      good.replace('/aurora/replicated-log', '/aurora//scheduler/'),
      'serversetPath and logGroupPath are both /aurora/scheduler',
    ],
    [
      'a key of grants that is the key of TLS',
      `agentTls: { ca: ca.pem, cert: bot.pem, key: ./keys/../grant.pem }${good}`,
      'same file as agentTls.key',
    ],
    ['no YAML', ':\n  - [', 'not valid'],
    ['an empty file', '', 'not valid'],
  ])('refuses %s and names it', async (_what, text, sentence) => {
    expect(await read(text)).toContain(sentence);
  });
});

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
  ])('%s is read and written back', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(formatDuration(ms)).toBe(text);
  });

  it.each(['', '5', 'm', '-1s', '1.5h', '10 m', '99999999999999999999d'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
