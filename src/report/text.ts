/** Foreign texts on their way into a report, whatever its form: one line, nothing unseen, no secrets, a bound. */
import { hideSecrets } from '../aurora/hidden.ts';
import { printable } from '../aurora/printable.ts';

/** No text of a report is longer; the whole is in the record. */
const charsMax = 4000;

/** One line that can be seen; `–` when there is nothing to see. */
export function lineOf(text: string): string {
  const line = printable(hideSecrets(text.slice(0, charsMax * 2)));
  const points = [...line];
  const shown = points.length <= charsMax ? line : `${points.slice(0, charsMax - 1).join('')}…`;
  return shown === '' ? '–' : shown;
}

/** The lines of something that a person wrote, without empty ones at its ends. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => (line.trim() === '' ? '' : lineOf(line)));
  const first = lines.findIndex((line) => line !== '');
  return first < 0 ? ['–'] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}

/** `45 s`, `14 min 5 s`, `1 h 14 min`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
