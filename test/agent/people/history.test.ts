/** Whose log is in place, however operations of several restores were mixed. */
import { expect, test } from 'vitest';
import type { JournalRow } from '../../../src/agent/operation-journal.ts';
import { addRow, type HostHistory, noHistory } from '../../../src/agent/people/history.ts';

type Step = readonly [kind: string, restoreId: string, state?: 'done' | 'failed'];

function after(...steps: readonly Step[]): HostHistory {
  const rows = steps.flatMap(([kind, restoreId, state = 'done'], index): readonly JournalRow[] => {
    const row = { at: index, operationId: `${restoreId}.${kind}.${index}` };
    return [
      {
        ...row,
        seq: 3 * index,
        event: 'accepted',
        body: { kind, params: {}, grant: { payload: { restoreId } } },
      },
      { ...row, seq: 3 * index + 1, event: 'started', body: {} },
      { ...row, seq: 3 * index + 2, event: 'ended', body: { state, evidence: {} } },
    ];
  });
  return rows.reduce(addRow, noHistory);
}

const isolated: readonly Step[] = [
  ['set-aside-log', 'R1'],
  ['initialize-log', 'R1'],
];
const ended: readonly Step[] = [
  ...isolated,
  ['commit-recovery', 'R1'],
  ['start-scheduler', 'R1'],
  ['restore-flags', 'R1'],
];

test.each<[string, readonly Step[], string | null]>([
  ['nothing was done', [], null],
  ['it was set aside', isolated, 'R1'],
  ['it was put back', [...isolated, ['put-back-log', 'R1']], null],
  ['putting it back failed', [...isolated, ['put-back-log', 'R1', 'failed']], 'R1'],
  ['another restore has set that one aside', [...isolated, ['set-aside-log', 'R2']], 'R2'],
  ['that other one was put back', [...isolated, ['set-aside-log', 'R2'], ['put-back-log', 'R2']], 'R1'],
  [
    'both were put back, the first one first',
    [...isolated, ['set-aside-log', 'R2'], ['put-back-log', 'R1'], ['put-back-log', 'R2']],
    'R1',
  ],
])('when %s', (_when, steps, owner) => {
  expect(after(...steps).owner).toBe(owner);
});

test.each<[string, readonly Step[], boolean, boolean]>([
  ['isolated', isolated, false, false],
  ['committed', [...isolated, ['commit-recovery', 'R1']], true, false],
  ['committed, which failed', [...isolated, ['commit-recovery', 'R1', 'failed']], false, false],
  [
    'committed in vain, and staged again',
    [...isolated, ['commit-recovery', 'R1'], ['stage-backup', 'R1']],
    false,
    false,
  ],
  ['let go on', ended, true, true],
  ['let go on, and its log made anew', [...ended, ['initialize-log', 'R1']], false, false],
  ['let go on, and set aside once more', [...ended, ['set-aside-log', 'R1']], false, false],
])('a restore that was %s', (_what, steps, committed, released) => {
  const history = after(...steps);

  expect([history.committed.has('R1'), history.released.has('R1')]).toEqual([committed, released]);
});

test('what another release wrote in a form of its own changes nothing', () => {
  const row = { seq: 1, at: 1, operationId: 'R1.x.1' } as const;
  const rows: readonly JournalRow[] = [
    { ...row, event: 'accepted', body: { kind: 'set-everything-aside' } },
    { ...row, event: 'started', body: 7 },
    { ...row, event: 'ended', body: null },
  ];

  expect(rows.reduce(addRow, noHistory)).toEqual(noHistory);
});
