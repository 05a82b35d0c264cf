import { AuroraError } from '../../../aurora/errors.ts';

/** Flags of `initialize` and `read` (mesos.md 1.1), by Mesos' own grammar (`FlagsBase::load`). */
export interface ToolFlags {
  readonly path: string | null;
  readonly quiet: boolean;
  /** `null`: no limit. */
  readonly timeoutMs: number | null;
}

const booleans = new Set(['quiet', 'help', 'initialize_driver_logging']);
const texts = new Set([
  'path',
  'timeout',
  'external_log_file',
  'log_dir',
  'logbufsecs',
  'logging_level',
  'from',
  'to',
]);

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

/** Throws AuroraError `bad-flags` whose message is the tool's own. */
export function parseToolFlags(argv: readonly string[]): ToolFlags {
  const values = new Map<string, string>();
  for (const argument of argv) {
    if (argument === '--') break;
    if (!argument.startsWith('--')) continue;
    const [rawName, ...rest] = argument.slice(2).split('=');
    const name = (rawName ?? '').toLowerCase();
    const bare = rest.length === 0;
    const negated = bare && name.startsWith('no-') && booleans.has(name.slice(3));
    const known = negated ? name.slice(3) : name;
    if (!booleans.has(known) && !texts.has(known)) throw badFlag(`Failed to load unknown flag '${known}'`);
    if (values.has(known)) throw badFlag(`Flag '${known}' is already loaded via name '${known}'`);
    if (bare && texts.has(known)) throw badFlag(`Failed to load non-boolean flag '${known}': Missing value`);
    values.set(known, negated ? 'false' : bare ? 'true' : rest.join('='));
  }
  const timeout = values.get('timeout');
  return {
    path: values.get('path') ?? null,
    quiet: values.get('quiet') === 'true',
    timeoutMs: timeout === undefined ? null : parseTimeout(timeout),
  };
}

function parseTimeout(text: string): number {
  const [, digits, unit] = /^([0-9.]*)(.*)$/.exec(text) ?? [];
  const scale = units[unit ?? ''];
  if (scale === undefined || digits === '') {
    const known = "'ns', 'us', 'ms', 'secs', 'mins', 'hrs', 'days', and 'weeks'";
    throw badFlag(
      `Failed to load flag 'timeout': Failed to load value '${text}': Unknown duration unit '${unit ?? ''}'; supported units are ${known}`,
    );
  }
  return Number(digits) * scale;
}

function badFlag(message: string): AuroraError {
  return new AuroraError({
    code: 'bad-flags',
    message,
    hint: 'Write flags as --name=value, durations as 5secs.',
  });
}
