/** How the two parsers of Aurora's command line take a value apart before they look at what it says. */
import type { ReleaseTraits } from './release-traits.ts';

export type FlagParser = ReleaseTraits['flagParser'];

/**
 * What is left of a value: JCommander takes blanks off both ends and then double quotes (`JCommander.trim`, 1.72), the old
 * parser one pair of quotes of either sort and no blank (`ArgScanner.stripQuotes` of apache/aurora, to 0.18; recorded).
 */
export function readText(value: string, parser: FlagParser): string {
  if (parser === 'arg-scanner') return value.replace(/^(['"])(.*)\1$/s, '$2');
  const trimmed = value.trim();
  return trimmed.startsWith('"') ? trimmed.replace(/^"(.*?)"?$/s, '$1') : trimmed;
}

/**
 * The entries of a list. JCommander's splitter takes each as it stands, except empty ones at the end, and `''` for no entries
 * (`CommaSplitter` and `String.split` of apache/aurora); the old parser takes blanks off and leaves empty ones out
 * (`Parsers.MULTI_VALUE_SPLITTER`).
 */
export function splitList(text: string, parser: FlagParser): readonly string[] {
  const entries = text.split(',');
  if (parser === 'arg-scanner') return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
  const last = entries.findLastIndex((entry) => entry !== '');
  return text === "''" ? [] : entries.slice(0, last + 1);
}
