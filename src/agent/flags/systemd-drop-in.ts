/**
 * A systemd drop-in that starts the scheduler with its flags: the one `ExecStart=` of its `[Service]` that is not empty,
 * over as many continued lines as it likes. Specifiers, variables and escapes in a flag are not ours to expand: such a
 * flag is not understood.
 */
import { mainClass } from './command-line.ts';
import { type FlagGrammar, lineAt, notUnderstood } from './flag-grammar.ts';
import { editValue, type FlagEntry, readFlagWords, unwritable } from './flag-words.ts';
import { applyEdits, type TextEdit, type TextWord, type WordChar, writeValue } from './text-word.ts';

/** These mean something to systemd in any quotes. */
const unquotable = /['"\\%$\n]/;
const shell = /(^|[/@:+!-])(ba|da|k|z)?sh$/;

/** The grammar of the file's only `ExecStart=`. */
export const systemdDropInGrammar: FlagGrammar = {
  parse: (text) => Object.fromEntries(read(text).entries.map(({ name, value }) => [name, value])),
  replace: (text, changes) => {
    const { end, entries } = read(text);
    const known = new Set(entries.map(({ name }) => name));
    const edits = entries.flatMap((entry) => {
      const change = changes[entry.name];
      if (change === undefined || change === entry.value) return [];
      return [change === null ? removal(text, entry) : editValue(text, entry, change, unquotable)];
    });
    const added = Object.entries(changes).flatMap(([name, value]) => {
      if (value === null || known.has(name)) return [];
      const written = writeValue(value, '', unquotable);
      if (written === null) throw unwritable(name, value);
      return [` -${name}=${written}`];
    });
    return applyEdits(text, [
      ...edits,
      ...(added.length === 0 ? [] : [{ from: end, to: end, text: added.join('') }]),
    ]);
  },
};

function read(text: string): { end: number; entries: readonly FlagEntry[] } {
  const { from, to } = findExecStart(text);
  const words = scanWords(text, from, to);
  const main = words.findIndex(({ value }) => value !== null && mainClass.test(value));
  if (shell.test(words[0]?.value ?? '')) {
    throw notUnderstood('The drop-in starts the scheduler through a shell, which may change its flags.');
  }
  const flags = words.slice(Math.max(main, 0) + 1);
  return { end: words.at(-1)?.end ?? to, entries: readFlagWords(text, flags) };
}

/** The value of the only `ExecStart=` that is not empty, its continued lines included. */
function findExecStart(text: string): { from: number; to: number } {
  let section = '';
  let found: { from: number; to: number } | null = null;
  let at = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, lineEnd);
    if (/^\s*([#;].*)?$/.test(line)) {
      at = lineEnd + 1;
      continue;
    }
    const to = endOfLogicalLine(text, at);
    const heading = /^\s*\[([^\]]*)\]\s*$/.exec(line)?.[1];
    const key = /^\s*([A-Za-z0-9-]+)\s*=/.exec(line);
    if (heading !== undefined) section = heading;
    else if (key === null) throw notUnderstood(`Line ${lineAt(text, at)} of the drop-in is not a setting.`);
    else if (section === 'Service' && key[1] === 'ExecStart') {
      const from = at + key[0].length;
      const empty = text.slice(from, to).trim() === '';
      if (!empty && found !== null)
        throw notUnderstood(`Line ${lineAt(text, at)} of the drop-in starts a second command.`);
      found = empty ? null : { from, to };
    }
    at = to + 1;
  }
  if (found === null) throw notUnderstood('The drop-in has no ExecStart= with a command.');
  return found;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** A backslash at its end continues a line; comments between continued lines do not end it. */
function endOfLogicalLine(text: string, at: number): number {
  let end = endOfLine(text, at);
  while (text[end - 1] === '\\' && end < text.length) {
    end = endOfLine(text, end + 1);
    while (/^\s*[#;]/.test(text.slice(text.lastIndexOf('\n', end - 1) + 1, end)) && end < text.length) {
      end = endOfLine(text, end + 1);
    }
  }
  return end;
}

function scanWords(text: string, from: number, to: number): readonly TextWord[] {
  const words: TextWord[] = [];
  let at = from;
  for (;;) {
    const lineStart = text[at - 1] === '\n';
    const gap = /^(?:[ \t]|\\\r?\n)+/.exec(text.slice(at, to))?.[0].length ?? 0;
    const comment =
      lineStart || text[at - 1] === '\n'
        ? /^[ \t]*[#;][^\n]*\n/.exec(text.slice(at, to))?.[0].length
        : undefined;
    if (comment !== undefined) at += comment;
    else if (gap > 0) at += gap;
    else if (at >= to) return words;
    else {
      const word = scanWord(text, at, to);
      if (word.value === ';')
        throw notUnderstood(`Line ${lineAt(text, at)} of the drop-in starts a second command.`);
      words.push(word);
      at = word.end;
    }
  }
}

function scanWord(text: string, start: number, to: number): TextWord {
  const chars: WordChar[] = [];
  let value = '';
  let certain = true;
  let quote: WordChar['quote'] = '';
  let at = start;
  for (; at < to; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3)) && quote === '') break;
    if (quote === '' && /[ \t\r]/.test(char)) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
    else {
      if (/[\\%$\n]/.test(char)) certain = false;
      value += char;
      chars.push({ from: at, to: at + 1, quote });
    }
  }
  if (quote !== '')
    throw notUnderstood(`Line ${lineAt(text, start)} of the drop-in has a quote that does not end.`);
  return { start, end: at, value: certain ? value : null, chars };
}

function removal(text: string, { words }: FlagEntry): TextEdit {
  const from = words[0].start;
  const blank = /[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0;
  return { from: from - blank, to: (words[1] ?? words[0]).end, text: '' };
}
