import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoPlan } from '../../../src/restore/procedures/parts.ts';
import { staged } from '../../../src/restore/procedures/staged.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { assertFollows, foldJournal } from '../../../src/restore/record/fold.ts';
import { planOf } from '../../../src/restore/record/state.ts';
import { ran } from '../support/facts.ts';
import {
  ana,
  bo,
  commitGate,
  cy,
  minute,
  passed,
  proposed,
  recordsOf,
  signed,
  startedAt,
  stateOf,
  stopGate,
  untilCommitGate,
  untilLook,
  untilOrdered,
  untilSigned,
  untilStopGate,
  untilStopped,
} from '../support/story.ts';

const ended: RestoreEvent = { type: 'restore-ended', outcome: 'declined', message: 'Declined.' };
const aborted: RestoreEvent = { type: 'abort-ordered', person: ana, reason: 'wrong backup' };
const declined = (gate: 'stop' | 'commit', digest: string): RestoreEvent => ({
  type: 'declined',
  gate,
  digest,
  person: cy,
  reason: 'no',
});
const goBackGate: RestoreEvent = {
  type: 'gate-opened',
  gate: 'go-back',
  digest: 'g1',
  needed: 2,
  expiresAt: startedAt + 30 * minute,
};
const failed: RestoreEvent = {
  type: 'step-failed',
  step: 'commit',
  code: 'x',
  message: 'No.',
  hint: 'Look.',
};

describe('an event that cannot follow stops the fold', () => {
  it.each<[string, readonly RestoreEvent[], RestoreEvent, RegExp]>([
    ['a second proposal', untilStopGate(), proposed(), /proposed once/],
    [
      'a step that is not next',
      [proposed()],
      { type: 'step-started', step: 'preview', attempt: 1 },
      /not next/,
    ],
    [
      'a step past a gate',
      untilStopGate(),
      { type: 'step-started', step: 'stop-schedulers', attempt: 1 },
      /not next/,
    ],
    [
      'the end of a step that did not begin',
      untilStopped(),
      ran('stop-schedulers')[1] ?? ended,
      /not started/,
    ],
    ['the failure of a step that does not run', untilStopped(), failed, /not running/],
    [
      'the end of an operation that nobody asked for',
      untilStopped(),
      {
        type: 'operation-finished',
        operationId: 'o1',
        state: 'done',
        changed: true,
        evidence: {},
        message: '',
      },
      /never requested/,
    ],
    ['a sign-off of a closed gate', untilStopped(), signed('stop', cy, 'd1'), /not open/],
    ['a sign-off of another digest', untilStopGate(), signed('stop', bo, 'd2'), /another digest/],
    [
      'a second living sign-off',
      [...untilCommitGate(), signed('commit', bo, 'c1')],
      signed('commit', bo, 'c1'),
      /signed already/,
    ],
    ['a passage out of turn', untilStopGate(), passed('commit', 'c1', [bo, cy]), /not open/],
    ['a passage of another digest', untilSigned(), passed('commit', 'c2', [bo, cy]), /another digest/],
    ['a second opening of what was passed', untilStopped(), stopGate(), /was passed/],
    [
      'an opening over a decline',
      [...untilCommitGate(), declined('commit', 'c1')],
      commitGate(),
      /was declined/,
    ],
    [
      'an opening of another digest over a decline',
      [...untilCommitGate(), declined('commit', 'c1')],
      commitGate('c2'),
      /was declined/,
    ],
    [
      'the expiry of a declined gate',
      [...untilCommitGate(), declined('commit', 'c1')],
      { type: 'gate-expired', gate: 'commit' },
      /not open/,
    ],
    ['the expiry of a gate that never was', [proposed()], { type: 'gate-expired', gate: 'stop' }, /not open/],
    ['a decline after the order', untilOrdered(), declined('commit', 'c1'), /cannot follow the order/],
    ['a second order', untilOrdered(), { type: 'commit-ordered', digest: 'c1', person: cy }, /ordered once/],
    [
      'an order on another digest',
      untilSigned(),
      { type: 'commit-ordered', digest: 'c2', person: cy },
      /another digest/,
    ],
    ['an abort after the order', untilOrdered(), aborted, /cannot follow the order/],
    ['a second abort', [...untilCommitGate(), aborted], aborted, /being put back/],
    ['a sign-off in the undo', [...untilCommitGate(), aborted], signed('commit', bo, 'c1'), /put back/],
    [
      'an order in the undo',
      [...untilSigned(), aborted],
      { type: 'commit-ordered', digest: 'c1', person: bo },
      /put back/,
    ],
    ['a gate in the undo', [...untilCommitGate(), aborted], commitGate(), /put back/],
    ['a way back before the commit', untilCommitGate(), goBackGate, /not clean/],
    [
      'a way back after the release',
      [...untilLook(), { type: 'release-ordered', person: bo }],
      goBackGate,
      /not clean/,
    ],
    ['a second look out of turn', untilStopped(), { type: 'look-opened', until: startedAt }, /not next/],
    ['a second second look', untilLook(), { type: 'look-opened', until: startedAt }, /not next/],
    [
      'more time for no look',
      untilStopped(),
      { type: 'look-extended', person: bo, until: startedAt },
      /no second look/,
    ],
    ['a release without a look', untilStopped(), { type: 'release-ordered', person: bo }, /no second look/],
    [
      'a release over a vote',
      [...untilLook(), goBackGate],
      { type: 'release-ordered', person: bo },
      /not decided/,
    ],
    [
      'mending what is not stuck',
      untilStopped(),
      { type: 'look-again-ordered', person: bo },
      /nothing is stuck/,
    ],
    ['anything after the end', [...untilStopGate(), ended], stopGate(), /cannot follow the end/],
  ])('%s', (_what, before, event, why) => {
    const state = stateOf(before);

    expect(() => assertFollows(state, { events: [event], at: startedAt })).toThrow(why);
  });

  it('a journal without a proposal', () => {
    expect(() => foldJournal([])).toThrow(/starts with/);
    expect(() => foldJournal(recordsOf([stopGate()]))).toThrow(/starts with/);
  });

  it('a gap, and a record that comes twice', () => {
    const records = recordsOf(untilStopGate());

    expect(() => foldJournal(records.filter((record) => record.seq !== 4))).toThrow(/cannot follow 3/);
    expect(() => foldJournal([...records, ...records.slice(-1)])).toThrow(/cannot follow/);
  });
});

