/** Where the lines of an axis are. Pure. */

/** From 0 to `max`, with a line each `step`. */
export interface Axis {
  readonly max: number;
  readonly step: number;
}

const steps = 4;

/** Round numbers of the decimal system. */
export function axisOf(most: number): Axis {
  const power = 10 ** Math.floor(Math.log10(most / steps));
  const factor = [1, 2, 2.5, 5].find((one) => one * power * steps >= most) ?? 10;
  return stepped(most, Math.max(1, factor * power));
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const durationSteps = [
  ...[1, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 5, 10, 30].map((days) => days * dayMs),
];

/** Round numbers of minutes, hours or days. */
export function durationAxisOf(mostMs: number): Axis {
  return stepped(mostMs, durationSteps.find((step) => step * steps >= mostMs) ?? mostMs);
}

function stepped(most: number, step: number): Axis {
  return { step, max: Math.max(1, Math.ceil(most / step)) * step };
}

/** Midnights of UTC in between, oldest first; as many days apart as it takes for `most` of them. */
export function midnightsIn({ fromMs, toMs }: { fromMs: number; toMs: number }, most: number): number[] {
  const first = Math.ceil(fromMs / dayMs);
  const last = Math.floor(toMs / dayMs);
  const apart = Math.max(1, Math.ceil((last - first + 1) / most));
  const found: number[] = [];
  for (let day = last; day >= first; day -= apart) found.push(day * dayMs);
  return found.reverse();
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `23 Nov`, of UTC. */
export function dayText(atMs: number): string {
  return dayFormat.format(atMs);
}
