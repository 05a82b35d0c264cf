/**
 * `/etc/default` style: shell variables that a startup script turns into flags, and one variable with all others, which it
 * expands without quotes (aurora.md 7.5). So that one splits at blanks, and a value with a blank cannot stand in it.
 */
import { type FlagChanges, type FlagGrammar, lineAt, notChangeable, notUnderstood } from './flag-grammar.ts';
import { editValue, type FlagEntry, readFlagWords, unwritable } from './flag-words.ts';
import { parseShellText } from './shell-text.ts';
import { applyEdits, isPlain, type TextEdit, type TextWord, writeValue } from './text-word.ts';

interface Names {
  /** Flag by variable. */
  readonly variables: Readonly<Record<string, string>>;
  readonly extraArgs: string;
}

const unquotable = /['\n]/;

/** The grammar for the variables of one packaging. */
export function shellVariablesGrammar(names: Names): FlagGrammar {
  const read = (text: string) => {
    const words = readVariables(text, [...Object.keys(names.variables), names.extraArgs]);
    const extra = words.get(names.extraArgs);
    const entries = readFlagWords(text, extra === undefined ? [] : splitAtBlanks(text, extra));
    const mapped = Object.entries(names.variables).flatMap(([variable, name]) => {
      const word = words.get(variable);
      return word === undefined ? [] : [{ name, variable, word, value: known(text, word) }];
    });
    const twice = entries.find(({ name }) => mapped.some((other) => other.name === name));
    if (twice !== undefined)
      throw notUnderstood(`-${twice.name} is in ${names.extraArgs} and in a variable of its own.`);
    return { extra, entries, mapped };
  };

  return {
    parse: (text) => {
      const { entries, mapped } = read(text);
      return Object.fromEntries([...mapped, ...entries].map(({ name, value }) => [name, value]));
    },
    replace: (text, changes) => {
      const { extra, entries, mapped } = read(text);
      const variableOf = (flag: string): string | undefined =>
        Object.entries(names.variables).find(([, name]) => name === flag)?.[0];
      const edits = mapped.flatMap(({ name, word, value }) => {
        const change = changes[name];
        if (change === undefined || change === value) return [];
        if (change === null) throw notRemovable(name, variableOf(name) ?? '');
        return [rewriteWhole(text, { name, word, value: change })];
      });
      const missing = Object.entries(changes).flatMap(([name, value]) => {
        const variable = variableOf(name);
        const there = mapped.some((other) => other.name === name);
        if (variable === undefined || there || value === null) return [];
        return [`${variable}=${quoted(name, value)}\n`];
      });
      const inExtra: FlagChanges = Object.fromEntries(
        Object.entries(changes).filter(([name]) => variableOf(name) === undefined),
      );
      return append(applyEdits(text, [...edits, ...editExtra(text, extra, entries, inExtra)]), [
        ...missing,
        ...newExtra(names.extraArgs, extra, inExtra),
      ]);
    },
  };
}

/** The words of the variables that matter; each may be set once. */
function readVariables(text: string, wanted: readonly string[]): ReadonlyMap<string, TextWord> {
  const words = new Map<string, TextWord>();
  for (const assignment of parseShellText(text)) {
    const { name, start } = assignment;
    if (!wanted.includes(name)) continue;
    const line = `Line ${lineAt(text, start)} of the flag file`;
    if (assignment.kind === 'array') throw notUnderstood(`${line} sets ${name} as an array.`);
    if (words.has(name)) throw notUnderstood(`${line} sets ${name} a second time.`);
    words.set(name, assignment.word);
  }
  return words;
}

function known(text: string, word: TextWord): string {
  if (word.value !== null) return word.value;
  throw notUnderstood(
    `Line ${lineAt(text, word.start)} of the flag file uses a variable that is not set above it.`,
  );
}

function splitAtBlanks(text: string, word: TextWord): readonly TextWord[] {
  const value = known(text, word);
  return [...value.matchAll(/[^ \t\n]+/g)].map(({ 0: part, index }) => {
    if (/[*?[\]]/.test(part)) {
      throw notUnderstood(
        `Line ${lineAt(text, word.start)} has ${part.slice(0, 80)}, which a shell takes for a pattern.`,
      );
    }
    const chars = word.chars.slice(index, index + part.length);
    const whole = wholeVariables(word, index, part.length);
    return {
      start: chars[0]?.from ?? word.start,
      end: chars.at(-1)?.to ?? word.end,
      value: whole ? part : null,
      chars,
    };
  });
}

/** A variable that brings the end of one flag and the beginning of another leaves no place to edit. */
function wholeVariables({ chars }: TextWord, index: number, length: number): boolean {
  const sameSource = (a: number, b: number): boolean =>
    chars[a] !== undefined && chars[a].from === chars[b]?.from && chars[a].to === chars[b].to;
  return !sameSource(index - 1, index) && !sameSource(index + length - 1, index + length);
}

function rewriteWhole(
  text: string,
  { name, word, value }: { name: string; word: TextWord; value: string },
): TextEdit {
  const written = writeValue(value, text.slice(word.start, word.end), unquotable);
  if (written === null) throw unwritable(name, value);
  return { from: word.start, to: word.end, text: written };
}

function quoted(name: string, value: string): string {
  const written = writeValue(value, '""', unquotable);
  if (written === null) throw unwritable(name, value);
  return written;
}

/** Inside the one variable: changed where they stand, taken out with the blank before them, added before its last quote. */
function editExtra(
  text: string,
  extra: TextWord | undefined,
  entries: readonly FlagEntry[],
  changes: FlagChanges,
): readonly TextEdit[] {
  if (extra === undefined) return [];
  const edits = entries.flatMap((entry) => {
    const change = changes[entry.name];
    if (change === undefined || change === entry.value) return [];
    if (change === null) return [removal(text, extra, entry)];
    if (!isPlain(change)) throw unwritable(entry.name, change);
    return [editValue(text, entry, change, unquotable)];
  });
  const kept = entries.filter(({ name }) => changes[name] !== null);
  const added = newArguments(changes, entries);
  if (added === '') return edits;
  const raw = text.slice(extra.start, extra.end);
  const blank = kept.length === 0 ? '' : ' ';
  if (/^(["'])[^"']*\1$/.test(raw)) {
    return [...edits, { from: extra.end - 1, to: extra.end - 1, text: blank + added }];
  }
  if (!isPlain(raw))
    throw notChangeable('The variable of other flags is written in pieces, and none can be added to it.');
  return [
    ...edits,
    { from: extra.start, to: extra.start, text: '"' },
    { from: extra.end, to: extra.end, text: `${blank}${added}"` },
  ];
}

function newExtra(extraArgs: string, extra: TextWord | undefined, changes: FlagChanges): readonly string[] {
  const added = extra === undefined ? newArguments(changes, []) : '';
  return added === '' ? [] : [`${extraArgs}="${added}"\n`];
}

function newArguments(changes: FlagChanges, entries: readonly FlagEntry[]): string {
  return Object.entries(changes)
    .flatMap(([name, value]) => {
      if (value === null || entries.some((entry) => entry.name === name)) return [];
      if (!isPlain(value)) throw unwritable(name, value);
      return [`-${name}=${value}`];
    })
    .join(' ');
}

function removal(text: string, extra: TextWord, { words }: FlagEntry): TextEdit {
  const from = words[0].start;
  const to = (words[1] ?? words[0]).end;
  const before = /[ \t]*$/.exec(text.slice(extra.start, from))?.[0].length ?? 0;
  return { from: from - before, to, text: '' };
}

function append(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('')}`;
}

function notRemovable(flag: string, variable: string): Error {
  return notChangeable(`-${flag} is made of ${variable}, and the startup script always passes it.`);
}
