import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import { readFlagFile } from '../../../src/pretend-aurora/scheduler/flags/parse.ts';
import type { SceneHost } from '../../../src/pretend-aurora/scheduler/scene.ts';
import {
  type DrillCluster,
  logGroupPath,
  recoveryFlags,
  serversetPath,
  startDrillCluster,
  until,
} from './support/drill-cluster.ts';
import { enterRecoveryMode, startNormally } from './support/staged-restore.ts';

let cluster: DrillCluster;

beforeEach(async () => {
  cluster = await startDrillCluster();
});
afterEach(() => cluster.close());

describe('three schedulers', () => {
  it('elect one that registers, advertises itself and serves; the others redirect to it', async () => {
    await startAll();

    const leader = await cluster.findInState('ACTIVE');
    await untilAdvertised();
    await until('all replicas', () => nodes(logGroupPath).length === 3);

    const members = nodes(serversetPath).filter((name) => name.startsWith('member_'));
    expect(members).toHaveLength(1);
    expect(nodes(logGroupPath)).toHaveLength(3);
    for (const host of cluster.hosts) {
      expect(await leaderHealth(host)).toBe(host === leader ? 200 : 503);
      const api = await fetch(`${url(host)}/api`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json' },
        body: '[1,"getRoleSummary",1,1,{}]',
      });
      expect(api.status).toBe(host === leader ? 200 : 307);
      if (host !== leader) {
        expect(api.headers.get('location')).toBe(`http://${leader.name}:${leader.httpPort}/api`);
        expect((await cluster.call(host, 'getRoleSummary')).code).toBe('ERROR_TRANSIENT');
      }
    }
  });

  it('in recovery mode: one is elected, nobody leads, and only the bypass header gets through', async () => {
    const elected = await enterRecoveryMode(cluster);
    await until('every scheduler to answer', async () =>
      (await Promise.all(cluster.hosts.map(cluster.vars))).every((found) => found !== null),
    );

    for (const host of cluster.hosts) {
      expect(await leaderHealth(host)).toBe(502);
      expect((await fetch(`${url(host)}/api`, { method: 'POST' })).status).toBe(503);
    }
    expect(nodes(serversetPath).filter((name) => name.startsWith('member_'))).toEqual([]);
    expect((await cluster.call(elected, 'getTasksWithoutConfigs', { query: {} })).result).toEqual({
      scheduleStatusResult: { tasks: [] },
    });
  });

  it('on uninitialised logs: the gauge is up and the storage never READY', async () => {
    for (const host of cluster.hosts) fs.rmSync(hostPaths(host.directory).log, { recursive: true });
    await startAll();

    const elected = await cluster.findInState('LEADER_AWAITING_REGISTRATION');
    await until('the banner', () =>
      cluster.output(elected).includes('Replicated log has not been initialized'),
    );

    expect((await cluster.call(elected, 'getRoleSummary')).messages).toEqual(['Storage is not READY']);
    expect(fs.readdirSync(hostPaths(elected.directory).log)).toContain('CURRENT');
  });

  it('with two initialised logs of three: the empty one catches up and votes', async () => {
    const [first, second, third] = cluster.hosts;
    if (!first || !second || !third) throw new Error('three hosts');
    fs.rmSync(hostPaths(third.directory).log, { recursive: true });
    await startAll();

    await cluster.findInState('ACTIVE');
    await until('the third replica to join', () =>
      cluster.output(third).includes('Successfully joined the Paxos group'),
    );

    const metrics = await fetch(`http://${third.libprocess}/metrics/snapshot`);
    expect(await metrics.json()).toMatchObject({ 'log/recovered': 1 });
  });

  it('on blank logs in normal mode: an empty cluster under a new framework id, the old tasks run on', async () => {
    for (const host of cluster.hosts) {
      fs.rmSync(hostPaths(host.directory).log, { recursive: true });
      await cluster.initializeLog(host);
    }
    const running = cluster.master.tasks().length;
    await startAll();

    const leader = await cluster.findInState('ACTIVE');

    const [registered] = cluster.master.events();
    expect(registered?.detail).toBe(`${leader.name} new`);
    expect(registered?.frameworkId).not.toBe(cluster.scene.story.frameworkId);
    expect(cluster.master.tasks()).toHaveLength(running);
  });
});

