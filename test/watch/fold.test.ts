import { describe, expect, it } from 'vitest';
import { readStored } from '../../src/aurora/stored-form.ts';
import { afterRestore, fold, snooze } from '../../src/watch/fold.ts';
import type { Verdict } from '../../src/watch/judge.ts';
import { type Alarm, beginState, isOpen, type WatchState, watchForm } from '../../src/watch/state.ts';

const minute = 60_000;
const hour = 60 * minute;

type Found = Verdict['found'][number];

const late = (changes: Partial<Found> = {}): Found => ({
  kind: 'backup-late',
  subject: '',
  severity: 'warning',
  says: 'No new backup.',
  means: 'It gets old.',
  next: 'Look.',
  holdMs: 10 * minute,
  ...changes,
});

const verdict = (found: readonly Found[], isUnseen = false): Verdict => ({ found, isUnseen: () => isUnseen });

/** One look every five minutes, from minute 0 on: what each finds. */
function look(
  looks: readonly (readonly Found[] | 'unseen')[],
  from: { state?: WatchState; atMs?: number } = {},
): WatchState {
  const { state = beginState(0), atMs = 0 } = from;
  return looks.reduce<WatchState>(
    (before, found, index) =>
      fold(before, found === 'unseen' ? verdict([], true) : verdict(found), atMs + index * 5 * minute),
    state,
  );
}

const openOf = (state: WatchState): readonly Alarm[] => state.alarms.filter(isOpen);
const overOf = (state: WatchState) => state.alarms.filter(({ over }) => over !== null);

describe('what is told', () => {
  it('is told when it has held for its time, once', () => {
    const held = [[late()], [late()], [late()], [late()], [late()]];

    expect(openOf(look(held.slice(0, 2)))).toEqual([]);
    expect(openOf(look(held.slice(0, 3)))).toMatchObject([{ number: 1, said: { atMs: 10 * minute } }]);
    expect(look(held).alarms).toMatchObject([{ number: 1, said: { atMs: 10 * minute }, sinceMs: 0 }]);
  });

  it('needs two looks, however long the time between them', () => {
    const first = fold(beginState(0), verdict([late({ holdMs: 0 })]), 0);

    expect(openOf(first)).toEqual([]);
    expect(openOf(fold(first, verdict([late({ holdMs: 0 })]), hour))).toHaveLength(1);
  });

  it('is not told of what comes and goes between two looks', () => {
    expect(look([[late()], [], [late()], [], [late()], []]).alarms).toEqual([]);
  });

  it('keeps the words with which it was told', () => {
    const state = look([[late()], [late()], [late()], [late({ says: 'Still no new backup.' })]]);

    expect(openOf(state)).toMatchObject([{ said: { says: 'No new backup.' }, worse: null }]);
  });

  it('is told once more when a warning becomes critical', () => {
    const critical = [late({ severity: 'critical', says: 'Much too old.' })];
    const state = look([[late()], [late()], [late()], critical, critical]);

    expect(openOf(state)).toMatchObject([{ worse: { says: 'Much too old.', atMs: 15 * minute } }]);
  });

  it('tells subjects of one kind apart', () => {
    const two = [late({ subject: 'aurora-1' }), late({ subject: 'aurora-2' })];

    expect(openOf(look([two, two, two])).map(({ subject }) => subject)).toEqual(['aurora-1', 'aurora-2']);
  });
});

