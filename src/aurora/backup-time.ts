/** What the time in a backup is worth to somebody whose clock says `now`: it was written by the clock of another machine. */

/** Machines under NTP are within milliseconds of each other; a minute is for those that are about to be. */
const clockToleranceMs = 60_000;

/** The first commit of Aurora is from this year; a machine without a clock battery starts in 1970. */
const auroraBeganMs = Date.UTC(2010, 0, 1);

/**
 * `known`: its age in milliseconds, never negative. `ahead`: so far ahead of us that clocks disagree, and its age is unknown.
 * `impossible`: before there was any Aurora. `none`: it names no time.
 */
type BackupTime =
  | { readonly kind: 'known'; readonly ageMs: number }
  | { readonly kind: 'ahead'; readonly byMs: number }
  | { readonly kind: 'impossible' }
  | { readonly kind: 'none' };

/** Judges a time in milliseconds since the epoch; `null` for none. */
export function judgeBackupTime(contentAtMs: number | null, now: number): BackupTime {
  if (contentAtMs === null) return { kind: 'none' };
  if (liesAhead(now - contentAtMs)) return { kind: 'ahead', byMs: contentAtMs - now };
  // A reader whose own clock is that far back knows nothing about the clocks of others.
  if (contentAtMs < auroraBeganMs && now >= auroraBeganMs) return { kind: 'impossible' };
  return { kind: 'known', ageMs: Math.max(0, now - contentAtMs) };
}

/** Whether an age (negative: in the future) shows that clocks disagree. */
export function liesAhead(ageMs: number): boolean {
  return ageMs < -clockToleranceMs;
}
