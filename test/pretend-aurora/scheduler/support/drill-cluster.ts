import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/aurora/system-clock.ts';
import { hostPaths } from '../../../../src/pretend-aurora/host/host-dir.ts';
import { runHostctl } from '../../../../src/pretend-aurora/host/hostctl.ts';
import { readStatus } from '../../../../src/pretend-aurora/host/scheduler-service.ts';
import {
  type SimulatedMesosMaster,
  startMesosMaster,
} from '../../../../src/pretend-aurora/mesos/master/server.ts';
import { runMesosLog } from '../../../../src/pretend-aurora/mesos/tool/run.ts';
import { buildScene, type Scene, type SceneHost } from '../../../../src/pretend-aurora/scheduler/scene.ts';
import {
  startZooKeeperServer,
  type ZooKeeperServer,
} from '../../../../src/pretend-aurora/zookeeper/server.ts';
import { callScheduler, type SchedulerReply } from './scheduler-call.ts';

/** A cluster of three real scheduler processes around an in-process ZooKeeper and Mesos master. */
export interface DrillCluster {
  readonly hosts: readonly SceneHost[];
  readonly scene: Scene;
  readonly zookeeper: ZooKeeperServer;
  readonly master: SimulatedMesosMaster;
  control(host: SceneHost, command: string): Promise<void>;
  pid(host: SceneHost): number | null;
  /** The scheduler's own log. */
  output(host: SceneHost): string;
  /** `null` when it does not answer. */
  vars(host: SceneHost): Promise<Record<string, number | string> | null>;
  call(host: SceneHost, method: Parameters<typeof callScheduler>[1], args?: object): Promise<SchedulerReply>;
  /** Replaces or removes flags in a host's file. */
  setFlags(host: SceneHost, flags: Readonly<Record<string, string>>): void;
  setWorld(host: SceneHost, change: object): void;
  initializeLog(host: SceneHost): Promise<number>;
  /** The only host whose gauge says so. */
  findInState(state: string): Promise<SceneHost>;
  /** Elected and its storage READY. */
  findReady(): Promise<SceneHost>;
  close(): Promise<void>;
}

export const serversetPath = '/aurora/east/scheduler';
export const logGroupPath = '/aurora/east/replicated-log';

/** The flags of recovery mode (aurora.md 7.4). */
export const recoveryFlags = {
  mesos_master_address: 'zk://localhost:1111/mesos/master',
  max_registration_delay: '360mins',
  reconciliation_initial_delay: '365days',
};

const program = [
  process.execPath,
  path.join(import.meta.dirname, '../../../../src/pretend-aurora/programs/scheduler.ts'),
];

export async function startDrillCluster(options: { auroraVersion?: string } = {}): Promise<DrillCluster> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'drill-cluster-'));
  const zookeeper = await startZooKeeperServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    minSessionTimeoutMs: 200,
    maxSessionTimeoutMs: 20_000,
  });
  const mesosPort = await freePort();
  const hosts: SceneHost[] = [];
  for (const number of [1, 2, 3]) {
    hosts.push({
      name: `aurora-${number}`,
      directory: path.join(directory, `aurora-${number}`),
      ip: '127.0.0.1',
      httpPort: await freePort(),
      libprocess: `127.0.0.1:${await freePort()}`,
    });
  }
  const scene = buildScene({
    ...options,
    cluster: 'east',
    hosts,
    nowMs: Date.now(),
    seed: 'test',
    zookeeper: `127.0.0.1:${zookeeper.port}`,
    mesos: { address: 'zk://masters/mesos', url: `http://127.0.0.1:${mesosPort}` },
    time: { msPerSecond: 20 },
    zookeeperTimeouts: { sessionTimeoutMs: 2_000, logSessionTimeoutMs: 1_000, deadlineMs: 2_000 },
  });
  const master = await startMesosMaster({ host: '127.0.0.1', port: mesosPort, state: scene.mesos });
  const vars = async (host: SceneHost) => {
    try {
      const response = await fetch(`http://${host.ip}:${host.httpPort}/vars.json`);
      return (await response.json()) as Record<string, number | string>;
    } catch {
      return null;
    }
  };
  const control = async (host: SceneHost, command: string) => {
    await runHostctl(command, {
      directory: host.directory,
      program,
      operationId: null,
      now: Date.now,
    });
  };
  const call: DrillCluster['call'] = (host, method, args = {}) =>
    callScheduler(`http://${host.ip}:${host.httpPort}`, method, args);
  const findInState = (state: string) =>
    until(`a host in ${state}`, async () => {
      const found = await Promise.all(hosts.map(vars));
      const matching = hosts.filter((_, index) => found[index]?.[`scheduler_lifecycle_${state}`] === 1);
      return matching.length === 1 ? matching[0] : undefined;
    });
  return {
    hosts,
    scene,
    zookeeper,
    master,
    control,
    pid: (host) => readStatus(host.directory).pid,
    output: (host) => fs.readFileSync(hostPaths(host.directory).output, 'utf8'),
    vars,
    call,
    setFlags: (host, flags) => {
      const file = hostPaths(host.directory).flags;
      const kept = fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !Object.keys(flags).some((name) => line.startsWith(`-${name}=`)));
      fs.writeFileSync(
        file,
        [
          ...kept.filter(Boolean),
          ...Object.entries(flags).map(([name, value]) => `-${name}=${value}`),
          '',
        ].join('\n'),
      );
    },
    setWorld: (host, change) => {
      const file = hostPaths(host.directory).world;
      const world = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
      fs.writeFileSync(file, JSON.stringify({ ...world, ...change }));
    },
    initializeLog: (host) =>
      runMesosLog(['initialize', `--path=${hostPaths(host.directory).log}`], {
        variables: { LIBPROCESS_IP: '127.0.0.1' },
        now: () => new Date(),
        stderr: () => undefined,
      }),
    findInState,
    findReady: () =>
      until('an elected host with READY storage', async () => {
        for (const host of hosts) {
          const found = await vars(host);
          const elected =
            found?.scheduler_lifecycle_LEADER_AWAITING_REGISTRATION === 1 ||
            found?.scheduler_lifecycle_ACTIVE === 1;
          if (elected && (await call(host, 'getRoleSummary')).code === 'OK') return host;
        }
        return undefined;
      }),
    close: async () => {
      for (const host of hosts) await control(host, 'kill');
      await Promise.all([zookeeper.close(), master.close()]);
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition, never for a time; throws after the bound. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
