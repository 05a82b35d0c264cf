/**
 * `/etc/sysconfig` style: a bash array with a flag in each element, `AURORA_FLAGS=( -cluster_name='main' … )`, among other
 * assignments and comments (aurora.md 7.5).
 */
import { type FlagGrammar, lineAt, notUnderstood } from './flag-grammar.ts';
import { editValue, type FlagEntry, readFlagWords, unwritable } from './flag-words.ts';
import { type Assignment, parseShellText } from './shell-text.ts';
import { applyEdits, type TextEdit, writeValue } from './text-word.ts';

/** Nothing but its own end means anything between single quotes. */
const unquotable = /['\n]/;

/** The grammar for the array of that name. */
export function bashArrayGrammar({ array }: { readonly array: string }): FlagGrammar {
  const read = (text: string) => {
    const found = findArray(text, array);
    return { close: found.close, entries: readFlagWords(text, found.words) };
  };
  return {
    parse: (text) => Object.fromEntries(read(text).entries.map(({ name, value }) => [name, value])),
    replace: (text, changes) => {
      const { close, entries } = read(text);
      const known = new Set(entries.map(({ name }) => name));
      const edits = entries.flatMap((entry) => {
        const change = changes[entry.name];
        if (change === undefined || change === entry.value) return [];
        return [change === null ? removal(text, entry) : editValue(text, entry, change, unquotable)];
      });
      const added = Object.entries(changes).flatMap(([name, value]) =>
        value === null || known.has(name) ? [] : [element(name, value)],
      );
      return applyEdits(text, [...edits, ...insertion(text, { close, entries, added })]);
    },
  };
}

function findArray(text: string, array: string): Extract<Assignment, { kind: 'array' }> {
  const [found, again] = parseShellText(text).filter(({ name }) => name === array);
  if (found === undefined) throw notUnderstood(`The flag file has no array ${array}.`);
  if (again !== undefined) {
    throw notUnderstood(`Line ${lineAt(text, again.start)} of the flag file sets ${array} a second time.`);
  }
  if (found.kind === 'array') return found;
  throw notUnderstood(
    `Line ${lineAt(text, found.start)} of the flag file sets ${array}, and not as an array.`,
  );
}

function element(name: string, value: string): string {
  const written = writeValue(value, "''", unquotable);
  if (written === null) throw unwritable(name, value);
  return `-${name}=${written}`;
}

/** New elements stand on lines of their own when the others do. */
function insertion(
  text: string,
  at: { close: number; entries: readonly FlagEntry[]; added: readonly string[] },
): readonly TextEdit[] {
  if (at.added.length === 0) return [];
  const lineStart = text.lastIndexOf('\n', at.close - 1) + 1;
  const before = text.slice(lineStart, at.close);
  if (before.trim() !== '') {
    return [{ from: at.close, to: at.close, text: at.added.map((word) => ` ${word}`).join('') }];
  }
  const model = at.entries.at(-1)?.words[0].start;
  const indent = model === undefined ? '  ' : indentOf(text, model);
  const end = text.slice(0, lineStart).endsWith('\r\n') ? '\r\n' : '\n';
  return [
    { from: lineStart, to: lineStart, text: at.added.map((word) => `${indent}${word}${end}`).join('') },
  ];
}

/** The whole line when nothing else stands on it, otherwise the words and the blank before them. */
function removal(text: string, { words }: FlagEntry): TextEdit {
  const from = words[0].start;
  const to = (words[1] ?? words[0]).end;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const lineEnd = text.indexOf('\n', to);
  const alone =
    lineEnd >= 0 && text.slice(lineStart, from).trim() === '' && text.slice(to, lineEnd).trim() === '';
  if (alone) return { from: lineStart, to: lineEnd + 1, text: '' };
  const blank = /[ \t]*$/.exec(text.slice(lineStart, from))?.[0].length ?? 0;
  return { from: from - blank, to, text: '' };
}

function indentOf(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}
