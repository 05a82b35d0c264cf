import { describe, expect, it } from 'vitest';
import type { Actor, RestoreEvent } from '../../../src/restore/record/events.ts';
import type { QuestionName } from '../../../src/restore/record/words.ts';
import type { Refusal } from '../../../src/restore/rules/gates.ts';
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
/** What was said for that planned minute, about what closes at the other one. */
const remindedOf = (about: QuestionName, planned: number, until?: number): RestoreEvent => ({
  type: 'reminded',
  about,
  planned: startedAt + planned * minute,
  ...(until !== undefined && { until: startedAt + until * minute }),
});
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
    expect(nextAfter(untilStopGate(), 0)).toEqual({ kind: 'wait', until: startedAt + 20 * minute });
    expect(nextAfter([...untilStopGate(), remindedOf('stop', 28, 30)], 29)).toEqual({
      kind: 'wait',
      until: startedAt + 30 * minute,
    });
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
    expect(nextAfter([...untilSigned(), remindedOf('commit-order', 13, 15)], 14)).toEqual({
      kind: 'wait',
      until: startedAt + 15 * minute,
    });
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
  const until = (minutes: number) => startedAt + minutes * minute;
  const reminded = (at: number, end = 30): Story => [
    ...untilLook(),
    [{ type: 'look-reminded', until: until(end) }, until(at)],
  ];

  it('opens, reminds ten minutes before its end, and then lets it reconcile by itself', () => {
    expect(typesAfter(untilLook().slice(0, -1))).toEqual(['look-opened']);
    expect(nextAfter(untilLook())).toEqual({ kind: 'wait', until: until(20) });
    expect(nextAfter(untilLook(), 20)).toEqual({
      kind: 'append',
      events: [{ type: 'look-reminded', until: until(30) }],
    });
    expect(nextAfter(reminded(20), 21)).toEqual({ kind: 'wait', until: until(28) });
    expect(nextAfter([...reminded(20), remindedOf('look', 28, 30)], 29)).toEqual({
      kind: 'wait',
      until: until(30),
    });
    expect(nextAfter(reminded(20), 30)).toEqual({
      kind: 'append',
      events: [{ type: 'release-ordered', person: null }],
    });
  });

  it('gives people the whole grace after a reminder that came late', () => {
    expect(nextAfter(untilLook(), 45)).toEqual({
      kind: 'append',
      events: [{ type: 'look-reminded', until: until(55) }],
    });
  });

  it.each([
    ['was away since the reminder', 45, 55],
    ['came back just before the end', 29, 39],
  ])('reminds once more when the bot %s: nobody could be heard', (_when, now, end) => {
    const back = decideNext(stateOf(reminded(20)), until(now), until(now));

    expect(back).toEqual({ kind: 'append', events: [{ type: 'look-reminded', until: until(end) }] });
    expect(decideNext(stateOf(reminded(now, end)), until(end), until(now))).toMatchObject({
      events: [{ type: 'release-ordered', person: null }],
    });
  });

  it('is left to people alone where the policy says so, who are asked again and again, and then no more', () => {
    const story = untilLook({ policy: { release: 'people' } });
    const last = 30 * (2 ** 8 - 1);

    expect(nextAfter(story)).toEqual({ kind: 'wait', until: until(30) });
    expect(nextAfter(story, 31)).toEqual({ kind: 'append', events: [remindedOf('look', 30)] });
    expect(nextAfter([...story, remindedOf('look', 30)], 31)).toEqual({ kind: 'wait', until: until(90) });
    expect(nextAfter([...story, remindedOf('look', last)], 2 * last)).toEqual({ kind: 'wait', until: null });
  });

  it.each([
    ['ran out', { type: 'gate-expired', gate: 'go-back' }],
    ['was declined', { type: 'declined', gate: 'go-back', digest: 'g1', person: cy, reason: 'no' }],
  ] as const)(
    'has its time again when the wish to go back %s, and a reminder before its end',
    (_how, end) => {
      const story: Story = [...reminded(20), goBackGate, signed('go-back', bo, 'g1'), [end, until(40)]];

      expect(nextAfter(story, 40)).toEqual({ kind: 'wait', until: until(60) });
      expect(nextAfter(story, 60)).toEqual({
        kind: 'append',
        events: [{ type: 'look-reminded', until: until(70) }],
      });
    },
  );

  it('has at least the grace of the policy again, however short it is', () => {
    const short = { policy: { secondLookMs: minute, graceMs: 5 * minute } };
    const story: Story = [
      ...untilLook(short).slice(0, -1),
      { type: 'look-opened', until: until(1) },
      goBackGate,
      [{ type: 'gate-expired', gate: 'go-back' }, until(2)],
    ];

    expect(stateOf(story).look?.until).toBe(until(7));
  });

  it.each([
    [
      'resumes',
      [
        { type: 'pause-ordered', person: bo, reason: 'r' },
        { type: 'resume-ordered', person: bo },
      ],
    ],
    ['asks for more time', [{ type: 'look-extended', person: bo, until: until(31) }]],
  ] as const)('is reminded of once more when somebody %s a minute before its end', (_what, events) => {
    const story: Story = [
      ...reminded(20),
      ...events.map((event): [RestoreEvent, number] => [event, until(29)]),
    ];

    expect(typesAfter(story, 29)).toEqual(['look-reminded']);
  });

  it('does not go on by itself while people decide on going back', () => {
    const voting = [...untilLook(), goBackGate, signed('go-back', bo, 'g1')];

    expect(nextAfter(voting, 35)).toEqual({ kind: 'append', events: [remindedOf('go-back', 30, 40)] });
    expect(nextAfter([...voting, remindedOf('go-back', 38, 40)], 39)).toEqual({
      kind: 'wait',
      until: until(40),
    });
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

  const seen = (
    standing: readonly Actor[],
    fallen: readonly Actor[] = [],
    unknown: Refusal | null = null,
  ) => ({
    standing,
    fallen: fallen.map((signer) => ({
      signer,
      refusal: {
        code: 'signer-fell',
        message: `${signer.name} signed, but no longer counts: a guest.`,
        hint: 'h',
      },
    })),
    unknown,
  });

  it('lets it go while the signers stand and the window is open', () => {
    expect(holdCommitBack(state, { events, seen: seen([bo, cy]), now })).toEqual(events);
  });

  it('takes away the sign-off of one who fell, and says so to the one who ordered', () => {
    const message = 'cy signed, but no longer counts: a guest.';

    expect(holdCommitBack(state, { events, seen: seen([bo], [cy]), now })).toEqual([
      { type: 'refused', person: bo, what: 'commit', code: 'signer-fell', message },
      { type: 'sign-off-fell', gate: 'commit', digest: 'c1', person: cy, message },
    ]);
  });

  it('only takes the sign-off away where enough others stand: the next decision sends the commit', () => {
    expect(holdCommitBack(state, { events, seen: seen([bo, ana], [cy]), now })).toEqual([
      expect.objectContaining({ type: 'sign-off-fell', person: cy }),
    ]);
  });

  it('carries nobody whom Slack does not answer about, where enough others stand', () => {
    const unknown = { code: 'people-unknown', message: 'Slack does not say who dee is.', hint: 'h' };

    expect(holdCommitBack(state, { events, seen: seen([bo, cy], [], unknown), now })).toEqual(events);
    expect(holdCommitBack(state, { events, seen: seen([bo], [], unknown), now })).toEqual([]);
  });

  it('has it decided anew when asking took longer than the window', () => {
    const late = startedAt + 15 * minute;

    expect(holdCommitBack(state, { events, seen: seen([bo, cy]), now: late })).toEqual([]);
  });
});
