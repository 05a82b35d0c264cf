import { durationUnits, parseFlagDuration } from '../../../aurora/flag-duration.ts';
import { badFlags, isZnodePath, whatItIsNot } from './bad-flags.ts';
import { type FlagKind, type FlagValues, requiredFlags } from './table.ts';

const dataUnits = 'BITS, Kb, Mb, Gb, BYTES, KB, MB, GB, TB, PB';

/**
 * Up to 0.18: `-name=value` or `-name value`, `-name` and `-no_name` for switches, quotes around a value stripped. First
 * the words are told apart, then all names are looked up, then all values are read.
 */
export function parseAsArgScanner(
  argv: readonly string[],
  { kinds, refusesStrayWords }: { kinds: ReadonlyMap<string, FlagKind>; refusesStrayWords: boolean },
): FlagValues {
  const { values, strays } = split(argv, kinds);
  const unknown = [...values.keys()].filter((name) => !kinds.has(name));
  if (unknown.length > 0) throw badFlags(`Unrecognized arguments:\n\t${unknown.join('\n\t')}\n`);
  if (refusesStrayWords && strays.length > 0) {
    throw badFlags('Positional arguments have been supplied but there is no Arg annotated to received them.');
  }
  const problems = [...values].flatMap(([name, value]) => {
    const problem = problemWith(value, kinds.get(name) ?? 'text');
    return problem === null ? [] : [`${name} - ${problem}`];
  });
  if (problems.length > 0) throw badFlags(`Failed to parse:\n\t${problems.join('\n\t')}\n`);
  const missing = requiredFlags.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const lines = missing.map((name) => `\t${name} - Value must not be null.\n`).join('');
    throw badFlags(`Value did not meet constraints:\n${lines}`);
  }
  return values;
}

function split(
  argv: readonly string[],
  kinds: ReadonlyMap<string, FlagKind>,
): { values: Map<string, string>; strays: string[] } {
  const values = new Map<string, string>();
  const strays: string[] = [];
  const add = (name: string, value: string): void => {
    const known = values.get(name);
    if (known !== undefined) {
      throw badFlags(`Multiple entries with same key: ${name}=${known} and ${name}=${value}`);
    }
    values.set(name, value);
  };
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const [, name = '', , value] = /^-([^=]+)(=(.*))?$/.exec(argument) ?? [];
    const next = argv[index + 1];
    if (name === '') strays.push(argument);
    else if (value !== undefined) add(name, unquoted(value));
    else if (kinds.get(name) === 'switch') add(name, 'true');
    else if (name.startsWith('no_') && kinds.get(name.slice(3)) === 'switch') add(name.slice(3), 'false');
    else if (next !== undefined && !next.startsWith('-')) {
      add(name, unquoted(next));
      index++;
    } else add(name, '');
  }
  return { values, strays };
}

function unquoted(value: string): string {
  return value.replace(/^(['"])(.*)\1$/, '$2');
}

function problemWith(value: string, kind: FlagKind): string | null {
  if (kind === 'duration' && parseFlagDuration(value) === null) {
    const unit = /^\d+([a-z]+)$/i.exec(value)?.[1];
    return unit === undefined
      ? `Value '${value}' must be of the format 1ns, 4mb, etc.`
      : `No Units found matching ${unit}, options: (Time): [${durationUnits}], (Data): [${dataUnits}]`;
  }
  const wrong = whatItIsNot(value, kind);
  if (wrong !== null) return `'${value}' is not ${wrong}`;
  return kind === 'path' && !isZnodePath(value) ? `'${value}' is not a valid znode path` : null;
}
