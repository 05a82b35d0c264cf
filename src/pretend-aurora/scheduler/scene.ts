import fs from 'node:fs';
import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { hostPaths } from '../host/host-dir.ts';
import type { MasterState } from '../mesos/master/state.ts';
import { type SimulatedRelease, simulatedReleaseOf } from '../release/simulated-release.ts';
import { type SceneBackup, writeBackups } from './scene/backups.ts';
import { type RecordedDay, recallDay } from './scene/recorded-day.ts';
import { loseLog, writeLog } from './scene/write-log.ts';
import type { LogEntry } from './storage/log-entry.ts';
import type { WorldInput } from './world.ts';

export interface SceneHost {
  /** What the scheduler advertises (`-hostname`). */
  readonly name: string;
  /** Everything of this host lies here (see `hostPaths`); created. */
  readonly directory: string;
  /** Where the scheduler itself finds that directory; the same place when absent. */
  readonly installedAt?: string;
  /** `-ip`, where the scheduler listens and its agent reaches it. */
  readonly ip: string;
  readonly httpPort: number;
  /** `ip:port`. */
  readonly libprocess: string;
  /** See `World.joinAfterMs`. */
  readonly joinAfterMs?: number;
}

interface SceneOptions {
  /** The release of every scheduler; 0.22.0 when absent. */
  readonly auroraVersion?: string;
  readonly cluster: string;
  readonly hosts: readonly SceneHost[];
  readonly nowMs: number;
  readonly seed: string;
  /** `host:port`. */
  readonly zookeeper: string;
  readonly mesos: WorldInput['mesos'];
  readonly time: WorldInput['time'];
  readonly zookeeperTimeouts: WorldInput['zookeeper'];
  readonly commit?: WorldInput['commit'];
  /** Every host's log is lost: schedulers run, and the elected one never gets READY. They are whole when absent. */
  readonly lostLogs?: boolean;
}

export interface Scene {
  readonly story: RecordedDay;
  readonly backups: readonly SceneBackup[];
  /** Give it to `startMesosMaster` as its first state. */
  readonly mesos: MasterState;
  /** What a restore of the newest backup does to the tasks; ids sorted. */
  readonly outcome: RecordedDay['outcome'];
}

/**
 * Builds the hosts of a drill as they are before the story begins: flag files, initialised logs that hold the
 * cluster's state, backups of several ages (one cut, one gzipped), world files. Nothing is started.
 */
export function buildScene(options: SceneOptions): Scene {
  const release = simulatedReleaseOf(options.auroraVersion ?? '0.22.0');
  const story = recallDay({ ...options, release });
  const entries: LogEntry[] = [
    { kind: 'snapshot', snapshot: story.atBackup },
    ...story.since.map((change) => ({ kind: 'transaction' as const, change })),
  ];
  for (const host of options.hosts) {
    const paths = hostPaths(host.directory);
    fs.mkdirSync(paths.backups, { recursive: true });
    fs.mkdirSync(paths.befalls, { recursive: true });
    fs.writeFileSync(paths.flags, flagFile(host, { ...options, release }));
    fs.writeFileSync(paths.world, `${JSON.stringify(worldOf(host, options), null, 2)}\n`);
    writeLog(paths.log, entries);
    if (options.lostLogs === true) loseLog(paths.log);
  }
  const backups = writeBackups(
    story,
    options.hosts.map(({ name, directory }) => ({ name, backupDirectory: hostPaths(directory).backups })),
  );
  return { story, backups, mesos: story.mesos, outcome: story.outcome };
}

/** An elected scheduler gives up a lost log after as many attempts: in a drill, whose seconds are short, that is minutes again. */
const lastingRetries = 200;

/**
 * A host's flags as a packaged scheduler would have them; reconciliation is far away, so that the story
 * stands still.
 */
function flagFile(
  host: SceneHost,
  options: Pick<SceneOptions, 'cluster' | 'hosts' | 'zookeeper' | 'mesos' | 'lostLogs'> & {
    release: SimulatedRelease;
  },
): string {
  const ifKnown = (flag: string): string[] => {
    const name = flag.slice(1).split('=')[0] ?? '';
    return mayHaveFlag(options.release.minor, name) ? [flag] : [];
  };
  const paths = hostPaths(host.installedAt ?? host.directory);
  const quorum = Math.floor(options.hosts.length / 2) + 1;
  return [
    '# Flags of the Aurora scheduler on this host, one a line.',
    `-cluster_name=${options.cluster}`,
    ...ifKnown(`-hostname=${host.name}`),
    ...ifKnown(`-ip=${host.ip}`),
    `-http_port=${host.httpPort}`,
    `-native_log_quorum_size=${quorum}`,
    `-native_log_file_path=${paths.log}`,
    `-native_log_zk_group_path=/aurora/${options.cluster}/replicated-log`,
    `-serverset_path=/aurora/${options.cluster}/scheduler`,
    `-zk_endpoints=${options.zookeeper}`,
    `-mesos_master_address=${options.mesos.address}`,
    `-backup_dir=${paths.backups}`,
    '-backup_interval=1hrs',
    '-max_saved_backups=48',
    '-max_registration_delay=1mins',
    ...(options.lostLogs === true ? [`-native_log_election_retries=${lastingRetries}`] : []),
    ...ifKnown('-reconciliation_initial_delay=60mins'),
    ...ifKnown('-gc_executor_path=/usr/share/aurora/bin/gc_executor'),
    '',
  ].join('\n');
}

function worldOf(host: SceneHost, options: SceneOptions): WorldInput {
  return {
    ...(options.auroraVersion !== undefined && { auroraVersion: options.auroraVersion }),
    ip: host.ip,
    time: options.time,
    mesos: options.mesos,
    libprocess: host.libprocess,
    replicas: options.hosts.map(({ libprocess }) => libprocess),
    zookeeper: options.zookeeperTimeouts,
    seed: options.seed,
    effects: hostPaths(host.installedAt ?? host.directory).effects,
    befalls: hostPaths(host.installedAt ?? host.directory).befalls,
    joinAfterMs: host.joinAfterMs ?? 0,
    ...(options.commit !== undefined && { commit: options.commit }),
  };
}
