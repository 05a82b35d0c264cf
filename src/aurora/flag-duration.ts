/** Units of Aurora's durations, in ms (aurora.md 7.1). Nothing else is accepted: not `min`, not `h`. */
const units = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
} as const;

/** `<digits><unit>` in milliseconds, or `null` for anything that a scheduler refuses. */
export function parseFlagDuration(text: string): number | null {
  const [, digits, unit] = /^(\d+)(ns|us|ms|secs|mins|hrs|days)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  return Number(digits) * units[unit as keyof typeof units];
}

export const durationUnits = Object.keys(units).join(', ');
