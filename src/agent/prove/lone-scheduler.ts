/** One scheduler in the place of a proof, in recovery mode, with its ZooKeeper inside itself (aurora.md 15). */
import { join } from 'node:path';
import type { Clock } from '../../aurora/clock.ts';
import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { recoveryFlags } from '../../aurora/restore-flags.ts';
import type { SchedulerReader } from '../../aurora/scheduler.ts';
import { axiosTransport } from '../../thrift/axios-transport.ts';
import { createSchedulerClient, type SchedulerClient } from '../../thrift/client.ts';
import { RpcError } from '../../thrift/rpc-error.ts';
import { createSchedulerReader } from '../../thrift/scheduler-reader.ts';
import { TransportError } from '../../thrift/transport.ts';
import type { Job } from './job.ts';
import { type RunningProgram, startProgram } from './program.ts';

export interface ProofPlace {
  readonly job: Job;
  readonly clock: Clock;
  /** In scratch: the directory that holds the backup, and one for a log. */
  readonly backups: string;
  readonly log: string;
}

export interface LoneScheduler {
  readonly program: RunningProgram;
  readonly client: SchedulerClient;
  readonly reader: SchedulerReader;
  /** `null` once its storage is READY; otherwise what happened instead, as a sentence about "it". */
  untilReady(): Promise<NotReady | null>;
  /** Whether it has given up after it was READY: its process ended, or its port is closed (aurora.md 13). */
  whyGone(): Promise<NotReady | null>;
}

interface NotReady {
  /** Gone for good and by itself, rather than slow or killed. */
  readonly dead: boolean;
  readonly says: string;
}

const port = 8081;
const pollMs = 200;
/** TBinary is five times faster and is not spoken by older ones (aurora.md 15, 16). */
const binarySince = 16;

/** Flags of 7.4 and 15, those that the release knows; `extra` are the host's own for proofs. */
export function loneFlags({
  job,
  backups,
  log,
}: Omit<ProofPlace, 'clock'>): Readonly<Record<string, string>> {
  const { auroraVersion, flags } = job;
  const { minor } = releaseOf(auroraVersion);
  const recovery = Object.entries(recoveryFlags(auroraVersion)).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const all: Record<string, string> = {
    ...flags,
    cluster_name: 'proof',
    http_port: String(port),
    ip: '127.0.0.1',
    hostname: '127.0.0.1',
    serverset_path: '/aurora/scheduler',
    native_log_zk_group_path: '/aurora/replicated-log',
    native_log_file_path: log,
    native_log_quorum_size: '1',
    backup_dir: backups,
    zk_in_proc: 'true',
    // Has to be there, and is not asked.
    zk_endpoints: '127.0.0.1:2181',
    ...Object.fromEntries(recovery),
    backup_interval: '365days',
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => mayHaveFlag(minor, name)));
}

/** Starts it; nothing is waited for. */
export function startLoneScheduler(place: ProofPlace): LoneScheduler {
  const { job, clock } = place;
  const release = releaseOf(job.auroraVersion);
  const program = startProgram(
    { argv: withFlags(job.scheduler.argv, loneFlags(place)), env: job.scheduler.env },
    { cwd: job.place.scratch, clock },
  );
  const client = createSchedulerClient({
    transport: axiosTransport({ url: `http://127.0.0.1:${port}/api`, clock }),
    protocol: release.minor >= binarySince ? 'tbinary' : 'tjson',
    deadlineMs: job.bounds.totalMs,
    bypassLeaderRedirect: true,
    sessionKey: release.sessionKey,
  });
  const reader = createSchedulerReader(client);

  return {
    program,
    client,
    reader,
    whyGone: async () => whyEnded(program) ?? ((await look(reader)) === 'closed' ? gaveUp : null),
    untilReady: async () => {
      const startedAt = clock.now();
      let opened = false;
      for (;;) {
        const ended = whyEnded(program);
        if (ended !== null) return ended;
        const seen = await look(reader);
        if (seen === 'ready') return null;
        if (seen === 'closed' && (opened || saysItDied.test(program.said()))) return gaveUp;
        opened ||= seen === 'open';
        const waitedMs = clock.now() - startedAt;
        if (waitedMs >= job.bounds.startMs) {
          return { dead: !opened, says: `was not READY within ${Math.round(waitedMs / 1000)} s` };
        }
        await clock.sleep(pollMs);
      }
    },
  };
}

/** Since 0.21 the process stays when it gives up, and its port may have been open between two looks (aurora.md 13; every release says this). */
const saysItDied = /SchedulerLifecycle state machine transition \w+ -> DEAD$/m;

const gaveUp: NotReady = { dead: true, says: 'gave up and closed its port' };

function whyEnded(program: RunningProgram): NotReady | null {
  const end = program.ended();
  if (end === null) return null;
  // 137 is what a shell makes of it. The kernel kills what takes too much memory: that says nothing of the backup.
  if (end.signal === 'SIGKILL' || end.code === 137) {
    return { dead: false, says: 'was killed; it may need more than prove.memoryMib' };
  }
  return { dead: true, says: `ended by itself (${end.signal ?? `exit ${end.code ?? '?'}`})` };
}

/** `argv` with the flags in the place that stands for them. */
export function withFlags(
  argv: readonly string[],
  flags: Readonly<Record<string, string>>,
): readonly string[] {
  return argv.flatMap((argument) =>
    argument === '{flags}' ? Object.entries(flags).map(([name, value]) => `-${name}=${value}`) : [argument],
  );
}

/** Where the log of one way lies. */
export function logOf({ place: { scratch } }: Job, name: string): string {
  return join(scratch, `log-${name}`);
}

async function look(reader: SchedulerReader): Promise<'closed' | 'open' | 'ready'> {
  try {
    return (await reader.isStorageReady()) ? 'ready' : 'open';
  } catch (error) {
    if (error instanceof TransportError && error.code === 'rpc-unreachable') return 'closed';
    if (error instanceof TransportError || error instanceof RpcError) return 'open';
    throw error;
  }
}
