import { AuroraError } from '../../../aurora/errors.ts';
import { durationUnits, parseFlagDuration } from '../../../aurora/flag-duration.ts';
import { flagKinds, requiredFlags } from './table.ts';

/** The flags of one start, by name without the dash. */
export type FlagValues = ReadonlyMap<string, string>;

/**
 * Parses arguments as 0.19 and later do (JCommander): `-name=value` or `-name value`, one dash, each flag
 * once. Throws AuroraError `bad-flags` with the scheduler's own line; it then prints its usage and exits 1.
 */
export function parseFlags(argv: readonly string[]): FlagValues {
  const values = new Map<string, string>();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const equals = argument.indexOf('=');
    const name = argument.slice(1, equals < 0 ? undefined : equals);
    const kind = argument.startsWith('-') ? flagKinds.get(name) : undefined;
    if (kind === undefined) {
      throw badFlags(
        `Was passed main parameter '${argument}' but no main parameter was defined in your arg class`,
      );
    }
    if (values.has(name)) throw badFlags(`Can only specify option -${name} once.`);
    const next = argv[index + 1];
    let value: string;
    if (equals >= 0) value = argument.slice(equals + 1);
    else if (kind === 'switch') value = 'true';
    else if (next !== undefined) {
      value = next;
      index++;
    } else throw badFlags(`Expected a value after parameter -${name}`);
    checkValue(name, value, kind);
    values.set(name, value);
  }
  const missing = requiredFlags.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `[-${name}]`).join(', ');
    throw badFlags(`The following options are required: ${names}`);
  }
  return values;
}

/** The lines of a flag file: one argument a line, blank lines and lines starting with # left out. */
export function readFlagFile(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function checkValue(name: string, value: string, kind: string): void {
  if (kind === 'duration' && parseFlagDuration(value) === null) {
    throw badFlags(`"-${name}": couldn't convert "${value}" to one of [${durationUnits}]`);
  }
  if (kind === 'number' && !/^-?\d+$/.test(value)) {
    throw badFlags(`"-${name}": couldn't convert "${value}" to an integer`);
  }
  if (kind === 'size' && !/^\d+(BYTES|Kb|KB|Mb|MB|Gb|GB|Tb|TB)$/.test(value)) {
    throw badFlags(`"-${name}": couldn't convert "${value}" to a data size`);
  }
  if (kind === 'switch' && value !== 'true' && value !== 'false') {
    throw badFlags(`"-${name}": couldn't convert "${value}" to a boolean`);
  }
  if (kind === 'endpoints' && !/^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/.test(value)) {
    throw badFlags(`"-${name}": couldn't convert "${value}" to a list of host:port`);
  }
  if (kind === 'path' && !/^(\/[^/\s]+)+\/?$/.test(value)) {
    throw badFlags(`"-${name}": "${value}" is not a valid absolute znode path`);
  }
}

function badFlags(message: string): AuroraError {
  return new AuroraError({
    code: 'bad-flags',
    message,
    hint: 'Correct the flag and start the scheduler again.',
  });
}
