/**
 * Flags among the words of a command line: `-name=value`, `-name value`, and switches without a value. No release takes a
 * flag twice, two dashes or a stray word (aurora.md 7.1; recorded for 0.9, 0.17 and 0.20), so a file that has any of them
 * is not one we understand.
 */
import { lineAt, notChangeable, notUnderstood } from './flag-grammar.ts';
import { isPlain, type TextEdit, type TextWord, writeValue } from './text-word.ts';

export interface FlagEntry {
  readonly name: string;
  readonly value: string;
  /** One word, or the name and the value. */
  readonly words: readonly [TextWord] | readonly [TextWord, TextWord];
}

const flagName = /^-([A-Za-z][A-Za-z0-9_]*)$/;
const flagAndValue = /^-([A-Za-z][A-Za-z0-9_]*)=/;

/** Flags in their order; AuroraError `flags-not-understood`. */
export function readFlagWords(text: string, words: readonly TextWord[]): readonly FlagEntry[] {
  const entries: FlagEntry[] = [];
  const at = (word: TextWord): string => `Line ${lineAt(text, word.start)}`;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const value = certainValue(text, word);
    const joined = flagAndValue.exec(value)?.[1];
    const alone = flagName.exec(value)?.[1];
    if (joined !== undefined) {
      entries.push({ name: joined, value: value.slice(joined.length + 2), words: [word] });
    } else if (alone !== undefined) {
      const next = words[index + 1];
      const follows = next === undefined ? '-' : certainValue(text, next);
      if (next === undefined || follows.startsWith('-')) {
        entries.push({ name: alone, value: 'true', words: [word] });
      } else {
        entries.push({ name: alone, value: follows, words: [word, next] });
        index += 1;
      }
    } else throw notUnderstood(`${at(word)} has ${shown(value)}, which is not a flag.`);
  }
  for (const [
    index,
    {
      name,
      words: [word],
    },
  ] of entries.entries()) {
    if (entries.findIndex((entry) => entry.name === name) < index) {
      throw notUnderstood(`${at(word)} has -${name} a second time.`);
    }
  }
  return entries;
}

/** The edit that gives a flag its value, in the quotes that stand there; AuroraError `flag-not-changeable`. */
export function editValue(text: string, entry: FlagEntry, value: string, unquotable: RegExp): TextEdit {
  const [first, second] = entry.words;
  if (second !== undefined)
    return rewrite(text, { from: second.start, to: second.end }, entry.name, value, unquotable);
  const equals = first.chars[entry.name.length + 1];
  if (equals === undefined) {
    // A switch without a value: it gets one behind its name.
    const last = first.chars.at(-1);
    const to = last?.to ?? first.end;
    if (isPlain(value)) return { from: to, to, text: `=${value}` };
    throw unwritable(entry.name, value);
  }
  if (equals.quote === '')
    return rewrite(text, { from: equals.to, to: first.end }, entry.name, value, unquotable);
  // The quote was opened before the value: only its characters are replaced, and they must mean themselves in there.
  const last = first.chars.at(-1) ?? equals;
  const whole = first.chars.slice(entry.name.length + 2).every(({ quote }) => quote === equals.quote);
  if (!isPlain(value) || !whole) throw unwritable(entry.name, value);
  return { from: equals.to, to: last.to, text: value };
}

/** What cannot be written into this place. */
export function unwritable(name: string, value: string): Error {
  return notChangeable(`-${name} cannot be given the value ${shown(value)} in the place where it stands.`);
}

function rewrite(
  text: string,
  { from, to }: { from: number; to: number },
  name: string,
  value: string,
  unquotable: RegExp,
): TextEdit {
  const written = writeValue(value, text.slice(from, to), unquotable);
  if (written === null) throw unwritable(name, value);
  return { from, to, text: written };
}

function certainValue(text: string, word: TextWord): string {
  if (word.value !== null) return word.value;
  throw notUnderstood(
    `Line ${lineAt(text, word.start)} has ${shown(text.slice(word.start, word.end))}, whose value the file does not say.`,
  );
}

function shown(value: string): string {
  return value === '' ? 'an empty word' : `"${value.slice(0, 80)}"`;
}
