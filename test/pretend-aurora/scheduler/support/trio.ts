import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/aurora/system-clock.ts';
import {
  type SimulatedMesosMaster,
  startMesosMaster,
} from '../../../../src/pretend-aurora/mesos/master/server.ts';
import { simulatedReleaseOf } from '../../../../src/pretend-aurora/release/simulated-release.ts';
import { type BefallsPaths, befallsPaths } from '../../../../src/pretend-aurora/scheduler/befalls.ts';
import { parseFlags } from '../../../../src/pretend-aurora/scheduler/flags/parse.ts';
import { readSettings } from '../../../../src/pretend-aurora/scheduler/flags/settings.ts';
import { writeLog } from '../../../../src/pretend-aurora/scheduler/scene/write-log.ts';
import { Scheduler } from '../../../../src/pretend-aurora/scheduler/scheduler.ts';
import { parseWorld } from '../../../../src/pretend-aurora/scheduler/world.ts';
import {
  startZooKeeperServer,
  type ZooKeeperServer,
} from '../../../../src/pretend-aurora/zookeeper/server.ts';
import { freePort, until } from './drill-cluster.ts';
import { callScheduler, type SchedulerReply } from './scheduler-call.ts';

/** One scheduler of three in this process. */
export interface Member {
  /** `-hostname`, `aurora-1`. */
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly url: string;
  readonly befalls: BefallsPaths;
  readonly backups: string;
  /** Its log. */
  readonly said: readonly string[];
  /** What the process would have ended with; `null` while it runs. */
  exitCode(): number | null;
  call(method: Parameters<typeof callScheduler>[1], args?: object): Promise<SchedulerReply>;
  /** `null` when its port is closed. */
  vars(): Promise<Record<string, number | string> | null>;
  /** SIGTERM, and a new process on the same log. */
  restart(): Promise<Member>;
}

export interface Trio {
  readonly zookeeper: ZooKeeperServer;
  readonly master: SimulatedMesosMaster;
  members(): readonly Member[];
  /** ZooKeeper is away for longer than any session, and has forgotten them all when it is back. */
  takeZooKeeperAway(): Promise<void>;
  /** The one that is elected with READY storage; waits for it. `besides`: another one than this. */
  findReady(besides?: Member): Promise<Member>;
  close(): Promise<void>;
}

export const trioPaths = { serverset: '/aurora/scheduler', logGroup: '/aurora/replicated-log' };
const recoveryFlags = [
  '-mesos_master_address=zk://localhost:1111/mesos/master',
  '-max_registration_delay=360mins',
];

/** Three schedulers on new logs in recovery mode, all in this process; short sessions. */
export async function startTrio(
  options: { auroraVersion?: string; flags?: readonly string[] } = {},
): Promise<Trio> {
  const { auroraVersion = '0.22.0', flags = recoveryFlags } = options;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'scheduler-trio-'));
  const zookeeper = await startZooKeeperServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    minSessionTimeoutMs: 200,
    maxSessionTimeoutMs: 20_000,
  });
  const master = await startMesosMaster({ host: '127.0.0.1', port: 0 });
  let aheadMs = 0;
  const replicas: string[] = [];
  for (let index = 0; index < 3; index += 1) replicas.push(`127.0.0.1:${await freePort()}`);

  const startMember = async (index: number): Promise<Member> => {
    const name = `aurora-${index + 1}`;
    const home = path.join(directory, name);
    const said: string[] = [];
    let exitCode: number | null = null;
    const scheduler = new Scheduler({
      settings: readSettings(
        parseFlags(
          [
            '-cluster_name=east',
            `-hostname=${name}`,
            `-serverset_path=${trioPaths.serverset}`,
            `-zk_endpoints=127.0.0.1:${zookeeper.port}`,
            '-native_log_quorum_size=2',
            `-native_log_zk_group_path=${trioPaths.logGroup}`,
            `-native_log_file_path=${home}/db`,
            `-backup_dir=${home}/backups`,
            ...flags,
          ],
          simulatedReleaseOf(auroraVersion),
        ),
        '127.0.0.1',
      ),
      world: parseWorld(
        JSON.stringify({
          auroraVersion,
          time: { msPerSecond: 20 },
          mesos: { address: 'zk://masters/mesos', url: master.url },
          libprocess: replicas[index],
          replicas,
          zookeeper: { sessionTimeoutMs: 600, logSessionTimeoutMs: 500, deadlineMs: 2_000 },
          befalls: `${home}/befalls`,
        }),
      ),
      clock: { ...systemClock, now: () => systemClock.now() + aheadMs },
      newId: () => crypto.randomUUID(),
      say: (line) => said.push(line),
      exit: (code) => {
        exitCode = code;
      },
      commandLine: '',
    });
    await scheduler.start();
    const url = `http://127.0.0.1:${scheduler.httpPort}`;
    return {
      name,
      scheduler,
      url,
      befalls: befallsPaths(`${home}/befalls`),
      backups: `${home}/backups`,
      said,
      exitCode: () => exitCode,
      call: (method, args = {}) => callScheduler(url, method, args),
      vars: async () => {
        try {
          return (await (await fetch(`${url}/vars.json`)).json()) as Record<string, number | string>;
        } catch {
          return null;
        }
      },
      restart: async () => {
        await scheduler.terminate();
        const next = await startMember(index);
        members[index] = next;
        return next;
      },
    };
  };

  const members: Member[] = [];
  for (const index of replicas.keys()) {
    const home = path.join(directory, `aurora-${index + 1}`);
    fs.mkdirSync(`${home}/befalls`, { recursive: true });
    writeLog(`${home}/db`, []);
    members.push(await startMember(index));
  }
  return {
    zookeeper,
    master,
    members: () => [...members],
    takeZooKeeperAway: async () => {
      const lost = ({ said }: Member): number =>
        said.filter((line) => line.includes('Lost the connection')).length;
      const before = new Map(members.map((member) => [member, lost(member)]));
      zookeeper.pause({ drop: true });
      await until('every scheduler to miss ZooKeeper', () =>
        members.every((member) => lost(member) > (before.get(member) ?? 0)),
      );
      aheadMs += 60_000;
      zookeeper.resume({ sessionsOver: true });
    },
    findReady: (besides) =>
      until('an elected scheduler with READY storage', async () => {
        for (const member of members.filter((each) => each !== besides)) {
          const vars = await member.vars();
          const isElected =
            vars?.['scheduler_lifecycle_LEADER_AWAITING_REGISTRATION'] === 1 ||
            vars?.['scheduler_lifecycle_ACTIVE'] === 1;
          if (isElected && (await member.call('getRoleSummary')).code === 'OK') return member;
        }
        return undefined;
      }),
    close: async () => {
      await Promise.all(members.map(({ scheduler }) => scheduler.terminate()));
      await Promise.all([zookeeper.close(), master.close()]);
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
