/** The prose of what is read beside the program: README, docs and ARCHITECTURE, a paragraph, a list's entry or a table's cell each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Prose {
  readonly file: string;
  readonly line: number;
  readonly words: string;
}

const root = join(import.meta.dirname, '../..');
/** Written from sources whose texts are checked there, or by tests for whoever changes the code. */
const generated: ReadonlySet<string> = new Set(['docs/gallery.md', 'docs/scenarios.md']);

export function allProse(): readonly Prose[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'ARCHITECTURE.md', ...docs.map((name) => `docs/${name}`)]
    .filter((file) => !generated.has(file))
    .flatMap((file) => proseOf(readFileSync(join(root, file), 'utf8')).map((prose) => ({ file, ...prose })));
}

/** What is code, quoted as somebody else's words, or an address is left out; `line` counts from 1. */
export function proseOf(markdown: string): readonly Omit<Prose, 'file'>[] {
  const found: { line: number; words: string }[] = [];
  let isCode = false;
  /** Whether the next line goes on with the paragraph that was found last. */
  let isOpen = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    const isFence = /^\s*(```|~~~)/.test(text);
    if (isFence) isCode = !isCode;
    if (isFence || isCode || /^\s*($|<|#|>)/.test(text)) {
      isOpen = false;
    } else if (text.startsWith('|')) {
      isOpen = false;
      const cells = text.replaceAll(/`[^`]*`/g, 'X').split('|');
      found.push(
        ...cells.filter((cell) => /\p{L}/u.test(cell)).map((words) => ({ line, words: words.trim() })),
      );
    } else {
      const last = found.at(-1);
      if (isOpen && last !== undefined && !/^\s*([*-]|\d+\.)\s/.test(text)) last.words += ` ${text.trim()}`;
      else found.push({ line, words: text.trim() });
      isOpen = true;
    }
  }
  return found.map(({ line, words }) => ({
    line,
    words: words
      .replaceAll(/`[^`]*`/g, 'X')
      .replaceAll(/\]\([^)]*\)/g, ']')
      .replaceAll(/"[^"]*"|<[^>]*>/g, 'X'),
  }));
}
