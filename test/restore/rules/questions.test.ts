/** Nothing lapses, and nothing goes on by itself, without people having been told at ten and at two minutes, once each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/aurora/cluster.ts';
import { type RestoreProcedure, restoreProcedures } from '../../../src/aurora/cluster.ts';
import type { Recorded } from '../../../src/aurora/journal.ts';
import { procedures } from '../../../src/restore/procedures/index.ts';
import type { EventOf, RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldJournal, foldRecord } from '../../../src/restore/record/fold.ts';
import { nextItem, type RestoreState } from '../../../src/restore/record/state.ts';
import { decideNext } from '../../../src/restore/rules/next.ts';
import { openQuestions } from '../../../src/restore/rules/questions.ts';
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
  untilSigned,
  untilStopGate,
  untilStopped,
} from '../support/story.ts';

type Story = Parameters<typeof recordsOf>[0];
type Timed = Recorded<RestoreEvent>;

const goingBack: readonly RestoreEvent[] = [
  { type: 'gate-opened', gate: 'go-back', digest: 'g1', needed: 2, expiresAt: startedAt + 30 * minute },
  signed('go-back', bo, 'g1'),
];
const stuckAtTheStop: readonly RestoreEvent[] = [
  ...untilStopped(),
  { type: 'step-started', step: 'stop-schedulers', attempt: 1 },
  { type: 'step-failed', step: 'stop-schedulers', code: 'x', message: 'No.', hint: 'Look.' },
];

/** Everything that runs out, with what is said of it and whether that needs another name than the gate's. */
const runsOut = {
  stop: { story: untilStopGate(), said: [20, 28], ends: 30 },
  commit: { story: untilCommitGate(), said: [20, 28], ends: 30 },
  'commit-order': { story: untilSigned(), said: [5, 13], ends: 15 },
  'go-back': { story: [...untilLook(), ...goingBack], said: [20, 28], ends: 30 },
} as const;

const lookOpened: RestoreEvent = { type: 'look-opened', until: startedAt + 30 * minute };
const lookByTime = untilLook({ policy: { release: 'time' } });

/** Plays the worker alone, minute by minute: nobody answers, and it may be killed between any two of its writes. */
function playAlone(
  story: Story,
  { minutes, killed = () => false }: { minutes: number; killed?: (at: number) => boolean },
): readonly Timed[] {
  const records: Timed[] = [...recordsOf(story)];
  let state: RestoreState = foldJournal(records);
  const before = records.length;
  for (let at = 0; at <= minutes; at += 1) {
    // A worker that was killed has nothing but the journal.
    if (killed(at)) state = foldJournal(records);
    for (;;) {
      const next = decideNext(state, startedAt + at * minute);
      if (next.kind !== 'append') break;
      for (const event of next.events) {
        const record = {
          restoreId: 'R1',
          seq: records.length + 1,
          at: startedAt + at * minute,
          event,
          hash: `hash-${records.length + 1}`,
        };
        records.push(record);
        state = foldRecord(state, record);
      }
      if (nextItem(state)?.kind === 'step') return records.slice(before);
    }
  }
  return records.slice(before);
}

const remindersIn = (records: readonly Timed[]) =>
  records.filter((record): record is Recorded<EventOf<'reminded'>> => record.event.type === 'reminded');

describe('what runs out', () => {
  it.each(Object.entries(runsOut))(
    '%s is reminded of at ten and two minutes before its end',
    (about, gate) => {
      const said = remindersIn(playAlone(gate.story, { minutes: gate.ends - 1 }));

      expect(said.map(({ at, event }) => [event.about, (at - startedAt) / minute, event.until])).toEqual(
        gate.said.map((at) => [about, at, startedAt + gate.ends * minute]),
      );
    },
  );

  it('a second look that ends by itself is told of at ten minutes, by a reminder that moves its end, and at two', () => {
    const said = playAlone(lookByTime, { minutes: 29 });

    expect(said.map(({ at, event }) => [event.type, (at - startedAt) / minute])).toEqual([
      ['look-reminded', 20],
      ['reminded', 28],
    ]);
  });

  it.each([
    ['shorter than two minutes', { signOffTtlMs: minute }, []],
    ['shorter than ten minutes', { signOffTtlMs: 6 * minute }, [4]],
  ] as const)('what is %s is not said at once a second time', (_length, policy, minutes) => {
    const gate = { ...untilStopGate()[untilStopGate().length - 1] } as EventOf<'gate-opened'>;
    const story = [
      ...untilStopGate({ policy }).slice(0, -1),
      { ...gate, expiresAt: startedAt + policy.signOffTtlMs },
    ];

    expect(remindersIn(playAlone(story, { minutes: 5 })).map(({ at }) => (at - startedAt) / minute)).toEqual(
      minutes,
    );
  });

  it('of two that were missed only the later one is said', () => {
    const next = decideNext(stateOf(untilStopGate()), startedAt + 29 * minute);

    expect(next).toEqual({
      kind: 'append',
      events: [
        {
          type: 'reminded',
          about: 'stop',
          planned: startedAt + 28 * minute,
          until: startedAt + 30 * minute,
        },
      ],
    });
  });

  it('goes on being told while it is paused, and the second look is not: its time stands still', () => {
    const pause: RestoreEvent = { type: 'pause-ordered', person: cy, reason: 'wait' };
    const atTheGate = remindersIn(playAlone([...untilCommitGate(), pause], { minutes: 29 }));

    expect(atTheGate.map(({ event }) => event.about)).toEqual(['commit', 'commit']);
    expect(playAlone([...lookByTime, pause], { minutes: 100 })).toEqual([]);
  });
});

