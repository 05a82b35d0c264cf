/**
 * The picture of `/aurora backups history`, as SVG: how large backups were, and how old the newest whole one was at every moment; its
 * peaks are the intervals. To be read on a phone, where it is a third as large: what matters has a shape or a hatch, and never a colour
 * alone. Pure.
 */
import type { BackupHistory, HistoryPoint } from '../../backups/history.ts';
import { plain } from '../escape.ts';
import { bytesText, count, durationText } from '../time.ts';
import { type Axis, axisOf, dayText, durationAxisOf, midnightsIn } from './axis.ts';

/** Pixels. */
export const historySize = { width: 1080, height: 1000 } as const;
/** The one font there is. */
export const pictureFont = 'B612';

interface Panel {
  readonly top: number;
  readonly bottom: number;
}

const left = 180;
const right = historySize.width - 50;
const sizePanel: Panel = { top: 200, bottom: 470 };
const agePanel: Panel = { top: 570, bottom: 840 };
const ink = '#1d1c1d';
const faint = '#55535a';
const line = '#0b4f8a';
const area = '#cfe3f5';
const red = '#c8102e';
const odd = '#7a3e00';
/** Of one shape, so that it stays one. */
const marksApart = 30;
const daysLabelled = 6;
const gapWidthMin = 8;
/** Of two words. */
const unknownWidthMin = 220;

