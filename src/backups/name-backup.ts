/** Which backup somebody means: by its time, its name, its age, or the beginning of its sha256. Pure. */
import type { InventoryItem } from './inventory.ts';

type Named =
  | { readonly kind: 'one'; readonly item: InventoryItem }
  /** Newest content first. */
  | { readonly kind: 'several'; readonly items: readonly InventoryItem[] }
  | { readonly kind: 'none' };

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Times are UTC. An age is meant as it was shown a while ago: to half of the smallest unit that was named. */
export function nameBackup(
  text: string,
  { items, recommended }: { readonly items: readonly InventoryItem[]; readonly recommended: string | null },
  now: number,
): Named {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (words === '') return { kind: 'none' };
  if (['newest', 'latest', 'last'].includes(words)) return named(items.slice(0, 1));
  if (['best', 'recommended'].includes(words))
    return named(items.filter(({ sha256 }) => sha256 === recommended));
  const meanings = [isCalled(words), isWrittenAt(words, now), isAged(words, now), beginsWith(words)];
  return named(items.filter((item) => meanings.some((isMeant) => isMeant(item))));
}

type Meaning = (item: InventoryItem) => boolean;
const nothing: Meaning = () => false;

function named(items: readonly InventoryItem[]): Named {
  const [item] = items;
  if (item === undefined) return { kind: 'none' };
  return items.length === 1 ? { kind: 'one', item } : { kind: 'several', items };
}

/** `scheduler-backup-2026-11-30-14-02`, or the end of it from the date on. */
function isCalled(words: string): Meaning {
  const [, minute] = /^(?:scheduler-backup-)?(\d{4}-\d\d-\d\d-\d\d-\d\d)$/.exec(words) ?? [];
  return minute === undefined
    ? nothing
    : ({ copies }) => copies.some(({ name }) => name === `scheduler-backup-${minute}`);
}

/** `2026-11-30 14:02`, `2026-11-30T14:02Z`, `14:02` (the last such minute), `2026-11-30` (that day). */
function isWrittenAt(words: string, now: number): Meaning {
  const [, date, clock] =
    /^(\d{4}-\d\d-\d\d)?(?:(?:^|[ t])(\d\d?:\d\d)(?::\d\d)?(?: ?utc|z)?)?$/.exec(words) ?? [];
  if (date === undefined && clock === undefined) return nothing;
  const minute = clock?.padStart(5, '0');
  const day = date ?? new Date(now).toISOString().slice(0, 10);
  const from = Date.parse(`${day}T${minute ?? '00:00'}:00Z`);
  if (Number.isNaN(from)) return nothing;
  const start = date === undefined && from > now ? from - dayMs : from;
  return isBetween(start, start + (minute === undefined ? dayMs : minuteMs));
}

function isBetween(from: number, to: number): Meaning {
  return ({ contentAtMs }) => contentAtMs !== null && contentAtMs >= from && contentAtMs < to;
}

const units: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/^(m|min|mins|minutes?)$/, minuteMs],
  [/^(h|hours?)$/, 60 * minuteMs],
  [/^(d|days?)$/, dayMs],
];

/** `14 min`, `2h`, `1 h 14 min old`, `3 days ago`. */
function isAged(words: string, now: number): Meaning {
  const [, spans] = /^((?:\d{1,5} ?[a-z]+ ?)+?)(?: ?(?:old|ago))?$/.exec(words) ?? [];
  if (spans === undefined) return nothing;
  const parts = [...spans.matchAll(/(\d+) ?([a-z]+)/g)].map(([, count, unit = '']) => ({
    count: Number(count),
    ms: units.find(([pattern]) => pattern.test(unit))?.[1] ?? Number.NaN,
  }));
  const age = parts.reduce((sum, { count, ms }) => sum + count * ms, 0);
  const about = Math.max(2 * minuteMs, Math.min(...parts.map(({ ms }) => ms)) / 2);
  if (Number.isNaN(age)) return nothing;
  return ({ contentAtMs }) => contentAtMs !== null && Math.abs(now - contentAtMs - age) <= about;
}

function beginsWith(words: string): Meaning {
  return /^[0-9a-f]{4,64}$/.test(words) ? ({ sha256 }) => sha256.startsWith(words) : nothing;
}
