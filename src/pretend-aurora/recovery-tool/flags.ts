/** The flags of Aurora's `recovery-tool` (aurora.md 6), with the words JCommander says to wrong ones, as recorded. */
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
  /** In Aurora's own ms, not scaled. */
  readonly electionTimeoutMs: number;
  readonly electionRetries: number;
  readonly writeTimeoutMs: number;
}

const names = [
  'backup',
  'batch-size',
  'dlog_max_entry_size',
  'from',
  'native_log_election_retries',
  'native_log_election_timeout',
  'native_log_file_path',
  'native_log_quorum_size',
  'native_log_read_timeout',
  'native_log_write_timeout',
  'native_log_zk_group_path',
  'to',
  'zk_chroot_path',
  'zk_connection_timeout',
  'zk_digest_credentials',
  'zk_endpoints',
  'zk_in_proc',
  'zk_session_timeout',
];
const required = ['from', 'to', 'zk_endpoints'];

/** Both `-name=value` and `-name value`. Throws JavaException with the recorded words. */
export function parseToolFlags(argv: readonly string[]): ToolFlags {
  const values = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [, name = '', inline] = /^-([\w-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (!names.includes(name)) {
      throw parameterException(
        `Was passed main parameter '${argument}' but no main parameter was defined in your arg class`,
      );
    }
    if (values.has(name)) throw parameterException(`Can only specify option -${name} once.`);
    if (inline === undefined) index += 1;
    const value = inline ?? argv[index];
    if (value === undefined) throw parameterException(`Expected a value after parameter -${name}`);
    values.set(name, value);
  }
  const missing = required.filter((name) => !values.has(name)).map((name) => `[-${name}]`);
  if (missing.length === 1) throw parameterException(`The following option is required: ${missing.join('')}`);
  if (missing.length > 1)
    throw parameterException(`The following options are required: ${missing.join(', ')}`);
  return readFlags(values);
}

export const optionNames: readonly string[] = names;

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
    electionTimeoutMs: duration('native_log_election_timeout', '15secs'),
    electionRetries: Number(text('native_log_election_retries', '20')),
    writeTimeoutMs: duration('native_log_write_timeout', '3secs'),
  };
}

function parameterException(message: string): JavaException {
  return new JavaException('com.beust.jcommander.ParameterException', message);
}