export function drawHistory(cluster: string, history: BackupHistory): string {
  const { fromMs, toMs, whole } = history;
  const x = (atMs: number): number =>
    round(left + (Math.max(0, atMs - fromMs) / Math.max(1, toMs - fromMs)) * (right - left));
  const sizeAxis = axisOf(whole.reduce((most, { bytes }) => Math.max(most, bytes), 1));
  const ageAxis = durationAxisOf(agesOf(history).reduce((most, { ageMs }) => Math.max(most, ageMs), 1));
  const marks = marksOf(history, x);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${historySize.width}" height="${historySize.height}" font-family="${pictureFont}">`,
    `<defs><pattern id="hatch" width="16" height="16" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="16" height="16" fill="#fbe3e6"/><rect width="5" height="16" fill="${red}"/></pattern></defs>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    words({ x: 40, y: 66, size: 42, weight: 700 }, `Backups of ${plain(cluster, 30)}`),
    words({ x: 40, y: 116, size: 30, fill: faint }, subtitleOf(history)),
    words({ x: 40, y: sizePanel.top - 26, size: 32, weight: 700 }, 'Size'),
    words({ x: 40, y: agePanel.top - 26, size: 32, weight: 700 }, 'Age of the newest whole one'),
    ...gapRects(history, x),
    ...unknownText(history, x),
    ...gridOf(sizePanel, sizeAxis, (bytes) => bytesText(bytes).replace('.0 ', ' ')),
    ...gridOf(agePanel, ageAxis, durationText),
    ...dayTicks(history, x),
    sizeLine(history, { x, y: (bytes) => heightOf(bytes, sizeAxis, sizePanel) }),
    ageArea(history, { x, y: (ms) => heightOf(ms, ageAxis, agePanel) }),
    ...marks.map(({ atMs, verdict }) => markOf(verdict, { x: x(atMs), y: laneOf(verdict) })),
    ...legendOf(history, marks),
    '</svg>',
  ].join('\n');
}

function subtitleOf({ fromMs, toMs, whole, usualMs }: BackupHistory): string {
  const usually = usualMs === null ? '' : `, usually every ${durationText(usualMs)}`;
  const seen = count(whole.filter(({ atMs }) => atMs >= fromMs).length, 'whole one');
  return `${dayText(fromMs)} to ${dayText(toMs)}: ${seen}${usually}`;
}

/** How old the newest whole one was when the next one came, and is now. */
function agesOf({ whole, toMs }: BackupHistory): { fromMs: number; toMs: number; ageMs: number }[] {
  return whole.map(({ atMs }, index) => {
    const untilMs = whole[index + 1]?.atMs ?? toMs;
    return { fromMs: atMs, toMs: untilMs, ageMs: untilMs - atMs };
  });
}

interface Scales {
  x(atMs: number): number;
  y(value: number): number;
}

/** A size lasts until the next backup; few enough are dots as well. */
function sizeLine({ whole, fromMs }: BackupHistory, { x, y }: Scales): string {
  const points = thin(whole, x).map(({ atMs, bytes }) => `${x(atMs)},${y(bytes)}`);
  const path = `<polyline points="${points.join(' ')}" fill="none" stroke="${line}" stroke-width="5" stroke-linejoin="round"/>`;
  const dots = whole.length > 60 ? [] : whole.filter(({ atMs }) => atMs >= fromMs);
  return [
    path,
    ...dots.map(({ atMs, bytes }) => `<circle cx="${x(atMs)}" cy="${y(bytes)}" r="7" fill="${line}"/>`),
  ].join('');
}

/** A tooth an interval, the longest of those that would be one line; what is hatched stays so. */
function ageArea(history: BackupHistory, { x, y }: Scales): string {
  const gaps = new Set(history.gaps.map(({ fromMs }) => fromMs));
  const longest = [...Map.groupBy(agesOf(history), ({ toMs }) => columnOf(x(toMs))).values()].map((teeth) =>
    teeth.reduce((a, b) => (b.ageMs > a.ageMs ? b : a)),
  );
  const teethOf = (isGap: boolean): string =>
    longest
      .filter(({ fromMs }) => gaps.has(fromMs) === isGap)
      .map(({ fromMs, toMs, ageMs }) => {
        const startMs = Math.max(fromMs, history.fromMs);
        const [from, to] = [x(startMs), x(toMs)];
        return `M${from} ${y(0)}L${from} ${y(startMs - fromMs)}L${to} ${y(ageMs)}L${to} ${y(0)}`;
      })
      .join('');
  const style = `stroke="${line}" stroke-width="3" stroke-linejoin="round"`;
  return `<path d="${teethOf(false)}" fill="${area}" ${style}/><path d="${teethOf(true)}" fill="none" ${style}/>`;
}

/** The largest and the smallest of those that stand above each other, in order. */
function thin(points: readonly HistoryPoint[], x: Scales['x']): HistoryPoint[] {
  return [...Map.groupBy(points, ({ atMs }) => columnOf(x(atMs))).values()].flatMap((column) => {
    const most = column.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    const least = column.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    if (most === least) return [most];
    return most.atMs < least.atMs ? [most, least] : [least, most];
  });
}

/** Two pixels: finer than the lines are wide. */
function columnOf(x: number): number {
  return Math.floor(x / 2);
}

function gapRects({ gaps, toMs }: BackupHistory, x: (atMs: number) => number): string[] {
  return gaps.flatMap((gap) => {
    const [from, to] = [x(gap.fromMs), x(gap.toMs ?? toMs)];
    const width = round(Math.max(gapWidthMin, to - from));
    return [sizePanel, agePanel].map(
      ({ top, bottom }) =>
        `<rect class="gap" x="${from}" y="${top}" width="${width}" height="${bottom - top}" fill="url(#hatch)" stroke="${red}" stroke-width="2"/>`,
    );
  });
}

/** Before the first one that was seen nothing is known, and nothing was missing. */
function unknownText({ whole: [first], fromMs }: BackupHistory, x: (atMs: number) => number): string[] {
  const until = first === undefined ? right : x(Math.max(first.atMs, fromMs));
  if (until - left < unknownWidthMin) return [];
  return [sizePanel, agePanel].map(({ bottom }) =>
    words(
      { x: (left + until) / 2, y: bottom - 18, size: 28, fill: faint, anchor: 'middle' },
      'none seen yet',
    ),
  );
}

function gridOf({ top, bottom }: Panel, axis: Axis, nameOf: (value: number) => string): string[] {
  const lines = Math.round(axis.max / axis.step);
  return Array.from({ length: lines + 1 }, (_, index) => {
    const y = heightOf(index * axis.step, axis, { top, bottom });
    const name = index === 0 ? '0' : nameOf(index * axis.step);
    return `<line x1="${left}" y1="${y}" x2="${right}" y2="${y}" stroke="${index === 0 ? ink : '#c9c9cc'}" stroke-width="2"/>${words({ x: left - 14, y: y + 10, size: 28, anchor: 'end' }, name)}`;
  });
}

function dayTicks(history: BackupHistory, x: (atMs: number) => number): string[] {
  return midnightsIn(history, daysLabelled).map((atMs) => {
    const at = x(atMs);
    const ticks = [sizePanel, agePanel].map(
      ({ bottom }) =>
        `<line x1="${at}" y1="${bottom}" x2="${at}" y2="${bottom + 12}" stroke="${ink}" stroke-width="3"/>`,
    );
    return `${ticks.join('')}${words({ x: at, y: agePanel.bottom + 44, size: 28, anchor: 'middle' }, dayText(atMs))}`;
  });
}

/** Each verdict has a shape of its own. */
function markOf(verdict: HistoryPoint['verdict'], { x, y }: { x: number; y: number }): string {
  const style = `stroke="${odd}" stroke-width="6" stroke-linejoin="round"`;
  switch (verdict) {
    case 'broken':
      return `<path class="broken" d="M${x - 13} ${y - 13}L${x + 13} ${y + 13}M${x - 13} ${y + 13}L${x + 13} ${y - 13}" ${style}/>`;
    case 'unlivable':
      return `<path class="unlivable" d="M${x} ${y - 17}L${x + 17} ${y}L${x} ${y + 17}L${x - 17} ${y}Z" fill="${odd}" ${style}/>`;
    default:
      return `<path class="suspicious" d="M${x} ${y - 16}L${x + 16} ${y + 13}L${x - 16} ${y + 13}Z" fill="#ffffff" ${style}/>`;
  }
}

/** Only what is there. */
function legendOf({ gaps, usualMs }: BackupHistory, marks: readonly HistoryPoint[]): string[] {
  const y = historySize.height - 44;
  const entries = [
    ...(gaps.length === 0 || usualMs === null
      ? []
      : [
          {
            sign: (x: number) =>
              `<rect x="${x}" y="${y - 28}" width="44" height="34" fill="url(#hatch)" stroke="${red}" stroke-width="2"/>`,
            name: `none for over ${durationText(2 * usualMs)}`,
          },
        ]),
    ...(['broken', 'unlivable', 'suspicious'] as const)
      .filter((verdict) => marks.some((mark) => mark.verdict === verdict))
      .map((verdict) => ({
        sign: (x: number) => markOf(verdict, { x: x + 22, y: y - 10 }),
        name: verdict,
      })),
  ];
  let x = 40;
  return entries.map(({ sign, name }) => {
    const drawn = `${sign(x)}${words({ x: x + 58, y, size: 28 }, name)}`;
    x += 58 + name.length * 15 + 36;
    return drawn;
  });
}

/** What is not `ok`, a little thinned out. */
function marksOf({ fromMs, whole, unusable }: BackupHistory, x: (atMs: number) => number): HistoryPoint[] {
  const odd = [...unusable, ...whole.filter(({ verdict }) => verdict === 'suspicious')];
  const lastOf = new Map<HistoryPoint['verdict'], number>();
  return odd.filter(({ atMs, verdict }) => {
    const at = x(atMs);
    const last = lastOf.get(verdict);
    if (atMs < fromMs || (last !== undefined && at - last < marksApart)) return false;
    lastOf.set(verdict, at);
    return true;
  });
}

function laneOf(verdict: HistoryPoint['verdict']): number {
  return sizePanel.bottom - 24 - ['broken', 'unlivable', 'suspicious'].indexOf(verdict) * 40;
}

function heightOf(value: number, { max }: Axis, { top, bottom }: Panel): number {
  return round(bottom - (value / max) * (bottom - top));
}

function words(
  at: {
    x: number;
    y: number;
    size: number;
    weight?: number;
    fill?: string;
    anchor?: 'middle' | 'end';
  },
  text: string,
): string {
  const { x, y, size, weight = 400, fill = ink, anchor = 'start' } = at;
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${safe}</text>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
