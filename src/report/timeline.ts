/** A picture of where the time went: a lane for each kind of doing, so that no colour has to be told from another. SVG, pure. */
import { escapeHtml } from './escape-html.ts';
import { utcText } from './happened.ts';
import type { Report } from './report.ts';
import { doingWords } from './sections.ts';
import { doings, totalsOf } from './stretches.ts';
import { spanText } from './text.ts';

const width = 960;
const laneHeight = 34;
const labelWidth = 150;
const axisHeight = 26;
const ticksMax = 8;
/** A stretch of a second in a restore of hours is still to be seen. */
const barMin = 1.5;
const second = 1000;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Empty when no time has passed. */
export function timelineSvg({ stretches }: Report): string {
  const from = stretches[0]?.from ?? 0;
  const to = stretches.at(-1)?.to ?? 0;
  if (to <= from) return '';
  const totals = totalsOf(stretches);
  const lanes = doings.filter((doing) => totals[doing] > 0);
  const bottom = lanes.length * laneHeight;
  const x = (at: number) => labelWidth + ((at - from) / (to - from)) * (width - labelWidth - 12);
  const round = (number: number) => Math.round(number * 100) / 100;
  const bars = stretches.map(({ doing, what, from: begun, to: over }) => {
    const title = escapeHtml(`${what}: ${spanText(over - begun)} from ${utcText(begun)}`);
    const y = lanes.indexOf(doing) * laneHeight + 5;
    const wide = Math.max(barMin, x(over) - x(begun));
    return `<rect class="${doing}" x="${round(x(begun))}" y="${y}" width="${round(wide)}" height="${laneHeight - 10}"><title>${title}</title></rect>`;
  });
  const labels = lanes.map(
    (doing, lane) => `<text x="0" y="${lane * laneHeight + laneHeight / 2 + 4}">${doingWords[doing]}</text>`,
  );
  const ticks = ticksOf(from, to).map(
    (at) =>
      `<line x1="${round(x(at))}" x2="${round(x(at))}" y1="0" y2="${bottom + 4}"/><text class="tick" x="${round(x(at))}" y="${bottom + 18}">${utcText(at).slice(11, 19)}</text>`,
  );
  const told = lanes.map((doing) => `${doingWords[doing]}: ${spanText(totals[doing])}`).join('. ');
  return [
    `<svg role="img" aria-labelledby="timeline-title timeline-told" viewBox="0 0 ${width} ${bottom + axisHeight}" xmlns="http://www.w3.org/2000/svg">`,
    `<title id="timeline-title">Where the time went, from ${escapeHtml(utcText(from))} to ${escapeHtml(utcText(to))}</title>`,
    `<desc id="timeline-told">${escapeHtml(told)}. The table below has each stretch.</desc>`,
    ...ticks,
    ...labels,
    ...bars,
    '</svg>',
  ].join('\n');
}

/** At whole steps of the clock, no more than fit beside each other. */
function ticksOf(from: number, to: number): readonly number[] {
  const days = Math.ceil((to - from) / second / ticksMax / 86_400) * 86_400;
  const step = (steps.find((each) => (to - from) / second / each <= ticksMax) ?? days) * second;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}
