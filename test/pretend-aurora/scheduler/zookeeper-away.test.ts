/**
 * ZooKeeper is away for longer than a session while something is staged: what schedulers of each release make of it, held to
 * the recording (test/fixtures/two-elected) and to what was seen of the others (aurora.md 14 C, 14 G, 16).
 */
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { responseCodeName } from '../../../src/thrift/structs.ts';
import { until } from './support/drill-cluster.ts';
import { type Member, startTrio, type Trio, trioPaths } from './support/trio.ts';

const backup = 'test/fixtures/restore-staged/scheduler-backup-2026-11-23-16-30';

let trio: Trio | null = null;
afterEach(async () => {
  await trio?.close();
  trio = null;
});

interface Said {
  readonly lifecycle: readonly string[];
  readonly leaderhealth: number;
  readonly getRoleSummary: { readonly code: string; readonly messages: readonly string[] };
  readonly queryRecovery: { readonly code: string; readonly messages: readonly string[] };
}

/** What the recorded hosts said at a moment, in no order. */
function recorded(atMs: number): Said[] {
  const lines = fs.readFileSync('test/fixtures/two-elected/observed.jsonl', 'utf8').trimEnd().split('\n');
  const moments = lines.map(
    (line) =>
      JSON.parse(line) as {
        atMs: number;
        hosts: Record<string, Said & Record<'getRoleSummary' | 'queryRecovery', { code: number }>>;
      },
  );
  const hosts = moments.find((moment) => moment.atMs === atMs)?.hosts ?? {};
  const named = ({ code, messages }: { code: number; messages: readonly string[] }) => ({
    code: responseCodeName(code),
    messages,
  });
  return Object.values(hosts).map((said) => ({
    ...said,
    getRoleSummary: named(said.getRoleSummary),
    queryRecovery: named(said.queryRecovery),
  }));
}

async function listen(member: Member): Promise<Said> {
  const vars = (await member.vars()) ?? {};
  const ask = async (method: 'getRoleSummary' | 'queryRecovery', args: object) => {
    const { code, messages } = await member.call(method, args);
    return { code, messages: messages.map(String) };
  };
  return {
    lifecycle: Object.keys(vars)
      .filter((name) => name.startsWith('scheduler_lifecycle_') && vars[name] === 1)
      .map((name) => name.replace('scheduler_lifecycle_', '')),
    leaderhealth: (await fetch(`${member.url}/leaderhealth`)).status,
    getRoleSummary: await ask('getRoleSummary', {}),
    queryRecovery: await ask('queryRecovery', { query: {} }),
  };
}

const listenToAll = async (): Promise<Said[]> =>
  Promise.all((trio?.members() ?? []).map((member) => listen(member)));
const sorted = (said: readonly Said[]): string[] => said.map((each) => JSON.stringify(each)).sort();

/** Something is staged on the elected one, the other two wait. */
async function stage(
  options: Parameters<typeof startTrio>[0] = {},
): Promise<{ trio: Trio; elected: Member }> {
  trio = await startTrio(options);
  const { zookeeper } = trio;
  const elected = await trio.findReady();
  await until('three candidates', () => zookeeper.list(trioPaths.serverset).length === 3);
  fs.copyFileSync(backup, `${elected.backups}/chosen`);
  expect(await elected.call('stageRecovery', { backupId: 'chosen' })).toMatchObject({ code: 'OK' });
  return { trio, elected };
}

function othersOf({ members }: Trio, elected: Member): Member[] {
  return members().filter((member) => member !== elected);
}

/** Hosts by the data of the nodes; `prefix` is what the data has in front of it. */
function hostsOf({ zookeeper }: Trio, path: string): string[] {
  return zookeeper
    .dump()
    .filter((node) => node.path.startsWith(`${path}/`))
    .map(({ data }) => data)
    .sort();
}

