/** The flags of Aurora's `recovery-tool` (aurora.md 6), as far as an agent passes them. */
import { parseFlagDuration } from '../../aurora/flag-duration.ts';
import { JavaException } from './java-exception.ts';

export interface ToolFlags {
  readonly from: string;
  readonly to: string;
  readonly backup: string | null;
  readonly batchSize: number;
  readonly logPath: string;
  readonly logGroupPath: string;
  readonly quorum: number;
  readonly zookeeper: readonly string[];
  /** `-zk_in_proc`: a ZooKeeper of its own, where nobody else is. */
  readonly zookeeperInside: boolean;
  readonly credentials: string | undefined;
  /** In Aurora's own ms, not scaled. */
  readonly electionTimeoutMs: number;
  readonly electionRetries: number;
  readonly writeTimeoutMs: number;
}

const names =
  /^(backup|batch-size|dlog_max_entry_size|from|to|native_log_(election_retries|election_timeout|file_path|quorum_size|read_timeout|write_timeout|zk_group_path)|zk_(chroot_path|connection_timeout|digest_credentials|endpoints|in_proc|session_timeout))$/;

/** Both `-name=value` and `-name value`. Throws JavaException; its words are the recorded ones for an unknown flag alone. */
export function parseToolFlags(argv: readonly string[]): ToolFlags {
  const values = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', inline] = /^-([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!names.test(name) || values.has(name)) {
      throw parameterException(
        `Was passed main parameter '${word}' but no main parameter was defined in your arg class`,
      );
    }
    values.set(name, inline ?? rest.shift() ?? '');
  }
  for (const name of ['from', 'to', 'zk_endpoints']) {
    if (!values.has(name)) throw parameterException(`The following option is required: [-${name}]`);
  }
  return readFlags(values);
}

function readFlags(values: ReadonlyMap<string, string>): ToolFlags {
  const text = (name: string, fallback = ''): string => values.get(name) ?? fallback;
  const duration = (name: string, fallback: string): number => {
    const ms = parseFlagDuration(text(name, fallback));
    if (ms === null) throw parameterException(`"-${name}": couldn't convert "${text(name)}"`);
    return ms;
  };
  return {
    from: text('from'),
    to: text('to'),
    backup: values.get('backup') ?? null,
    batchSize: Number(text('batch-size', '50')),
    logPath: text('native_log_file_path'),
    logGroupPath: text('native_log_zk_group_path'),
    quorum: Number(text('native_log_quorum_size', '1')),
    zookeeper: text('zk_endpoints').split(','),
    zookeeperInside: text('zk_in_proc') === 'true',
    credentials: values.get('zk_digest_credentials'),
    electionTimeoutMs: duration('native_log_election_timeout', '15secs'),
    electionRetries: Number(text('native_log_election_retries', '20')),
    writeTimeoutMs: duration('native_log_write_timeout', '3secs'),
  };
}

function parameterException(message: string): JavaException {
  return new JavaException('com.beust.jcommander.ParameterException', message);
}
