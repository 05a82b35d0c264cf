/** A file of scheduler flags as text: one `-name=value` a line, comments and blank lines between. */
import { type FlagGrammar, notUnderstood } from './flag-grammar.ts';

const flagLine = /^-([A-Za-z][A-Za-z0-9_]*)=(.*)$/;

interface Line {
  readonly text: string;
  /** `\n`, `\r\n` or nothing at the end of the file. */
  readonly end: string;
  readonly name: string | null;
  readonly value: string;
}

/** The grammar; a removed flag loses its line, and a new one gets a line at the end. */
export const flagLinesGrammar: FlagGrammar = {
  parse: (text) =>
    Object.fromEntries(parseLines(text).flatMap(({ name, value }) => (name === null ? [] : [[name, value]]))),
  replace: (text, changes) => {
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
  },
};

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
