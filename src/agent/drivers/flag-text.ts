/**
 * A file of scheduler flags as text: one `-name=value` a line, comments and blank lines between. Values are replaced
 * where they stand and every other byte stays (aurora.md 7.1: a flag that appears twice stops the scheduler).
 */
import { AuroraError } from '../../aurora/errors.ts';

const flagLine = /^-([A-Za-z][A-Za-z0-9_]*)=(.*)$/;

interface Line {
  readonly text: string;
  /** `\n`, `\r\n` or nothing at the end of the file. */
  readonly end: string;
  readonly name: string | null;
  readonly value: string;
}

/** Flags by name; AuroraError `flags-not-understood` for a doubled flag or a line of another kind. */
export function parseFlags(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parseLines(text).flatMap(({ name, value }) => (name === null ? [] : [[name, value]])),
  );
}

/** The text with each flag set to its value; `null` removes the flag's line, and a new flag gets a line at the end. */
export function replaceFlags(text: string, changes: Readonly<Record<string, string | null>>): string {
  const lines = parseLines(text);
  const known = new Set(lines.flatMap(({ name }) => (name === null ? [] : [name])));
  const kept = lines
    .filter(({ name }) => name === null || changes[name] !== null)
    .map((line) => {
      const value = line.name === null ? undefined : changes[line.name];
      return typeof value === 'string' ? `-${line.name ?? ''}=${value}${line.end}` : line.text + line.end;
    })
    .join('');
  const added = Object.entries(changes)
    .filter(([name, value]) => value !== null && !known.has(name))
    .map(([name, value]) => `-${name}=${value ?? ''}\n`)
    .join('');
  const separator = added !== '' && kept !== '' && !kept.endsWith('\n') ? '\n' : '';
  return kept + separator + added;
}

function parseLines(text: string): readonly Line[] {
  const seen = new Set<string>();
  const pieces = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return pieces.map((piece, index) => {
    const end = /\r?\n$/.exec(piece)?.[0] ?? '';
    const line = piece.slice(0, piece.length - end.length);
    if (/^\s*(#.*)?$/.test(line)) return { text: line, end, name: null, value: '' };
    const [, name, value = ''] = flagLine.exec(line) ?? [];
    if (name === undefined) {
      throw notUnderstood(`Line ${index + 1} of the flag file is neither -name=value nor a comment.`);
    }
    if (seen.has(name)) throw notUnderstood(`The flag file has -${name} twice.`);
    seen.add(name);
    return { text: line, end, name, value };
  });
}

function notUnderstood(message: string): AuroraError {
  return new AuroraError({
    code: 'flags-not-understood',
    message,
    hint: 'Correct the file by hand; nothing was changed.',
  });
}
