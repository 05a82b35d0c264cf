import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { decideNext, holdCommitBack } from '../../../src/restore/rules/next.ts';
import { ran } from '../support/facts.ts';
import {
  ana,
  bo,
  commitGate,
  cy,
  minute,
  passed,
  proposed,
  signed,
  startedAt,
  stateOf,
  untilCommitGate,
  untilLook,
  untilOrdered,
  untilSigned,
  untilStopGate,
  untilStopped,
} from '../support/story.ts';

type Story = Parameters<typeof stateOf>[0];

const nextAfter = (story: Story, minutes = 0) => decideNext(stateOf(story), startedAt + minutes * minute);
const typesAfter = (story: Story, minutes = 0): readonly string[] => {
  const next = nextAfter(story, minutes);
  return next.kind === 'append' ? next.events.map((event) => event.type) : [next.kind];
};
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
  expiresAt: startedAt + 40 * minute,
};
const released: RestoreEvent = { type: 'release-ordered', person: bo };

describe('the next step', () => {
  it('is the first of the plan after the proposal', () => {
    expect(nextAfter([proposed()])).toEqual({ kind: 'run', step: 'check-hosts' });
  });

  it('is run again when it was started and not finished', () => {
    const begun: RestoreEvent = { type: 'step-started', step: 'stop-schedulers', attempt: 1 };

    expect(nextAfter([...untilStopped(), begun])).toEqual({ kind: 'run', step: 'stop-schedulers' });
  });

  it('is nothing after the end', () => {
    const end: RestoreEvent = { type: 'restore-ended', outcome: 'failed', message: 'It failed.' };

    expect(nextAfter([proposed(), end])).toEqual({ kind: 'rest' });
  });
});

describe('the stop gate', () => {
  it('opens over the digest of the preview', () => {
    expect(nextAfter(untilStopGate().slice(0, -1))).toEqual({
      kind: 'append',
      events: [
        { type: 'gate-opened', gate: 'stop', digest: 'd1', needed: 1, expiresAt: startedAt + 30 * minute },
      ],
    });
  });

  it('waits for people until its time is over, then ends the restore', () => {
    expect(nextAfter(untilStopGate())).toEqual({ kind: 'wait', until: startedAt + 30 * minute });
    expect(typesAfter(untilStopGate(), 30)).toEqual(['gate-expired', 'restore-ended']);
  });

  it('passes at the first sign-off, with its signer', () => {
    expect(nextAfter([...untilStopGate(), signed('stop', bo, 'd1')])).toEqual({
      kind: 'append',
      events: [passed('stop', 'd1', [bo])],
    });
  });

  it('ends the restore when it is declined', () => {
    expect(nextAfter([...untilStopGate(), declined('stop', 'd1')])).toMatchObject({
      events: [{ type: 'restore-ended', outcome: 'declined' }],
    });
  });
});

describe('the commit gate', () => {
  it('waits for the order until the window closes, although everybody has signed', () => {
    expect(nextAfter(untilSigned())).toEqual({ kind: 'wait', until: startedAt + 15 * minute });
  });

  it('passes once it was ordered, and not after the window', () => {
    expect(nextAfter(untilOrdered(), 14)).toEqual({
      kind: 'append',
      events: [passed('commit', 'c1', [bo, cy])],
    });
    expect(typesAfter(untilOrdered(), 15)).toEqual(['gate-expired', 'gate-opened']);
  });

  it('opens again without sign-offs and without the order when the window has closed', () => {
    const next = nextAfter(untilOrdered(), 15);
    const state = stateOf([...untilOrdered(), ...(next.kind === 'append' ? next.events : [])]);

    expect(state.commitOrdered).toBeNull();
    expect(state.gates.commit).toMatchObject({ status: 'open', signOffs: [] });
  });

  it('puts everything back when it is declined, in the name of the one who declined', () => {
    expect(nextAfter([...untilCommitGate(), declined('commit', 'c1')])).toMatchObject({
      events: [{ type: 'abort-ordered', person: cy }],
    });
  });

  it('does not pass on an order for another digest', () => {
    const edited = [
      ...untilOrdered(),
      commitGate('c2'),
      signed('commit', bo, 'c2'),
      signed('commit', cy, 'c2'),
    ];

    expect(typesAfter(edited)).toEqual(['gate-opened']);
  });
});

describe('a state that no journal should lead to', () => {
  it('holds an order on one digest, and sends no commit of another', () => {
    const state = { ...stateOf(untilSigned()), commitOrdered: { person: bo, digest: 'c0', at: startedAt } };

    expect(decideNext(state, startedAt).kind).toBe('wait');
  });
});