describe('a commit', () => {
  it('sent before the storage is READY is refused, and what is staged stays', async () => {
    await enterBlank({ native_log_election_timeout: '200secs' });
    const elected = await cluster.findInState('LEADER_AWAITING_REGISTRATION');
    const backup = placeBackup(elected);

    const staged = await cluster.call(elected, 'stageRecovery', { backupId: backup });
    const committed = await cluster.call(elected, 'commitRecovery');

    expect(staged.code).toBe('OK');
    expect(committed).toMatchObject({ code: 'ERROR_TRANSIENT', messages: ['Storage is not READY'] });
    await cluster.findReady();
    expect(await stagedCount(elected)).toBe(9);
  });

  it('in recovery mode: OK, the port closes, and the process stays with lock, port, vote and node until SIGTERM', async () => {
    const elected = await enterRecoveryMode(cluster);
    await cluster.call(elected, 'stageRecovery', { backupId: placeBackup(elected) });
    const pid = cluster.pid(elected);

    const committed = await cluster.call(elected, 'commitRecovery');

    expect(committed.code).toBe('OK');
    await until('the port to close', async () => (await cluster.vars(elected)) === null);
    expect(cluster.pid(elected)).toBe(pid);
    expect(await isOpen(elected.libprocess)).toBe(true);
    expect(holdsLock(pid, elected)).toBe(true);
    const next = await until('another elected host', async () => {
      const found = await cluster.findReady();
      return found !== elected && found;
    });
    expect(await taskCount(next)).toBe(9);
    expect(nodes(logGroupPath)).toHaveLength(3);
    await cluster.control(elected, 'stop');
    expect(cluster.pid(elected)).toBeNull();
  });

  it('whose reply is lost has been applied', async () => {
    for (const host of cluster.hosts) cluster.setWorld(host, { commit: 'lose-reply' });
    const elected = await enterRecoveryMode(cluster);
    await cluster.call(elected, 'stageRecovery', { backupId: placeBackup(elected) });

    const committed = await cluster.call(elected, 'commitRecovery');

    expect(committed.code).toBe('no-reply');
    expect(await taskCountAfter(elected)).toBe(9);
  });

  it.each([
    ['append-timeout-applied', 9],
    ['append-timeout-not-applied', 0],
  ] as const)('that ends in %s leaves %i tasks', async (commit, expected) => {
    for (const host of cluster.hosts) cluster.setWorld(host, { commit });
    const elected = await enterRecoveryMode(cluster);
    await cluster.call(elected, 'stageRecovery', { backupId: placeBackup(elected) });

    const committed = await cluster.call(elected, 'commitRecovery');

    expect(committed).toMatchObject({ code: 'ERROR', messages: ['Timeout performing log append'] });
    expect(await taskCountAfter(elected)).toBe(expected);
  });

  it('without a quorum times out, and is there when a quorum with its replica is back', async () => {
    const elected = await enterRecoveryMode(cluster);
    await cluster.call(elected, 'stageRecovery', { backupId: placeBackup(elected) });
    const others = cluster.hosts.filter((host) => host !== elected);
    for (const host of others) await cluster.control(host, 'kill');

    const committed = await cluster.call(elected, 'commitRecovery');

    expect(committed).toMatchObject({ code: 'ERROR', messages: ['Timeout performing log append'] });
    for (const host of others) await cluster.control(host, 'start');
    // The committer's process lives on and votes, so its replica is in the first quorum.
    expect(await taskCount(await cluster.findReady())).toBe(9);
  });

  it('on an ACTIVE leader ends the process by itself', async () => {
    await startAll();
    const leader = await cluster.findInState('ACTIVE');
    await cluster.call(leader, 'stageRecovery', { backupId: placeBackup(leader) });

    const committed = await cluster.call(leader, 'commitRecovery');

    expect(committed.code).toBe('OK');
    await until('the process to end', () => cluster.pid(leader) === null);
  });
});