describe('ZooKeeper away for longer than a session', () => {
  it('leaves two elected schedulers with READY storage, as recorded', async () => {
    const { trio, elected } = await stage();
    const before = await listenToAll();

    await trio.takeZooKeeperAway();
    const next = await trio.findReady(elected);
    await until('everybody to be in ZooKeeper again', () => hostsOf(trio, trioPaths.logGroup).length === 3);
    // A replica is back a moment before its candidate is.
    await until('two candidates', () => hostsOf(trio, trioPaths.serverset).length >= 2);

    expect(sorted(before)).toEqual(sorted(recorded(81_350)));
    expect(sorted(await listenToAll())).toEqual(sorted(recorded(85_520)));
    expect(await listen(elected)).toMatchObject({ queryRecovery: { code: 'OK' } });
    expect(await listen(next)).toMatchObject({ queryRecovery: { code: 'ERROR' } });
    // nodes.json: everybody's replica is there, and all but the stale one are candidates.
    expect(hostsOf(trio, trioPaths.serverset)).toEqual(
      othersOf(trio, elected)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('lets the newer of the two write: a commit to the other is refused, and stopping that is all it takes', async () => {
    const { trio, elected } = await stage();
    await trio.takeZooKeeperAway();
    const next = await trio.findReady(elected);

    const committed = await elected.call('commitRecovery');
    await elected.restart();

    expect(committed).toMatchObject({ code: 'ERROR', messages: ['Problem performing logappend'] });
    const { result } = await next.call('getTasksWithoutConfigs', { query: {} });
    expect(result.scheduleStatusResult?.tasks).toEqual([]);
    await until('three candidates', () => hostsOf(trio, trioPaths.serverset).length === 3);
    expect(await listen(next)).toMatchObject({ lifecycle: ['LEADER_AWAITING_REGISTRATION'] });
  });

  it('or ends all three without their processes: nobody elects again until they are started', async () => {
    const { trio } = await stage();
    for (const { befalls } of trio.members()) fs.writeFileSync(befalls.endsWithSession, '');

    await trio.takeZooKeeperAway();
    await until('every port to close', async () =>
      (await Promise.all(trio.members().map(({ vars }) => vars()))).every((vars) => vars === null),
    );

    for (const { said, exitCode } of trio.members()) {
      expect(said).toContainEqual(expect.stringContaining('Lost leadership, committing suicide.'));
      expect(exitCode()).toBeNull();
    }
    expect(hostsOf(trio, trioPaths.serverset)).toEqual([]);
    await until('the replicas', () => hostsOf(trio, trioPaths.logGroup).length === 3);
    for (const { befalls } of trio.members()) fs.rmSync(befalls.endsWithSession);
    const [first] = trio.members();
    const again = await first?.restart();
    // Its own log and the two zombies' votes are a quorum.
    expect(await trio.findReady()).toBe(again);
  });

  it.each(['0.9.0', '0.12.0'])('ends all schedulers of %s, with code 0', async (auroraVersion) => {
    const { trio } = await stage({ auroraVersion });

    await trio.takeZooKeeperAway();
    await until('every process to end', () => trio.members().every(({ exitCode }) => exitCode() !== null));

    expect(trio.members().map(({ exitCode }) => exitCode())).toEqual([0, 0, 0]);
  });

  it('moves the election of 0.17.0: the elected one ends, and the next has nothing staged', async () => {
    const { trio, elected } = await stage({ auroraVersion: '0.17.0' });

    await trio.takeZooKeeperAway();
    const next = await trio.findReady(elected);

    await until('the process to end', () => elected.exitCode() === 0);
    expect(othersOf(trio, elected).map(({ exitCode }) => exitCode())).toEqual([null, null]);
    expect(await next.call('queryRecovery', { query: {} })).toMatchObject({
      code: 'ERROR',
      messages: ['No backup loaded.'],
    });
  });
});

describe('a session that ends while ZooKeeper answers', () => {
  it('ends the elected scheduler of 0.22.0, port closed and process alive; the others go on', async () => {
    const { trio, elected } = await stage();
    const owner = trio.zookeeper
      .dump()
      .find(
        ({ path, data }) => path.startsWith(trioPaths.serverset) && data === elected.name,
      )?.ephemeralOwner;

    trio.zookeeper.expireSession(owner ?? 0n);
    await trio.findReady(elected);

    await until('its port to close', async () => (await elected.vars()) === null);
    expect(elected.exitCode()).toBeNull();
    expect(elected.said).toContainEqual(expect.stringContaining('Lost leadership, committing suicide.'));
  });
});
