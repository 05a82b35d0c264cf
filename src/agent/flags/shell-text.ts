/**
 * A file of assignments that a shell reads with `source`: `NAME=value`, `NAME=( … )`, `export`, comments. Everything else
 * (commands, conditions, substitutions) could change what the assignments mean, and so the whole file is refused.
 */
import { lineAt, notUnderstood } from './flag-grammar.ts';
import type { TextWord, WordChar } from './text-word.ts';

export type Assignment = { readonly name: string; readonly start: number } & (
  | { readonly kind: 'scalar'; readonly word: TextWord }
  | { readonly kind: 'array'; readonly words: readonly TextWord[]; readonly close: number }
);

/** Assignments in their order; AuroraError `flags-not-understood`. */
export function parseShellText(text: string): readonly Assignment[] {
  const assignments: Assignment[] = [];
  const values = new Map<string, string | null>();
  let at = 0;
  for (;;) {
    at = skip(text, at, /(?:[ \t\r\n;]|#[^\n]*)*/y);
    if (at >= text.length) return assignments;
    at = skip(
      text,
      at,
      /(?:export(?:[ \t]+[A-Za-z_][A-Za-z0-9_]*(?=[ \t\r\n;]|$))*(?:[ \t]+|(?=[\r\n;]|$)))?/y,
    );
    if (at >= text.length || /[\r\n;#]/.test(text[at] ?? '')) continue;
    const name = matchAt(text, at, /([A-Za-z_][A-Za-z0-9_]*)=/y);
    if (name === null) throw refused(text, at, 'is not an assignment');
    const start = at;
    at += name.length + 1;
    if (text[at] === '(') {
      const { words, close } = scanArray(text, at + 1, values);
      assignments.push({ kind: 'array', name, start, words, close });
      values.set(name, null);
      at = close + 1;
    } else {
      const word = scanWord(text, at, values);
      assignments.push({ kind: 'scalar', name, start, word });
      values.set(name, word.value);
      at = word.end;
    }
    if (!/[ \t\r\n;]/.test(text[at] ?? '\n')) throw refused(text, at, 'continues after a value');
  }
}

function scanArray(
  text: string,
  from: number,
  values: ReadonlyMap<string, string | null>,
): { words: readonly TextWord[]; close: number } {
  const words: TextWord[] = [];
  let at = from;
  for (;;) {
    at = skip(text, at, /(?:[ \t\r\n]|#[^\n]*)*/y);
    if (at >= text.length) throw refused(text, from, 'begins an array that does not end');
    if (text[at] === ')') return { words, close: at };
    const word = scanWord(text, at, values);
    // Without quotes these would be taken for the names of files.
    if (word.chars.some(({ from: begin, quote }) => quote === '' && /[*?[\]{}~]/.test(text[begin] ?? ''))) {
      throw refused(text, at, 'has a pattern outside of quotes');
    }
    words.push(word);
    at = word.end;
  }
}

/** One word, to the next unquoted blank. */
function scanWord(text: string, start: number, values: ReadonlyMap<string, string | null>): TextWord {
  const chars: WordChar[] = [];
  let value: string | null = '';
  let at = start;
  const add = (piece: string | null, from: number, to: number, quote: WordChar['quote']): void => {
    value = value === null || piece === null ? null : value + piece;
    for (let unit = 0; unit < (piece ?? '').length; unit += 1) chars.push({ from, to, quote });
    at = to;
  };
  let quote: WordChar['quote'] = '';
  for (;;) {
    const char = text[at];
    if (char === undefined) {
      if (quote !== '') throw refused(text, start, 'has a quote that does not end');
      return { start, end: at, value, chars };
    }
    if (quote === "'") {
      if (char === "'") {
        quote = '';
        at += 1;
      } else add(char, at, at + 1, quote);
    } else if (char === '`') throw refused(text, at, 'runs a command');
    else if (char === '$') {
      const name = matchAt(text, at, /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{[A-Za-z_][A-Za-z0-9_]*\})/y, true);
      const list = matchAt(text, at, /\$\{[A-Za-z_][A-Za-z0-9_]*\[[@*]\]\}/y, true);
      if (name === null && list === null)
        throw refused(text, at, 'has a substitution that is more than a variable');
      const used = name ?? list ?? '';
      add(
        list !== null ? null : (values.get(used.replace(/[${}]/g, '')) ?? null),
        at,
        at + used.length,
        quote,
      );
    } else if (quote === '"') {
      if (char === '"') {
        quote = '';
        at += 1;
      } else if (char === '\\' && /[$`"\\]/.test(text[at + 1] ?? '')) {
        add(text[at + 1] ?? '', at, at + 2, quote);
      } else if (char === '\\' && text[at + 1] === '\n') at += 2;
      else add(char, at, at + 1, quote);
    } else if (char === "'" || char === '"') {
      quote = char;
      at += 1;
    } else if (char === '\\') {
      if (text[at + 1] === '\n') at += 2;
      else add(text[at + 1] ?? '', at, Math.min(text.length, at + 2), quote);
    } else if (/[ \t\r\n;)]/.test(char)) return { start, end: at, value, chars };
    else if (char === '~') add(null, at, at + 1, quote);
    else if (/[|&<>(]/.test(char)) throw refused(text, at, 'is more than an assignment');
    else add(char, at, at + 1, quote);
  }
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function matchAt(text: string, at: number, pattern: RegExp, whole = false): string | null {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? null : (found[whole ? 0 : 1] ?? null);
}

function refused(text: string, at: number, why: string): Error {
  return notUnderstood(`Line ${lineAt(text, at)} of the flag file ${why}.`);
}