describe('what is over', () => {
  const told = look([[late()], [late()], [late()]]);

  it('is told so when it has been gone for ten minutes, once', () => {
    const state = look([[], [], [], [], []], { state: told, atMs: 15 * minute });

    expect(state.alarms).toMatchObject([{ over: { atMs: 25 * minute, why: 'cleared' } }]);
  });

  it('is not over when it is back within that time', () => {
    const state = look([[], [late()], [], [late()], []], { state: told, atMs: 15 * minute });

    expect(overOf(state)).toEqual([]);
    expect(openOf(state)).toHaveLength(1);
  });

  it('is not over while it cannot be seen, and nothing begins then either', () => {
    const blind = look(['unseen', 'unseen', 'unseen', 'unseen'], { state: told, atMs: 15 * minute });

    expect(openOf(blind)).toHaveLength(1);
    expect(look(['unseen', 'unseen']).alarms).toEqual([]);
  });

  it('has to be gone for twice as long each time it comes back', () => {
    const gone = look([[], [], []], { state: told, atMs: 15 * minute });
    const back = look([[late()], [late()], [late()]], { state: gone, atMs: 30 * minute });

    const after = look([[], [], []], { state: back, atMs: 45 * minute });

    expect(openOf(back)).toMatchObject([{ number: 2, returns: 1 }]);
    expect(openOf(after)).toHaveLength(1);
    expect(openOf(look([[], []], { state: after, atMs: 60 * minute }))).toEqual([]);
  });

  it('is forgotten a day after it was told', () => {
    const gone = look([[], [], []], { state: told, atMs: 15 * minute });
    const heard = { ...gone, alarms: gone.alarms.map((alarm) => ({ ...alarm, told: true })) };

    expect(fold(heard, verdict([]), 20 * hour).alarms).toHaveLength(1);
    expect(fold(heard, verdict([]), 25 * hour).alarms).toEqual([]);
    // As long as Slack has not heard of it, it is kept.
    expect(fold(gone, verdict([]), 25 * hour).alarms).toHaveLength(1);
  });
});

describe('a snooze', () => {
  const told = look([[late()], [late()], [late()]]);
  const asked = { by: 'U0ANA', reason: 'new hosts come tomorrow', atMs: 15 * minute, untilMs: 60 * minute };
  const silent = snooze(told, 1, asked) ?? told;

  it('keeps who, why and until when', () => {
    expect(silent.alarms).toMatchObject([{ snooze: asked, told: false }]);
  });

  it('says nothing when it gets worse, and tells it anew when its time is over and it still holds', () => {
    const critical = [late({ severity: 'critical' })];
    const meanwhile = look([critical, critical], { state: silent, atMs: 20 * minute });

    const after = fold(meanwhile, verdict(critical), 60 * minute);

    expect(openOf(meanwhile)).toMatchObject([{ worse: null }]);
    expect(after.alarms).toMatchObject([
      { number: 1, over: { why: 'snoozed' } },
      { number: 2, over: null, sinceMs: 0, said: { severity: 'critical', atMs: 60 * minute }, snooze: null },
    ]);
  });

  it('goes on when it is over and comes back', () => {
    const gone = look([[], [], []], { state: silent, atMs: 15 * minute });
    const back = look([[late()], [late()], [late()], [late()]], { state: gone, atMs: 30 * minute });

    expect(openOf(back)).toEqual([]);
    expect(openOf(fold(back, verdict([late()]), 61 * minute))).toMatchObject([{ number: 2 }]);
  });

  it('is refused when the alarm is over, or was never told', () => {
    expect(snooze(look([[], [], []], { state: told, atMs: 15 * minute }), 1, asked)).toBeNull();
    expect(snooze(look([[late()]]), 1, asked)).toBeNull();
  });
});

it('after a restore what was waiting to be told begins anew, and what was told is looked at again', () => {
  const quorum = late({ kind: 'log-quorum-short' });
  const before = look([[late()], [late()], [late(), quorum]]);

  const state = afterRestore(before, hour);

  expect(state.alarms).toMatchObject([{ kind: 'backup-late', goneSinceMs: null }]);
  expect(state.history).toMatchObject({ sinceMs: hour, starts: [], disks: {} });
});

it('is read back as it was stored', () => {
  const state = look([[late({ hold: 'ab'.repeat(32) })], [late()], [late()]]);

  expect(readStored(watchForm, { text: JSON.stringify(state), version: 1 })).toEqual(state);
});
