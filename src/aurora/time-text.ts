const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `40 ms`, `45 s`, `14 min`, `3 h 20 min`, `21 days`: rounded down, so that no time left is ever promised. */
export function timeText(ms: number): string {
  if (ms < second) return `${Math.max(0, Math.floor(ms))} ms`;
  if (ms < 2 * minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms >= 2 * day) return `${Math.floor(ms / day)} days`;
  const minutes = Math.floor((ms % hour) / minute);
  return `${Math.floor(ms / hour)} h${minutes === 0 ? '' : ` ${minutes} min`}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
