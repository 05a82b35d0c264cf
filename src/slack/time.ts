/** Instants as Slack date tokens (each reader sees their own zone), durations in words people use. */

/** `14:02`, in the reader's zone; the fallback says UTC. */
export function clockTime(atMs: number): string {
  return dateToken(atMs, '{time}', (iso) => iso.slice(11, 16));
}

/** `14:27:03`, for what happened once. */
export function clockTimeExact(atMs: number): string {
  return dateToken(atMs, '{time_secs}', (iso) => iso.slice(11, 19));
}

/** `today at 14:02`, for what may be days away. */
export function dayAndTime(atMs: number): string {
  return dateToken(atMs, '{date_short_pretty} {time}', (iso) => iso.slice(0, 16).replace('T', ' '));
}

/** `45 s`, `14 min`, `1 h 14 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `59 ms` or a duration: answers of schedulers are often that quick. */
export function shortDurationText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : durationText(ms);
}

/** `1.2 GB`; decimal units, as disks are sold. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `3 tasks`, `1 task`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Any number may stand in a file: one that is not a date is shown as it is. */
function dateToken(atMs: number, format: string, fallback: (iso: string) => string): string {
  const date = new Date(atMs);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return `${atMs} ms, which is not a date`;
  return `<!date^${Math.floor(atMs / 1000)}^${format}|${fallback(date.toISOString())} UTC>`;
}
