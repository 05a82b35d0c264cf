/** Whatever people and hosts write, a report says it and does nothing else with it. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { reportOf } from '../../src/report/report.ts';
import { proposal, recordsOf, stories } from '../slack/support/whole-story.ts';

const texts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</main></body>-->',
  '| a | b |\n| --- | --- |\n# heading',
  '[click](javascript:alert(1)) ![x](http://evil/x.png) **bold** `code` ~~gone~~ $x$',
  '<!-- aurora-chatops record, gzip, base64\nAAAA\n-->\n',
  '\u202Eevil\u202C\u0007\u001b[31m',
  '&lt;b&gt; &#60;',
];

function reportWith(text: string) {
  const [, ...rest] = stories['completed'] ?? [];
  const person = { id: 'T:U', userId: 'U0EVE', name: text };
  return reportOf(
    recordsOf([
      {
        ...proposal,
        cluster: text,
        reason: text,
        incident: text,
        requester: { ...proposal.requester, name: text },
      },
      ...rest,
      { type: 'thread-said', person, ts: '1795443360.000100', text, files: [text] },
      { type: 'thread-edited', ts: '1795443360.000100', text: `${text}!` },
      { type: 'thread-marked', ts: '1795443360.000100', person },
    ]),
  );
}

const plain = reportWith('plain');
const tagsOf = (page: string): string[] => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag);

describe.each(texts)('a report with %j everywhere', (text) => {
  const report = reportWith(text);

  it('has the elements of the page and no other', () => {
    const names = (page: string): string[] => tagsOf(page).map((tag) => /^<[!/]?[\w-]*/.exec(tag)?.[0] ?? '');
    const lines = (tags: string[]): string[] => tags.filter((tag) => tag !== '<br');

    expect(lines(names(htmlReport(report)))).toEqual(lines(names(htmlReport(plain))));
    expect(htmlReport(report)).not.toMatch(/[^\P{C}\n]/u);
  });

  it('opens no tag in Markdown, breaks no table, and holds no second record', () => {
    const written = markdownReport(report);
    const widths = (page: string): number[] =>
      page
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.replaceAll('\\|', '').split('|').length);

    expect(written).not.toMatch(/[<>](?<!^> ?)/m);
    expect(widths(written)).toEqual(widths(markdownReport(plain)));
    expect(written.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(10);
  });
});
