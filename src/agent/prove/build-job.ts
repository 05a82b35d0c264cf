/** The job for one backup, from what is configured. */
import { readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { releaseOf } from '../../aurora/releases.ts';
import type { AgentConfig } from '../config.ts';
import { describeOutcome, runCommand } from '../run-command.ts';
import type { Job, ProofWay } from './job.ts';
import type { ProveConfig } from './prove-config.ts';

/** Where everything is written; a file system of its own there. */
const scratch = '/tmp';
const idMs = 10_000;
/** Of the scheduler's own: what a snapshot or a configuration of a task needs in order to be read. */
const passedOn = [
  'thermos_executor_path',
  'custom_executor_config',
  'tier_config',
  'allowed_container_types',
  'dlog_max_entry_size',
];

/** Throws AuroraError `prove-account` when there is no such account, or it is root. */
export async function buildJob(
  config: AgentConfig,
  prove: ProveConfig,
  {
    ways,
    backup,
    hostFlags,
  }: {
    ways: readonly ProofWay[];
    backup: Job['backup'];
    hostFlags: Readonly<Record<string, string>>;
  },
): Promise<Job> {
  const { uid, gid } = await idsOf(prove.account);
  const flags = Object.fromEntries(
    passedOn.flatMap((name) => (hostFlags[name] === undefined ? [] : [[name, hostFlags[name]]])),
  );
  return {
    version: 1,
    ways,
    auroraVersion: config.auroraVersion,
    backup,
    place: {
      uid,
      gid,
      hostNetwork: await readlink('/proc/self/ns/net'),
      hidden: hiddenPlaces(config),
      scratch,
    },
    scheduler: { argv: prove.scheduler.argv, env: environmentOf(prove, prove.scheduler.env) },
    initializeLog: {
      argv: prove.initializeLog?.argv ?? [config.paths.mesosLog, 'initialize', '--path={path}'],
      env: environmentOf(prove, {}),
    },
    recoveryTool:
      prove.recoveryTool === undefined
        ? null
        : { argv: prove.recoveryTool.argv, env: environmentOf(prove, prove.recoveryTool.env) },
    flags: { ...flags, ...prove.flags },
    bounds: {
      totalMs: prove.seconds * 1_000,
      startMs: prove.startSeconds * 1_000,
      aliveMs: prove.aliveSeconds * 1_000,
    },
  };
}

/** By which ways a backup is proven here. */
export function waysOf(config: AgentConfig, prove: ProveConfig): readonly ProofWay[] {
  const tool: readonly ProofWay[] = releaseOf(config.auroraVersion).recoveryTool ? ['recovery-tool'] : [];
  if (prove.way === 'both') return ['staged', ...tool];
  return [prove.way];
}

/** What is hidden of this host: the storage with everything that restores have left beside it, and what the agent knows. */
export function hiddenPlaces({ paths }: AgentConfig): readonly string[] {
  const around = dirname(paths.log);
  // Of /var/lib too much would be gone with it.
  const storage = around.split('/').length > 3 ? around : paths.log;
  return [...new Set([storage, paths.backups, paths.state])];
}

function environmentOf(
  { heapMib }: ProveConfig,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    // Read by every JVM, whatever starts it; a program's own options win over it.
    JAVA_TOOL_OPTIONS: `-Xmx${heapMib}m -Djava.io.tmpdir=${scratch}`,
    ...own,
    HOME: scratch,
    TMPDIR: scratch,
    LIBPROCESS_IP: '127.0.0.1',
  };
}

/** Why nothing can be proven as that account, as a sentence; `null` when it is one that will do. */
export async function whyNotAs(account: string): Promise<string | null> {
  try {
    await idsOf(account);
    return null;
  } catch (error) {
    if (error instanceof AuroraError) return `${error.message} ${error.hint}`;
    throw error;
  }
}

async function idsOf(account: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([idOf('-u', account), idOf('-g', account)]);
  if (uid > 0) return { uid, gid };
  throw noAccount(account, 'it is root');
}

async function idOf(option: '-u' | '-g', account: string): Promise<number> {
  const argv = ['/usr/bin/id', option, account];
  const outcome = await runCommand({ argv, timeoutMs: idMs });
  if (outcome.exitCode === 0 && /^\d+$/.test(outcome.stdout.trim())) return Number(outcome.stdout);
  throw noAccount(account, describeOutcome(argv, outcome));
}

function noAccount(account: string, why: string): AuroraError {
  return new AuroraError({
    code: 'prove-account',
    message: `No backup can be proven as ${account}: ${why}.`,
    hint: 'Make the account (useradd --system aurora-prove), or name another one with prove.account in the configuration of the agent.',
  });
}
