import { z } from 'zod';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `250ms`, `30s`, `15m`, `4h`, `2d` or `1h30m`; `null` when it is anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(digits) * units[unit as keyof typeof units];
  }
  return Number.isSafeInteger(total) ? total : null;
}

/** The shortest exact form of a duration: `1h30m`, `15m`, `0s`. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / units[unit]);
    rest -= count * units[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** A duration in the configuration, as milliseconds. */
export const durationKey = z.string().transform((text, issue) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  issue.addIssue({ code: 'custom', message: `"${text}" is not a duration such as 30s, 15m or 4h` });
  return z.NEVER;
});
