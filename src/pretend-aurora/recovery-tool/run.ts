/**
 * The simulated `recovery-tool`: outputs, exit codes and carelessness as recorded (aurora.md 6, 13, 14 I). It fills the
 * local log through the real coordinator of the simulated one, so peers that run get its entries as well, and it says
 * nothing about them.
 */
import fs from 'node:fs';
import type { Clock } from '../../aurora/clock.ts';
import { snapshot } from '../../thrift/structs.ts';
import { OpenError } from '../mesos/leveldb/open-error.ts';
import { Replica } from '../mesos/log/replica.ts';
import { Ensemble } from '../scheduler/log/ensemble.ts';
import { LogWriteError, LogWriter } from '../scheduler/log/log-writer.ts';
import { JavaFailure } from '../scheduler/storage/java-failure.ts';
import { readAsJava } from '../scheduler/storage/java-reader.ts';
import { causeOfFailure } from '../scheduler/storage/life-rules.ts';
import { decodeLogEntry, encodeLogEntry } from '../scheduler/storage/log-entry.ts';
import type { Snapshot } from '../scheduler/storage/store.ts';
import { parseToolFlags, type ToolFlags } from './flags.ts';
import { JavaException } from './java-exception.ts';
import { listOperations, mergeOperations } from './operations.ts';

/** What the tool does to the world, passed in. */
interface ToolEnvironment {
  readonly clock: Clock;
  readonly stderr: (text: string) => void;
  /** This host's replica, and all of the ensemble. */
  readonly libprocess: string;
  readonly replicas: readonly string[];
  /** How long a second of Aurora's lasts here. */
  readonly msPerSecond: number;
  /** Becomes a member of the log group; resolves with how to leave it, as a process that ends does. */
  readonly announce: (
    group: Pick<ToolFlags, 'zookeeper' | 'credentials'> & { path: string },
  ) => Promise<() => void>;
  /** Told when the log begins to be written. */
  readonly onWriting: () => void;
  /** True when this run shall die after a part of the backup. */
  readonly diesHalfway: () => boolean;
}

const answerMsMin = 2_000;
const persistence = 'org.apache.aurora.scheduler.storage.durability.Persistence$PersistenceException';

/** Resolves with the exit code. */
export async function runRecoveryTool(
  argv: readonly string[],
  environment: ToolEnvironment,
): Promise<number> {
  try {
    await recover(parseToolFlags(argv), environment);
    return 0;
  } catch (thrown) {
    environment.stderr(linesOf(thrown));
    return 1;
  }
}

function linesOf(thrown: unknown): string {
  if (thrown instanceof JavaException) return thrown.lines;
  if (thrown instanceof OpenError)
    return `EXIT with status 1: Failed to recover the log: ${thrown.message}\n`;
  if (thrown instanceof LogWriteError) return new JavaException(persistence, thrown.message).lines;
  throw thrown;
}

async function recover(flags: ToolFlags, environment: ToolEnvironment): Promise<void> {
  const say = glog(environment);
  say('RecoveryTool', `Recovering from ${flags.from} to ${flags.to}`);
  if (flags.to !== 'LOG') throw new JavaException('java.lang.IllegalStateException', 'Backups are read-only');
  const replica = new Replica(flags.logPath);
  try {
    const group = { ...flags, path: flags.logGroupPath };
    const leave = flags.zookeeperInside ? () => undefined : await environment.announce(group);
    try {
      await fill(replica, { flags, environment, say });
    } finally {
      leave();
    }
  } finally {
    replica.close();
  }
}

type Say = (component: string, text: string) => void;

async function fill(
  replica: Replica,
  run: { flags: ToolFlags; environment: ToolEnvironment; say: Say },
): Promise<void> {
  const { flags, environment, say } = run;
  const { clock } = environment;
  const writeMs = Math.max(answerMsMin, (flags.writeTimeoutMs / 1000) * environment.msPerSecond);
  const ensemble = new Ensemble({ replica, self: environment.libprocess, replicas: environment.replicas });
  const writer = new LogWriter({ ensemble, quorum: flags.quorum });
  say('Recovery', 'Ensuring recovery destination is empty');
  const entries = await elect(writer, { flags, environment });
  if (entries.some(saysSomething)) {
    throw new JavaException(
      'java.lang.IllegalStateException',
      'Refusing to recover into non-empty persistence',
    );
  }
  // The real log begins with an entry that means nothing; it is there after a run that found no file, too.
  await writer.append(encodeLogEntry({ kind: 'transaction', change: {} }), writeMs);
  const backup = readBackup(flags.backup);
  const failure = causeOfFailure(backup);
  if (failure !== null) throw new JavaException(failure.exception, failure.message);
  const operations = listOperations(backup);
  say('SnapshotterImpl', 'Restoring snapshot.');
  const startedAt = clock.now();
  const dying = environment.diesHalfway();
  const batches = batch(operations, dying ? 1 : flags.batchSize);
  environment.onWriting();
  for (const [index, operationsOfBatch] of batches.entries()) {
    if (dying && index >= batches.length / 2) throw new LogWriteError('Timeout performing log append');
    say('Recovery', `Saving batch ${index + 1}`);
    const change = { save: mergeOperations(operationsOfBatch) };
    await writer.append(encodeLogEntry({ kind: 'transaction', change }), writeMs);
  }
  say('Recovery', 'Recovery finished');
  say('Recovery', `Copied ${operations.length} ops in ${clock.now() - startedAt} ms`);
}

/** On a log that was never initialised every attempt misses, and the tool gives up after all of them (100 s seen). */
async function elect(
  writer: LogWriter,
  run: { flags: ToolFlags; environment: ToolEnvironment },
): Promise<readonly Buffer[]> {
  const { flags, environment } = run;
  const everyMs = (flags.electionTimeoutMs / 1000) * environment.msPerSecond;
  for (let attempt = 0; attempt < flags.electionRetries; attempt += 1) {
    const startedAt = environment.clock.now();
    const entries = await writer.elect({ timeoutMs: answerMsMin, first: false });
    if (entries !== null) return entries;
    await environment.clock.sleep(Math.max(1, everyMs - (environment.clock.now() - startedAt)));
  }
  throw new JavaException(persistence, 'Failed to elect the log writer', 'java.lang.RuntimeException');
}

function saysSomething(bytes: Buffer): boolean {
  const entry = decodeLogEntry(bytes);
  if (entry.kind === 'snapshot') return true;
  const { removeTasks = [], save = {} } = entry.change;
  return removeTasks.length > 0 || Object.keys(save).length > 0;
}

function readBackup(path: string | null): Snapshot {
  if (path === null || !fs.existsSync(path)) {
    throw new JavaException(
      persistence,
      `Backup ${path ?? ''} does not exist.`,
      'java.lang.RuntimeException',
    );
  }
  try {
    return readAsJava(snapshot, fs.readFileSync(path));
  } catch (thrown) {
    if (!(thrown instanceof JavaFailure)) throw thrown;
    throw new JavaException(
      persistence,
      `Failed to decode backup ${thrown.text ?? ''}`,
      'java.lang.RuntimeException',
    );
  }
}

function batch<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** As the JVM logs: `I1123 17:31:14.610 [main, Recovery] Recovery finished `, with a blank at the end. */
function glog({ clock, stderr }: ToolEnvironment): Say {
  return (component, text) => {
    const at = new Date(clock.now()).toISOString();
    stderr(`I${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)} [main, ${component}] ${text} \n`);
  };
}
