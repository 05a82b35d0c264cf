/**
 * A word of a configuration file as whoever runs it sees it, with the bytes each of its characters comes from: enough to
 * replace a part of it and leave the rest, quotes included, as it stands.
 */
export interface TextWord {
  /** Where it stands in the file, quotes included. */
  readonly start: number;
  readonly end: number;
  /** `null` when it depends on what the file does not say: another variable, a specifier. */
  readonly value: string | null;
  /** One for each character of the value. */
  readonly chars: readonly WordChar[];
}

export interface WordChar {
  readonly from: number;
  readonly to: number;
  /** The quote it stands in, or nothing. */
  readonly quote: '' | "'" | '"';
}

/** A piece of a file that is replaced. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The file with all edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.from - b.from || a.to - b.to);
  let made = '';
  let at = 0;
  for (const { from, to, text: wanted } of sorted) {
    if (from < at) throw new Error('two edits of a file overlap');
    made += text.slice(at, from) + wanted;
    at = to;
  }
  return made + text.slice(at);
}

/** Means itself in a shell, in systemd, in either quote and in none. */
export function isPlain(value: string): boolean {
  return /^[A-Za-z0-9_.,:/@+=-]*$/.test(value);
}

/**
 * `value` as it is written in place of `old`, which tells the quotes to use. `null` when it would need more than
 * quotes; `unquotable` are the characters that mean something even between single quotes.
 */
export function writeValue(value: string, old: string, unquotable: RegExp): string | null {
  const quote = /^(['"])[^'"]*\1$/.exec(old)?.[1] ?? '';
  if (isPlain(value) && (value !== '' || quote !== '')) return `${quote}${value}${quote}`;
  return unquotable.test(value) ? null : `'${value}'`;
}
