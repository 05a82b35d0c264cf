import { durationUnits, parseFlagDuration } from '../../../aurora/flag-duration.ts';
import { badFlags, isZnodePath, whatItIsNot } from './bad-flags.ts';
import { type FlagKind, type FlagValues, requiredFlags } from './table.ts';

/** 0.19 and later: `-name=value` or `-name value`, one dash, each flag once. */
export function parseAsJCommander(argv: readonly string[], kinds: ReadonlyMap<string, FlagKind>): FlagValues {
  const values = new Map<string, string>();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const equals = argument.indexOf('=');
    const name = argument.slice(1, equals < 0 ? undefined : equals);
    const kind = argument.startsWith('-') ? kinds.get(name) : undefined;
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
    const bare = value.replace(/^"(.*)"$/, '$1');
    checkValue(name, bare, kind);
    values.set(name, bare);
  }
  const missing = requiredFlags.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `[-${name}]`).join(', ');
    throw badFlags(`The following ${missing.length === 1 ? 'option is' : 'options are'} required: ${names}`);
  }
  return values;
}

function checkValue(name: string, value: string, kind: FlagKind): void {
  if (kind === 'duration' && parseFlagDuration(value) === null) {
    const wanted = /^\d+[a-z]+$/i.test(value)
      ? `one of [${durationUnits}]`
      : 'must be of the format 1ns, 2secs, etc.';
    throw badFlags(`"-${name}": couldn't convert "${value}" to ${wanted}`);
  }
  const wrong = whatItIsNot(value, kind);
  if (wrong !== null) throw badFlags(`"-${name}": couldn't convert "${value}" to ${wrong}`);
  if (kind === 'path' && !isZnodePath(value)) {
    throw badFlags(`"-${name}": "${value}" is not a valid absolute znode path`);
  }
}