describe('the fold', () => {
  it('gets the same state wherever the journal is cut in two', () => {
    const records = recordsOf(untilLook());
    const whole = foldJournal(records);

    fc.assert(
      fc.property(fc.integer({ min: 1, max: records.length }), (cut) => {
        const events = records.slice(cut).map(({ event }) => event);
        const half = foldJournal(records.slice(0, cut));

        expect(() => assertFollows(half, { events, at: startedAt })).not.toThrow();
        expect(foldJournal([...records.slice(0, cut), ...records.slice(cut)])).toEqual(whole);
      }),
    );
  });

  it('does not change the state it is given', () => {
    const before = stateOf(untilOrdered());
    const copy = structuredClone(before);

    assertFollows(before, { events: [passed('commit', 'c1', [bo, cy]), ...ran('commit')], at: startedAt });

    expect(before).toEqual(copy);
  });

  it('walks the whole plan and ends', () => {
    const rest = ['unblock-traffic', 'release-reconciliation', 'soak', 'report'] as const;
    const end: RestoreEvent = {
      type: 'restore-ended',
      outcome: 'completed',
      message: 'Restored and verified.',
    };

    const state = stateOf([
      ...untilLook(),
      { type: 'release-ordered', person: bo },
      ...rest.flatMap((step) => ran(step)),
      end,
    ]);

    expect(state.done).toEqual(staged.plan);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('begins the undo at its first step, whatever was done before', () => {
    const state = stateOf([...untilCommitGate(), aborted]);

    expect(state).toMatchObject({ phase: 'undo', undoReason: 'abort', done: [], stuck: null, current: null });
    expect(planOf(state)).toBe(undoPlan);
  });

  it('drops an order when the gate opens with another digest, and keeps it when the re-plan is identical', () => {
    expect(stateOf([...untilOrdered(), commitGate('c1')]).commitOrdered?.person).toEqual(bo);
    expect(stateOf([...untilOrdered(), commitGate('c2')]).commitOrdered).toBeNull();
  });

  it('lets an order die with the gate it stood on, and not with another', () => {
    const expired = (gate: 'commit' | 'go-back'): RestoreEvent => ({ type: 'gate-expired', gate });

    expect(stateOf([...untilOrdered(), expired('commit')]).commitOrdered).toBeNull();
    expect(stateOf([...untilLook(), goBackGate, expired('go-back')]).commitOrdered?.person).toEqual(bo);
  });

  it('lets somebody sign again once the earlier sign-off has outlived its time', () => {
    const later = startedAt + 30 * minute;
    const state = stateOf([
      ...untilCommitGate(),
      signed('commit', bo, 'c1'),
      commitGate('c1', { expiresAt: startedAt + 59 * minute }),
      [signed('commit', bo, 'c1'), later],
    ]);

    expect(state.gates.commit?.signOffs).toMatchObject([{ person: bo, at: later }]);
  });

  it('takes in what an agent finished after an early abort had ended the restore', () => {
    const asked: RestoreEvent = {
      type: 'operation-requested',
      step: 'hold-backup',
      operationId: 'o1',
      host: 'aurora-2',
      kind: 'hold-backup',
    };
    const finished: RestoreEvent = {
      type: 'operation-finished',
      operationId: 'o1',
      state: 'done',
      changed: true,
      evidence: {},
      message: '',
    };
    const holding = untilStopGate().slice(0, -2);

    const state = stateOf([...holding, asked, aborted, { ...ended, outcome: 'undone' }, finished]);

    expect(state.operations.get('o1')?.result?.state).toBe('done');
  });
});