describe('old state', () => {
  it('in one log left in place is visible before anything is staged', async () => {
    for (const host of cluster.hosts) cluster.setFlags(host, recoveryFlags);
    for (const host of cluster.hosts.slice(0, 2)) {
      fs.rmSync(hostPaths(host.directory).log, { recursive: true });
      await cluster.initializeLog(host);
    }
    // With all three it is a race who makes up the quorum (aurora.md 14 F); two can only meet with the old one among them.
    for (const host of cluster.hosts.slice(1)) await cluster.control(host, 'start');

    const elected = await cluster.findReady();

    expect(await taskCount(elected)).toBe(12);
  });

  it('in the log of a host that was away comes back after a commit that looked right', async () => {
    const [, , away] = cluster.hosts;
    if (!away) throw new Error('three hosts');
    const { log } = hostPaths(away.directory);
    const kept = `${log}.kept`;
    fs.cpSync(log, kept, { recursive: true });
    const elected = await enterRecoveryMode(cluster);
    await cluster.control(away, 'kill');
    fs.rmSync(log, { recursive: true });
    fs.renameSync(kept, log);
    const leader = await until('an elected host that runs', async () => {
      const found = await cluster.findReady();
      return found !== away && found;
    });
    await cluster.call(leader, 'stageRecovery', { backupId: placeBackup(leader) });
    expect((await cluster.call(leader, 'commitRecovery')).code).toBe('OK');
    const after = await taskCountAfter(leader);

    // The blank-then-restored leader is away, the old log is there: they meet alone.
    const peer = cluster.hosts.find((host) => host !== leader && host !== away);
    if (!peer) throw new Error('a peer');
    await cluster.control(leader, 'kill');
    await cluster.control(peer, 'stop');
    await cluster.control(away, 'start');
    await cluster.control(peer, 'start');
    const mixed = await cluster.findReady();

    expect(after).toBe(9);
    expect(elected).toBeDefined();
    expect(await taskCount(mixed)).not.toBe(9);
  });

  it('put back on all hosts is the old state exactly', async () => {
    await startAll();
    const before = await taskIds(await cluster.findReady());
    await enterRecoveryMode(cluster);
    for (const host of cluster.hosts) await cluster.control(host, 'stop');
    for (const host of cluster.hosts) {
      const { log } = hostPaths(host.directory);
      fs.renameSync(log, `${log}.restored`);
      fs.renameSync(`${log}.set-aside`, log);
    }

    const leader = await startNormally(cluster);

    expect(await taskIds(leader)).toEqual(before);
    expect(cluster.master.events().filter(({ kind }) => kind !== 'registered')).toEqual([]);
  });
});

describe('the end of a scheduler', () => {
  it('by SIGTERM takes election and member node along, the log node only with its session', async () => {
    await startAll();
    const leader = await cluster.findInState('ACTIVE');
    await untilAdvertised();
    await until('all replicas', () => nodes(logGroupPath).length === 3);

    await cluster.control(leader, 'stop');

    const left = nodes(serversetPath).map(dataOf(serversetPath));
    expect(left).not.toContain(leader.name);
    expect(nodes(logGroupPath)).toHaveLength(3);
    await until('the log node to go', () => nodes(logGroupPath).length === 2);
  });

  it('by SIGKILL leaves its nodes until its sessions expire', async () => {
    await startAll();
    const leader = await cluster.findInState('ACTIVE');
    await untilAdvertised();

    await cluster.control(leader, 'kill');

    expect(nodes(serversetPath).map(dataOf(serversetPath))).toContain(leader.name);
    await until('another leader', async () => {
      const active = await cluster.findInState('ACTIVE');
      return active !== leader;
    });
  });

  it('with a master address without a path: DEAD, port open, deaf to SIGTERM', async () => {
    for (const host of cluster.hosts) cluster.setFlags(host, { mesos_master_address: 'zk://localhost:2181' });
    await startAll();
    const dead = await cluster.findInState('DEAD');

    await cluster.control(dead, 'stop');

    expect(cluster.pid(dead)).not.toBeNull();
    expect(await cluster.vars(dead)).toMatchObject({ scheduler_lifecycle_DEAD: 1 });
    await cluster.control(dead, 'kill');
    expect(cluster.pid(dead)).toBeNull();
  });

  it('that was not registered in time leaves the process behind', async () => {
    for (const host of cluster.hosts) {
      cluster.setFlags(host, { ...recoveryFlags, max_registration_delay: '5secs' });
    }
    await startAll();

    const gone = await until('a closed port', async () => {
      const answers = await Promise.all(cluster.hosts.map(cluster.vars));
      return cluster.hosts.find((host, index) => answers[index] === null && isDead(host));
    });

    expect(cluster.pid(gone)).not.toBeNull();
  });

  it('does not come when a second one is started: it is the second that ends', async () => {
    await startAll();
    const leader = await cluster.findInState('ACTIVE');

    const second = startBeside(leader, { libprocess: '127.0.0.1:0' });

    expect(second.status).toBe(1);
    expect(second.stderr).toContain(
      `IO error: lock ${hostPaths(leader.directory).log}/LOCK: Resource temporarily unavailable`,
    );
  });
});

