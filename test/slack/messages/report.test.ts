/** The report says who decided what, also what no longer counts. */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { renderReport } from '../../../src/slack/messages/report.ts';
import { bo, cy } from '../../restore/support/story.ts';
import { decisionsOf, recordsOf, statesOf, stories } from '../support/whole-story.ts';

/** The lines under "Decisions", without their times. */
function decided(events: readonly RestoreEvent[]): string[] {
  const records = recordsOf(events);
  const state = statesOf(records).at(-1);
  if (state === undefined) throw new Error('a story has events');
  const { text } = renderReport({ at: state, latest: state }, decisionsOf(records));
  const section = text.slice(text.indexOf('*Decisions*'), text.indexOf('*Times*'));
  return section
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/<!date[^>]*>/g, 'T'));
}

describe('the decisions of a report', () => {
  it.each([
    ['aborted', 'T ana stopped it: "wrong backup after all"'],
    ['declined', 'T bo declined the stop: "not during the sale"'],
    ['expired', 'T the time for the stop ran out'],
    ['gone back', 'T cy signed off going back'],
    ['stuck', 'T bo had it look again'],
    ['commit unknown, not as predicted', 'T the time of the second look ran out: it reconciled by itself'],
  ])('of a restore that is %s end with how that came', (name, last) => {
    const lines = decided(stories[name] ?? []);

    expect(lines[0]).toMatch(/^T ana proposed it: "/);
    expect(lines.at(-1)).toBe(last);
  });

  it('name who left tasks out, who paused it and who resumed it', () => {
    const events: RestoreEvent[] = [
      { type: 'edit-ordered', digest: '', person: bo, taskIds: ['a', 'b'], reason: 'stopped on purpose' },
      { type: 'pause-ordered', person: cy, reason: 'ads is asked' },
      { type: 'resume-ordered', person: bo },
    ];

    const lines = decisionsOf(recordsOf(events)).map((line) => line.replace(/^<!date[^>]*>/, 'T'));

    expect(lines).toEqual([
      'T bo left 2 tasks out: "stopped on purpose"',
      'T cy paused it: "ads is asked"',
      'T bo resumed it',
    ]);
  });

  it('are all there, in order, with what was said', () => {
    expect(decided(stories['completed'] ?? []).slice(1)).toEqual([
      'T bo approved the stop: "checked with ads, go"',
      'T bo signed off the commit',
      'T cy signed off the commit: "same as the plan"',
      'T cy committed',
      'T bo gave the second look more time, until T',
      'T cy let it reconcile',
    ]);
  });
});
