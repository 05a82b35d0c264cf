/** The report as the post-mortem reads it. Its two forms are kept whole: read their differences as a person would. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { reportOf } from '../../src/report/report.ts';
import { totalsOf } from '../../src/report/stretches.ts';
import { recordsOf } from '../slack/support/whole-story.ts';
import { allStories, eventful } from './stories.ts';

const minute = 60_000;

describe('the report of an eventful restore', () => {
  const report = reportOf(recordsOf(eventful));

  it('is this as Markdown', async () => {
    await expect(markdownReport(report)).toMatchFileSnapshot('golden/eventful.md');
  });

  it('is this as a page', async () => {
    await expect(htmlReport(report)).toMatchFileSnapshot('golden/eventful.html');
  });

  it('tells how each trouble was settled, and when', () => {
    expect(report.troubles).toEqual([
      expect.objectContaining({
        what: '“Compare what is staged” got stuck: aurora-2 does not answer since 14:31.',
        settled: 'bo had it look again',
      }),
    ]);
  });

  it('names what is left to do, who is asked for it, and what is done by whom', () => {
    expect(report.left.map(({ name, asked, done }) => [name, asked.name, done?.person.name])).toEqual([
      ['not-as-predicted', 'ana', 'bo'],
      ['restart-schedulers', 'ana', undefined],
      ['set-aside-logs', 'ana', undefined],
    ]);
  });

  it('keeps what was said first, with edits, deletions and what is important', () => {
    expect(report.words).toEqual([
      expect.objectContaining({
        name: 'bo',
        text: 'ads is paged, @cy looks at bidder',
        files: ['graph.png'],
        markedBy: null,
      }),
      expect.objectContaining({
        text: 'restarting the agent\non aurora-2',
        edits: [expect.objectContaining({ text: 'restarted the agent on aurora-2' })],
        markedBy: 'ana',
        deletedAt: null,
      }),
      expect.objectContaining({ text: 'wrong channel, sorry', deletedAt: expect.any(Number) as number }),
    ]);
  });
});

describe('the times of a report', () => {
  it.each(Object.entries(allStories))('of %s follow each other and lack nothing', (_name, events) => {
    const records = recordsOf(events);
    const report = reportOf(records);

    const { stretches, proposedAt, ended } = report;
    const totals = totalsOf(stretches);
    const end = ended?.at ?? records.at(-1)?.at ?? 0;
    expect(stretches[0]?.from).toBe(proposedAt);
    expect(stretches.slice(1).map(({ from }) => from)).toEqual(stretches.slice(0, -1).map(({ to }) => to));
    expect(stretches.at(-1)?.to).toBe(end);
    expect(Object.values(totals).reduce((sum, each) => sum + each, 0)).toBe(end - proposedAt);
  });

  it('keep waiting for people apart from the work, and from being stuck', () => {
    const events = allStories['stuck'] ?? [];
    const failed = events.findIndex(({ type }) => type === 'step-failed');
    const records = recordsOf(events).map((record, index) =>
      index > failed ? { ...record, at: record.at + 10 * minute } : record,
    );

    const { stretches } = reportOf(records);

    expect(totalsOf(stretches).stuck).toBe(10 * minute + 20_000);
    expect(stretches.filter(({ doing }) => doing === 'people').map(({ what }) => what)).toEqual([
      'Approval of the stop',
    ]);
  });
});

describe.each(Object.entries(allStories))('the page of %s', (_name, events) => {
  it('asks for nothing from anywhere, and runs nothing', () => {
    const page = htmlReport(reportOf(recordsOf(events)));

    expect(page).not.toMatch(
      /<(?:script|link|img|iframe|object|embed|base|form)\b|\bon\w+=|\bsrc=|\bhref=|@import|url\(/i,
    );
    expect(page).toContain("default-src 'none'");
  });
});
