/**
 * Aurora's `recovery-tool` (0.20 and later, aurora.md 6 and 13): reads a backup and appends it to the local log. It
 * exits 0 and says how many operations it copied, or exits 1 with a Java exception; there is no mark for a log that was
 * only partly filled.
 */
import { stat } from 'node:fs/promises';
import { AuroraError } from '../../aurora/errors.ts';
import { hideSecrets } from '../../aurora/hidden.ts';
import type { AgentConfig } from '../config.ts';
import { fillArguments } from '../run-command.ts';
import { type Effect, runEffectOutcome } from './effect-command.ts';

type Flags = Readonly<Record<string, string>>;

export interface RecoveryToolAnswer {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** `null` unless it said that it has finished. */
  readonly copied: { readonly ops: number; readonly ms: number } | null;
  /** What a person should see of a failure. */
  readonly said: string;
  /** The end of its output, secrets left out. */
  readonly tail: string;
}

export interface RecoveryTool {
  isPresent(): Promise<boolean>;
  /** `flags` are the scheduler's own with what stands in for them; AuroraError `tool-flags` when one is missing. */
  fill(wanted: { backup: string; log: string; flags: Flags }, effect: Effect): Promise<RecoveryToolAnswer>;
}

/** Flags that the tool shares with the scheduler; it refuses any other. */
const toolFlags = [
  'native_log_file_path',
  'native_log_zk_group_path',
  'native_log_quorum_size',
  'native_log_election_timeout',
  'native_log_election_retries',
  'native_log_read_timeout',
  'native_log_write_timeout',
  'dlog_max_entry_size',
  'zk_endpoints',
  'zk_chroot_path',
  'zk_connection_timeout',
  'zk_digest_credentials',
  'zk_in_proc',
  'zk_session_timeout',
];
const neededFlags = ['native_log_file_path', 'native_log_zk_group_path', 'zk_endpoints'];
const secretFlags = ['zk_digest_credentials'];

/** The driver of the configuration; `null` when this host has none. */
export function createRecoveryTool(
  config: AgentConfig['drivers']['recoveryTool'],
  runMs: number,
): RecoveryTool | null {
  if (config === undefined) return null;
  return {
    isPresent: async () => (await stat(config.program).catch(() => null))?.isFile() === true,
    fill: async ({ backup, log, flags }, effect) => {
      const own = pickToolFlags(flags, log);
      const argv = config.argv.flatMap((argument) =>
        argument === '{flags}'
          ? Object.entries(own).map(([name, value]) => `-${name}=${value}`)
          : fillArguments([argument], { backup }),
      );
      const outcome = await runEffectOutcome(argv, effect, {
        timeoutMs: runMs,
        env: config.env,
        keep: 'end',
      });
      const secrets = secretFlags.flatMap((name) => own[name] ?? []);
      return parseToolOutput({ ...outcome, secrets });
    },
  };
}

/** Those of a scheduler's flags that the tool takes. */
export function toolFlagsOf(flags: Flags): Flags {
  return Object.fromEntries(
    toolFlags.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
}

/** Throws AuroraError `tool-flags` when one that is needed is missing, or the log is another one than the agent's. */
function pickToolFlags(flags: Flags, log: string): Flags {
  const own = toolFlagsOf(flags);
  const missing = neededFlags.find((name) => own[name] === undefined);
  if (missing !== undefined) throw unfitFlags(`The flag file has no -${missing}, which the tool needs.`);
  if (own['native_log_file_path'] !== log) {
    throw unfitFlags(`-native_log_file_path is ${own['native_log_file_path']}, and the agent keeps ${log}.`);
  }
  return own;
}

/** Reads what the tool said; log lines and the exception are on stderr. */
export function parseToolOutput(outcome: {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  secrets?: readonly string[];
}): RecoveryToolAnswer {
  const output = (outcome.secrets ?? []).reduce(
    (text, secret) => (secret === '' ? text : text.replaceAll(secret, '(hidden)')),
    hideSecrets(`${outcome.stdout}\n${outcome.stderr}`.trim()),
  );
  const [, ops, ms] = /Copied (\d+) ops in (\d+) ms/.exec(output) ?? [];
  const finished = output.includes('Recovery finished') && ops !== undefined;
  return {
    exitCode: outcome.exitCode ?? -1,
    copied: finished ? { ops: Number(ops), ms: Number(ms) } : null,
    said: sayFailure(output),
    tail: output.slice(-tailCharacters),
  };
}

const tailCharacters = 2_000;

/** The exception without its Java class and the lines below it; the last line when there is none. */
function sayFailure(output: string): string {
  const exception = /Exception in thread "[^"]*" (.*)/.exec(output)?.[1];
  const last = output.split('\n').at(-1) ?? '';
  return (exception?.replace(/^([\w.$]+: )+/, '') ?? last).trim().slice(0, 300);
}

function unfitFlags(message: string): AuroraError {
  return new AuroraError({
    code: 'tool-flags',
    message,
    hint: "Fix the scheduler's flag file, or paths.log in the configuration of the agent; nothing was run.",
  });
}
