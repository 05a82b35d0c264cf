import { AuroraError } from '../../../aurora/errors.ts';

/** Flags of `initialize` (mesos.md 1.1), as far as an agent passes them. */
export interface ToolFlags {
  readonly path: string;
  /** `null`: no limit. */
  readonly timeoutMs: number | null;
}

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
  for (const argument of argv.filter((one) => one.startsWith('--'))) {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/.exec(argument) ?? [];
    if (name !== 'path' && name !== 'timeout') throw badFlag(`Failed to load unknown flag '${name}'`);
    if (value === undefined) throw badFlag(`Failed to load non-boolean flag '${name}': Missing value`);
    values.set(name, value);
  }
  const path = values.get('path');
  const timeout = values.get('timeout');
  if (path === undefined) throw badFlag('Missing required option --path');
  return { path, timeoutMs: timeout === undefined ? null : parseTimeout(timeout) };
}

function parseTimeout(text: string): number {
  const [, digits, unit = ''] = /^([0-9.]+)(.*)$/.exec(text) ?? [];
  const scale = units[unit];
  if (scale !== undefined) return Number(digits) * scale;
  const known = "'ns', 'us', 'ms', 'secs', 'mins', 'hrs', 'days', and 'weeks'";
  throw badFlag(
    `Failed to load flag 'timeout': Failed to load value '${text}': Unknown duration unit '${unit}'; supported units are ${known}`,
  );
}

function badFlag(message: string): AuroraError {
  return new AuroraError({
    code: 'bad-flags',
    message,
    hint: 'Write flags as --name=value, durations as 5secs.',
  });
}