describe('a wrong flag', () => {
  it.each([
    ['max_registration_delay', '360min'],
    ['no_such_flag', '1'],
    ['zk_endpoints', 'localhost'],
  ])('-%s=%s: exit 1, and a word that names it', (name, value) => {
    const [host] = cluster.hosts;
    if (!host) throw new Error('a host');
    cluster.setFlags(host, { [name]: value });

    const run = startBeside(host, {});

    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`-${name}=${value}`);
  });
});

async function startAll(): Promise<void> {
  for (const host of cluster.hosts) await cluster.control(host, 'start');
}

async function enterBlank(flags: Readonly<Record<string, string>>): Promise<void> {
  for (const host of cluster.hosts) {
    fs.rmSync(hostPaths(host.directory).log, { recursive: true });
    await cluster.initializeLog(host);
    cluster.setFlags(host, { ...recoveryFlags, ...flags });
  }
  await startAll();
}

/** The newest backup of the scene, wherever it lies. */
function placeBackup(host: SceneHost): string {
  const newest = cluster.scene.backups.find(({ kind }) => kind === 'newest');
  const source = cluster.hosts.find(({ name }) => name === newest?.host);
  if (!newest || !source) throw new Error('the scene has a newest backup');
  fs.copyFileSync(
    path.join(hostPaths(source.directory).backups, newest.name),
    path.join(hostPaths(host.directory).backups, 'chosen'),
  );
  return 'chosen';
}

async function taskIds(host: SceneHost): Promise<(string | undefined)[]> {
  const { result } = await cluster.call(host, 'getTasksWithoutConfigs', { query: {} });
  return (result.scheduleStatusResult?.tasks ?? []).map(({ assignedTask }) => assignedTask?.taskId).sort();
}

async function taskCount(host: SceneHost): Promise<number> {
  return (await taskIds(host)).length;
}

/** What the next elected host shows once the committer has been stopped and started again. */
async function taskCountAfter(committer: SceneHost): Promise<number> {
  await until('the port to close', async () => (await cluster.vars(committer)) === null);
  await cluster.control(committer, 'stop');
  await cluster.control(committer, 'start');
  return taskCount(await cluster.findReady());
}

async function stagedCount(host: SceneHost): Promise<number | undefined> {
  const { result } = await cluster.call(host, 'queryRecovery', { query: {} });
  return result.queryRecoveryResult?.tasks?.length;
}

async function leaderHealth(host: SceneHost): Promise<number> {
  return (await fetch(`${url(host)}/leaderhealth`)).status;
}

/** Every host has seen the member node: each one has its own watch. */
function untilAdvertised(): Promise<boolean> {
  return until('a member node', async () => {
    const answers = await Promise.all(cluster.hosts.map((host) => leaderHealth(host).catch(() => 502)));
    return answers.every((status) => status !== 502);
  });
}

function url(host: SceneHost): string {
  return `http://${host.ip}:${host.httpPort}`;
}

function nodes(directory: string): readonly string[] {
  return cluster.zookeeper.list(directory);
}

function dataOf(directory: string): (name: string) => string | undefined {
  const dump = cluster.zookeeper.dump();
  return (name) => dump.find((node) => node.path === `${directory}/${name}`)?.data;
}

function isDead(host: SceneHost): boolean {
  return cluster.output(host).includes('-> DEAD');
}

function holdsLock(pid: number | null, host: SceneHost): boolean {
  const lock = path.join(hostPaths(host.directory).log, 'LOCK');
  const files = fs.readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return files.includes(lock);
}

function isOpen(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = net.connect({ host: host ?? '', port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The scheduler program in the foreground, with the host's flags. */
function startBeside(
  host: SceneHost,
  world: object,
): { status: number | null; stdout: string; stderr: string } {
  const paths = hostPaths(host.directory);
  const file = `${paths.world}.second`;
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(paths.world, 'utf8')), ...world }));
  const program = path.join(import.meta.dirname, '../../../src/pretend-aurora/programs/scheduler.ts');
  const flags = readFlagFile(fs.readFileSync(paths.flags, 'utf8'));
  return spawnSync(process.execPath, [program, '--world', file, ...flags], {
    encoding: 'utf8',
    timeout: 20_000,
  });
}
