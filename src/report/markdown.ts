/** The report as Markdown, for a ticket or a wiki. No foreign text in it formats, links, or ends the table it is in. */
import { utcText } from './happened.ts';
import type { Report } from './report.ts';
import { type ReportPart, sectionsOf, titleOfReport } from './sections.ts';
import { lineOf, linesOf } from './text.ts';
import type { Words } from './words-said.ts';

/** Without the record: see `withRecord`. */
export function markdownReport(report: Report): string {
  const sections = sectionsOf(report).flatMap(({ heading, parts }) => [
    `## ${heading}`,
    ...parts.flatMap(partOf),
  ]);
  return `${[`# ${inline(titleOfReport(report))}`, ...sections].join('\n\n')}\n`;
}

function partOf(part: ReportPart): string[] {
  switch (part.kind) {
    case 'text':
      return [inline(part.text)];
    case 'facts':
      return [table(['', ''], part.rows)];
    case 'table':
      return [`*${part.caption}*`, table(part.head, part.rows)];
    case 'list':
      return [part.items.map((item) => `- ${inline(item)}`).join('\n')];
    case 'todo':
      return [part.items.map(({ text, done }) => `- [${done ? 'x' : ' '}] ${inline(text)}`).join('\n')];
    case 'words':
      return part.words.map(wordsOf);
    case 'timeline':
      // A picture is a file of its own in Markdown; the table below it has the same.
      return [];
  }
}

function wordsOf({ at, name, text, isCut, files, markedBy, edits, deletedAt }: Words): string {
  const star = markedBy === null ? '' : ` **Important**, says ${inline(markedBy)}.`;
  const block = (words: string) => linesOf(words).map((line) => (line === '' ? '>' : `> ${inline(line)}`));
  return [
    `**${inline(name)}**, ${utcText(at)}.${star}`,
    '',
    ...block(isCut ? `${text}…` : text),
    ...(files.length === 0 ? [] : ['', `With ${files.map(inline).join(', ')}.`]),
    ...edits.flatMap((edit) => ['', `Edited at ${utcText(edit.at)}:`, '', ...block(edit.text)]),
    ...(deletedAt === null ? [] : ['', `Deleted at ${utcText(deletedAt)}.`]),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? '' : inline(cell))).join(' | ')} |`;
  return [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** What CommonMark, GitHub's tables and its formulas give a meaning within a line, and what would open a tag. */
function inline(text: string): string {
  return lineOf(text)
    .replace(/[\\`*_[\]~|#$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
