/**
 * The report as one page that opens without a network: its style and its picture are in it, it runs no script, and a policy in it forbids
 * whatever a foreign text might ask for. Light and dark, as the reader's machine has it.
 */
import { escapeHtml } from './escape-html.ts';
import { utcText } from './happened.ts';
import type { Report } from './report.ts';
import { type ReportPart, type Section, sectionsOf, titleOfReport } from './sections.ts';
import { style } from './style.ts';
import { linesOf } from './text.ts';
import { timelineSvg } from './timeline.ts';
import type { Words } from './words-said.ts';

/** Without the record: see `withRecord`. */
export function htmlReport(report: Report): string {
  const title = escapeHtml(titleOfReport(report));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${style}
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${sectionsOf(report)
  .map((section) => sectionOf(section, report))
  .join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ heading, parts }: Section, report: Report): string {
  return `<section>\n<h2>${escapeHtml(heading)}</h2>\n${parts.map((part) => partOf(part, report)).join('\n')}\n</section>`;
}

function partOf(part: ReportPart, report: Report): string {
  switch (part.kind) {
    case 'text':
      return `<p>${escapeHtml(part.text)}</p>`;
    case 'facts':
      return `<dl>\n${part.rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return tableOf(part);
    case 'list':
      return `<ul>\n${part.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'todo':
      return `<ul class="todo">\n${part.items
        .map(({ text, done }) => `<li><strong>${done ? 'Done' : 'Open'}</strong> ${escapeHtml(text)}</li>`)
        .join('\n')}\n</ul>`;
    case 'words':
      return part.words.map(wordsOf).join('\n');
    case 'timeline':
      return `<figure role="region" tabindex="0" aria-label="Timeline">\n${timelineSvg(report)}\n</figure>`;
  }
}

function tableOf({ caption, head, rows }: Extract<ReportPart, { kind: 'table' }>): string {
  const heads = head
    .map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${escapeHtml(cell)}</th>`))
    .join('');
  const body = rows.map(([first = '', ...others]) => {
    const cells = others.map((cell) => `<td>${cell === '' ? '' : escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
  });
  // On a phone a wide table is moved within its frame, also by the keyboard.
  return `<div class="wide" role="region" tabindex="0" aria-label="${escapeHtml(caption)}"><table>\n<caption>${escapeHtml(caption)}</caption>\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

function wordsOf({ at, name, text, isCut, files, markedBy, edits, deletedAt }: Words): string {
  const quote = (words: string) => `<blockquote>${linesOf(words).map(lineInQuote).join('<br>')}</blockquote>`;
  return [
    `<article${markedBy === null ? '' : ' class="important"'}>`,
    `<h3>${escapeHtml(name)}, ${escapeHtml(utcText(at))}</h3>`,
    ...(markedBy === null ? [] : [`<p><strong>Important</strong>, says ${escapeHtml(markedBy)}.</p>`]),
    quote(isCut ? `${text}…` : text),
    ...(files.length === 0 ? [] : [`<p>With ${files.map(escapeHtml).join(', ')}.</p>`]),
    ...edits.map((edit) => `<p>Edited at ${escapeHtml(utcText(edit.at))}:</p>${quote(edit.text)}`),
    ...(deletedAt === null ? [] : [`<p>Deleted at ${escapeHtml(utcText(deletedAt))}.</p>`]),
    '</article>',
  ].join('\n');
}

function lineInQuote(line: string): string {
  return line === '' ? '' : escapeHtml(line);
}
