import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/aurora/system-clock.ts';
import {
  type SimulatedMesosMaster,
  startMesosMaster,
} from '../../../../src/pretend-aurora/mesos/master/server.ts';
import type { MasterState } from '../../../../src/pretend-aurora/mesos/master/state.ts';
import { simulatedReleaseOf } from '../../../../src/pretend-aurora/release/simulated-release.ts';
import { parseFlags } from '../../../../src/pretend-aurora/scheduler/flags/parse.ts';
import { readSettings } from '../../../../src/pretend-aurora/scheduler/flags/settings.ts';
import { writeLog } from '../../../../src/pretend-aurora/scheduler/scene/write-log.ts';
import { Scheduler } from '../../../../src/pretend-aurora/scheduler/scheduler.ts';
import type { LogEntry } from '../../../../src/pretend-aurora/scheduler/storage/log-entry.ts';
import { parseWorld } from '../../../../src/pretend-aurora/scheduler/world.ts';
import {
  startZooKeeperServer,
  type ZooKeeperServer,
} from '../../../../src/pretend-aurora/zookeeper/server.ts';
import { freePort, until } from './drill-cluster.ts';

export interface LoneScheduler {
  readonly url: string;
  readonly directory: string;
  readonly scheduler: Scheduler;
  readonly master: SimulatedMesosMaster;
  readonly zookeeper: ZooKeeperServer;
  /** Resolves with the code the process would have ended with. */
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

/** One scheduler in this process that leads a cluster of its own. */
export async function startLoneScheduler(options: {
  /** 0.22.0 when absent. */
  auroraVersion?: string;
  clusterName: string;
  flags?: readonly string[];
  world?: object;
  /** What its log holds already. */
  log?: readonly LogEntry[];
  mesos?: MasterState;
  /** Writes what the flags refer to. */
  prepare?: (directory: string) => void;
}): Promise<LoneScheduler> {
  const { auroraVersion = '0.22.0' } = options;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lone-scheduler-'));
  options.prepare?.(directory);
  const zookeeper = await startZooKeeperServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    minSessionTimeoutMs: 200,
    maxSessionTimeoutMs: 20_000,
  });
  const master = await startMesosMaster({
    host: '127.0.0.1',
    port: 0,
    ...(options.mesos !== undefined && { state: options.mesos }),
  });
  writeLog(`${directory}/db`, options.log ?? []);
  const exited = Promise.withResolvers<number>();
  const scheduler = new Scheduler({
    settings: readSettings(
      parseFlags(
        [
          `-cluster_name=${options.clusterName}`,
          '-serverset_path=/aurora/scheduler',
          `-zk_endpoints=127.0.0.1:${zookeeper.port}`,
          '-native_log_zk_group_path=/aurora/replicated-log',
          `-native_log_file_path=${directory}/db`,
          `-backup_dir=${directory}/backups`,
          '-mesos_master_address=zk://masters/mesos',
          ...(options.flags ?? []).map((flag) => flag.replace('{directory}', directory)),
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
        libprocess: `127.0.0.1:${await freePort()}`,
        replicas: [],
        zookeeper: { sessionTimeoutMs: 2_000, logSessionTimeoutMs: 1_000, deadlineMs: 2_000 },
        ...options.world,
      }),
    ),
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    say: () => undefined,
    exit: exited.resolve,
    commandLine: '',
  });
  await scheduler.start();
  const url = `http://127.0.0.1:${scheduler.httpPort}`;
  return {
    url,
    directory,
    scheduler,
    master,
    zookeeper,
    exited: exited.promise,
    close: async () => {
      await scheduler.terminate();
      await Promise.all([zookeeper.close(), master.close()]);
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Until `/leaderhealth` says 200; where there is no such page, until the scheduler is ACTIVE. */
export async function untilLeading({ url, scheduler }: LoneScheduler): Promise<void> {
  await until('the scheduler to lead', async () => {
    const { status } = await fetch(`${url}/leaderhealth`);
    return status === 200 || (status === 404 && scheduler.lifecycle.state === 'ACTIVE');
  });
}
