import { AuroraError } from '../../../aurora/errors.ts';
import { type FlagKind, flagKinds } from '../../../aurora/flag-kinds.ts';
import { mayHaveFlag } from '../../../aurora/flag-lifetimes.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';

/** The flags of one start, by name without the dash. */
export type FlagValues = ReadonlyMap<string, string>;

const required = [
  'backup_dir',
  'cluster_name',
  'mesos_master_address',
  'native_log_file_path',
  'native_log_zk_group_path',
  'serverset_path',
  'zk_endpoints',
];

/** What a value must look like to be read at all; a scheduler that starts with it may still end by it. */
const forms: Partial<Record<FlagKind, RegExp>> = {
  duration: /^\d+(ns|us|ms|secs|mins|hrs|days)$/,
  number: /^-?\d+$/,
  size: /^\d+(BYTES|Kb|KB|Mb|MB|Gb|GB|Tb|TB)$/,
  switch: /^(true|false)$/,
  endpoints: /^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/,
  znode: /^(\/[^/\s]+)+\/?$/,
};

/**
 * `-name=value`, `-name value`, `-name` for switches, each flag once (aurora.md 7.1). Throws AuroraError `bad-flags` for
 * what the release does not start with, in our words: nobody reads them but whoever looks into a pretend host's output.
 */
export function parseFlags(argv: readonly string[], release: SimulatedRelease): FlagValues {
  const values = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', , given] = /^-([^=]+)(=(.*))?$/.exec(word) ?? [];
    if (name === '' && !release.refusesStrayWords) continue;
    const kind = mayHaveFlag(release.minor, name) ? flagKinds.get(name) : undefined;
    if (kind === undefined) throw badFlags(`Aurora ${release.version} has no flag ${word}.`);
    const value = unquoted(given ?? (kind === 'switch' ? 'true' : (rest.shift() ?? '')), release);
    if (forms[kind]?.test(value) === false) throw badFlags(`-${name}=${value} is no ${kind}.`);
    if (values.has(name)) throw badFlags(`-${name} is there twice.`);
    values.set(name, value);
  }
  const missing = required.filter((name) => !values.has(name));
  if (missing.length > 0) throw badFlags(`Missing: ${missing.map((name) => `-${name}`).join(', ')}.`);
  return values;
}

/** Older releases take both kinds of quotes away, newer ones one (recorded). */
function unquoted(value: string, { flagParser }: SimulatedRelease): string {
  return value.replace(flagParser === 'jcommander' ? /^(")(.*)\1$/ : /^(['"])(.*)\1$/, '$2');
}

function badFlags(message: string): AuroraError {
  return new AuroraError({
    code: 'bad-flags',
    message,
    hint: 'Correct the flag and start the scheduler again.',
  });
}

/** The lines of a flag file: one argument a line, blank lines and lines starting with # left out. */
export function readFlagFile(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