describe('whatever is killed when', () => {
  const escalation = { afterMs: 12 * minute, group: 'SLEADS' };
  const extras = {
    nothing: [],
    'one signature': [signed('commit', bo, 'c1')],
    'both signatures': [signed('commit', bo, 'c1'), signed('commit', cy, 'c1')],
    'a wish to go back': goingBack,
  } as const;
  const places = [
    ['stop', 'nothing'],
    ['commit', 'nothing'],
    ['commit', 'one signature'],
    ['commit', 'both signatures'],
    ['look', 'nothing'],
    ['look', 'a wish to go back'],
  ] as const;

  it('no reminder and no call is said twice, and none is missing before something lapses or goes on by itself', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...restoreProcedures),
        fc.constantFrom(...places),
        fc.record({
          release: fc.constantFrom('time' as const, 'people' as const),
          calls: fc.boolean(),
          kills: fc.uniqueArray(fc.nat(120)),
        }),
        (procedure, [place, extra], { release, calls, kills }) => {
          const policy = { release, ...(calls && { escalation }) };
          const opening = { stop: [stopGate()], commit: [commitGate()], look: [lookOpened] }[place];
          const story = [...upTo(procedure, place, policy), ...opening, ...extras[extra]] as Story;
          const records = playAlone(story, { minutes: 120, killed: (at) => kills.includes(at) });
          const undisturbed = playAlone(story, { minutes: 120 });
          const names = records.map(({ event }) => JSON.stringify(event));
          const called = names.filter((name) => /"(reminded|escalated)"/.test(name));

          expect(names).toEqual(undisturbed.map(({ event }) => JSON.stringify(event)));
          expect(new Set(called).size).toBe(called.length);
          for (const { event, at } of records.filter(({ event: { type } }) =>
            /expired|release-/.test(type),
          )) {
            const told = records.filter((record) => isReminderOf(record, event) && record.at <= at);
            expect(told.length).toBeGreaterThanOrEqual(2);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

function isReminderOf({ event }: Timed, lapsed: RestoreEvent): boolean {
  if (lapsed.type === 'release-ordered') {
    return event.type === 'look-reminded' || (event.type === 'reminded' && event.about === 'look');
  }
  if (lapsed.type !== 'gate-expired' || event.type !== 'reminded') return false;
  return event.about === lapsed.gate || (lapsed.gate === 'commit' && event.about === 'commit-order');
}

/** A restore of this procedure up to that place of its plan, where nobody answers. */
function upTo(procedure: RestoreProcedure, place: string, policy: Partial<Policy>): Story {
  const { plan } = procedures[procedure];
  const before = plan.slice(
    0,
    plan.findIndex(({ name }) => name === place),
  );
  return [
    { ...proposed({ policy }), procedure, ...(procedure === 'set-aside-log' && { of: 'R0' }) },
    ...before.flatMap((item) => (item.kind === 'step' ? ran(item.name) : passedGate(item.name))),
  ];
}

function passedGate(name: string): readonly RestoreEvent[] {
  return name === 'stop'
    ? [stopGate(), signed('stop', bo, 'd1'), passed('stop', 'd1', [bo])]
    : [
        commitGate(),
        signed('commit', bo, 'c1'),
        signed('commit', cy, 'c1'),
        { type: 'commit-ordered', digest: 'c1', person: bo },
        passed('commit', 'c1', [bo, cy]),
      ];
}

describe('calling others', () => {
  const escalation = { afterMs: 15 * minute, group: 'SLEADS' };
  const calledAt = (story: Story, minutes = 60) =>
    playAlone(story, { minutes })
      .filter(({ event }) => event.type === 'escalated')
      .map(({ event, at }) => [event.type === 'escalated' ? event.about : '', (at - startedAt) / minute]);

  it('nobody is called where the policy names nobody', () => {
    expect(calledAt(untilCommitGate())).toEqual([]);
  });

  it('at the second look, once, after the time of the policy', () => {
    expect(calledAt(untilLook({ policy: { escalation, release: 'people' } }), 200)).toEqual([['look', 15]]);
  });

  it('for what is stuck and for a pause as well', () => {
    const policy = { escalation };
    const stuck = [...untilStopped({ policy }), ...stuckAtTheStop.slice(untilStopped().length)];
    const paused = [
      ...untilCommitGate({ policy }),
      { type: 'pause-ordered', person: ana, reason: 'lunch' } as const,
    ];

    expect(calledAt(stuck)).toEqual([['stuck', 15]]);
    expect(calledAt(paused, 20)).toEqual([
      ['commit', 15],
      ['paused', 15],
    ]);
  });

  it('counts anew from whatever somebody says: more time is an answer', () => {
    const story = untilLook({ policy: { escalation, release: 'people' } });
    const asked: readonly [RestoreEvent, number] = [
      { type: 'look-extended', person: cy, until: startedAt + 60 * minute },
      startedAt + 10 * minute,
    ];

    expect(calledAt([...story, asked])).toEqual([['look', 25]]);
  });
});

it('nothing is asked of anybody once it has ended, or while a step runs', () => {
  const ended: RestoreEvent = { type: 'restore-ended', outcome: 'declined', message: 'No.' };

  expect(openQuestions(stateOf([...untilStopGate(), ended]), startedAt)).toEqual([]);
  expect(openQuestions(stateOf([...untilStopped(), ...ran('stop-schedulers')]), startedAt)).toEqual([]);
  expect(openQuestions(stateOf([proposed()]), startedAt)).toEqual([]);
  expect(
    openQuestions(stateOf([...untilSigned(), passed('commit', 'c1', [bo, cy])].slice(0, -1)), startedAt),
  ).toHaveLength(1);
});