describe('the second look', () => {
  it('opens, waits, and lets it reconcile by itself when its time is over', () => {
    expect(typesAfter(untilLook().slice(0, -1))).toEqual(['look-opened']);
    expect(nextAfter(untilLook())).toEqual({ kind: 'wait', until: startedAt + 30 * minute });
    expect(nextAfter(untilLook(), 30)).toEqual({
      kind: 'append',
      events: [{ type: 'release-ordered', person: null }],
    });
  });

  it('does not go on by itself while people decide on going back', () => {
    const voting = [...untilLook(), goBackGate, signed('go-back', bo, 'g1')];

    expect(nextAfter(voting, 35)).toEqual({ kind: 'wait', until: startedAt + 40 * minute });
    expect(typesAfter(voting, 40)).toEqual(['gate-expired']);
  });

  it('goes back once two people have signed that', () => {
    const voted = [...untilLook(), goBackGate, signed('go-back', bo, 'g1'), signed('go-back', ana, 'g1')];
    const next = nextAfter(voted);

    expect(next).toEqual({ kind: 'append', events: [passed('go-back', 'g1', [bo, ana])] });
    expect(nextAfter([...voted, passed('go-back', 'g1', [bo, ana])])).toEqual({
      kind: 'run',
      step: 'undo-stop-schedulers',
    });
  });
});

describe('a stuck restore', () => {
  const stuck: Story = [
    ...untilStopped(),
    { type: 'step-started', step: 'stop-schedulers', attempt: 1 },
    { type: 'step-failed', step: 'stop-schedulers', code: 'x', message: 'No.', hint: 'Look.' },
  ];

  it('waits for a person, however long it takes', () => {
    expect(nextAfter(stuck, 100_000)).toEqual({ kind: 'wait', until: null });
  });

  it('looks again when somebody says so, and undoes when somebody aborts', () => {
    expect(nextAfter([...stuck, { type: 'look-again-ordered', person: bo }])).toEqual({
      kind: 'run',
      step: 'stop-schedulers',
    });
    expect(nextAfter([...stuck, { type: 'abort-ordered', person: bo, reason: 'enough' }])).toEqual({
      kind: 'run',
      step: 'undo-stop-schedulers',
    });
  });
});

describe('the end', () => {
  const undo = [
    'undo-stop-schedulers',
    'undo-put-back-log',
    'undo-take-out-backup',
    'undo-restore-flags',
    'undo-unblock-traffic',
    'undo-start-schedulers',
    'undo-confirm-leader',
    'report',
  ] as const;

  it('is completed when the plan is through', () => {
    const rest = ['unblock-traffic', 'release-reconciliation', 'soak', 'report'] as const;

    expect(nextAfter([...untilLook(), released, ...rest.flatMap((step) => ran(step))])).toMatchObject({
      events: [{ type: 'restore-ended', outcome: 'completed' }],
    });
  });

  it('is undone, and says whether that was before or after a commit', () => {
    const steps = undo.flatMap((step) => ran(step));
    const abort: RestoreEvent = { type: 'abort-ordered', person: ana, reason: 'wrong backup' };
    const back = [
      goBackGate,
      signed('go-back', bo, 'g1'),
      signed('go-back', cy, 'g1'),
      passed('go-back', 'g1', [bo, cy]),
    ];

    expect(nextAfter([...untilCommitGate(), abort, ...steps])).toMatchObject({
      events: [{ outcome: 'undone', message: 'Everything was put back before a commit.' }],
    });
    expect(nextAfter([...untilLook(), ...back, ...steps])).toMatchObject({
      events: [{ outcome: 'undone', message: 'Everything was put back after the commit.' }],
    });
  });
});

describe('holding a commit back', () => {
  const state = stateOf(untilOrdered());
  const events = [passed('commit', 'c1', [bo, cy])];
  const now = startedAt + minute;

  it('lets it go while the signers stand and the window is open', () => {
    expect(holdCommitBack(state, { events, fallen: null, now })).toBe(events);
  });

  it('voids the gate when a signer fell, and says so to the one who ordered', () => {
    const fallen = { code: 'signer-fell', message: 'cy signed, but may not any more.', hint: 'Stop here.' };

    expect(holdCommitBack(state, { events, fallen, now })).toEqual([
      { type: 'refused', person: bo, what: 'commit', code: 'signer-fell', message: fallen.message },
      { type: 'gate-expired', gate: 'commit' },
    ]);
  });

  it('has it decided anew when asking took longer than the window', () => {
    expect(holdCommitBack(state, { events, fallen: null, now: startedAt + 15 * minute })).toEqual([]);
  });
});
