import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { judgeGate, judgeSigner, signersNeeded } from '../../../src/restore/rules/gates.ts';
import {
  ana,
  bo,
  commitGate,
  cy,
  minute,
  personOf,
  policy,
  proposed,
  signed,
  startedAt,
  stateOf,
  stopGate,
} from '../support/story.ts';

function ask(
  events: readonly RestoreEvent[],
  vote: {
    who?: typeof ana;
    gate?: 'stop' | 'commit';
    digest?: string;
    now?: number;
    approver?: boolean;
    barred?: string;
  },
) {
  return judgeSigner({
    state: stateOf(events),
    gate: vote.gate ?? 'stop',
    digest: vote.digest ?? (vote.gate === 'commit' ? 'c1' : 'd1'),
    voter: {
      person: personOf(vote.who ?? bo, vote.barred ?? null),
      isApprover: vote.approver ?? true,
      unread: [],
    },
    now: vote.now ?? startedAt,
  })?.code;
}

describe('who may sign', () => {
  it('lets an approver who is not the requester approve the stop', () => {
    expect(ask([proposed(), stopGate()], { who: bo })).toBeUndefined();
  });

  it.each([
    ['the requester at the stop', [proposed(), stopGate()], { who: ana }, 'own-proposal'],
    ['somebody who is no approver', [proposed(), stopGate()], { approver: false }, 'not-an-approver'],
    [
      'a guest who is in the list',
      [proposed(), stopGate()],
      { barred: 'guests never count' },
      'person-barred',
    ],
    ['another digest', [proposed(), stopGate('d2')], { digest: 'd1' }, 'digest-changed'],
    ['the last instant', [proposed(), stopGate()], { now: startedAt + 30 * minute }, 'gate-expired'],
    ['a gate that is not open', [proposed()], {}, 'gate-not-open'],
    [
      'somebody who has signed',
      [proposed(), commitGate(), signed('commit', bo, 'c1')],
      { gate: 'commit' as const, who: bo },
      'already-signed',
    ],
    [
      'the requester where the policy wants others',
      [proposed({ policy: { requesterCounts: false } }), commitGate()],
      { gate: 'commit' as const, who: ana },
      'own-proposal',
    ],
  ])('refuses %s', (_what, events, vote, code) => {
    expect(ask(events, vote)).toBe(code);
  });

  it('lets the requester be one of the two at the commit by default', () => {
    expect(ask([proposed(), commitGate()], { gate: 'commit', who: ana })).toBeUndefined();
  });

  it('refuses everybody after one decline', () => {
    const declined: RestoreEvent = {
      type: 'declined',
      gate: 'stop',
      digest: 'd1',
      person: cy,
      reason: 'not tonight',
    };

    expect(ask([proposed(), stopGate(), declined], { who: bo })).toBe('gate-declined');
  });
});

describe('when a gate is through', () => {
  const gateOf = (events: readonly (RestoreEvent | readonly [RestoreEvent, number])[]) => {
    const gate = stateOf(events).gates.commit;
    if (gate === undefined) throw new Error('no gate');
    return gate;
  };
  const judge = (events: readonly (RestoreEvent | readonly [RestoreEvent, number])[], now: number) =>
    judgeGate(gateOf(events), { policy, now }).kind;

  it('waits for the second of two people', () => {
    expect(judge([proposed(), commitGate(), signed('commit', bo, 'c1')], startedAt)).toBe('waiting');
    expect(
      judge([proposed(), commitGate(), signed('commit', bo, 'c1'), signed('commit', cy, 'c1')], startedAt),
    ).toBe('satisfied');
  });

  it('closes fifteen minutes after the last sign-off', () => {
    const events = [proposed(), commitGate(), signed('commit', bo, 'c1'), signed('commit', cy, 'c1')];

    expect(judge(events, startedAt + 15 * minute - 1)).toBe('satisfied');
    expect(judge(events, startedAt + 15 * minute)).toBe('expired');
  });

  it('does not count a sign-off that has outlived its time', () => {
    const late = startedAt + 29 * minute;
    const events = [
      proposed(),
      commitGate('c1', { expiresAt: startedAt + 90 * minute }),
      signed('commit', bo, 'c1'),
      [signed('commit', cy, 'c1'), late] as const,
    ];

    expect(judge(events, late)).toBe('satisfied');
    expect(judge(events, startedAt + 31 * minute)).toBe('waiting');
  });

  it('counts a sign-off until its last instant, and not at it', () => {
    const late = startedAt + 29 * minute;
    const events = [
      proposed(),
      commitGate('c1', { expiresAt: startedAt + 90 * minute }),
      signed('commit', bo, 'c1'),
      [signed('commit', cy, 'c1'), late] as const,
    ];

    expect(judge(events, startedAt + 30 * minute - 1)).toBe('satisfied');
    expect(judge(events, startedAt + 30 * minute)).toBe('waiting');
  });

  it('counts nobody twice, even in a gate that names somebody twice', () => {
    const gate = gateOf([proposed(), commitGate(), signed('commit', bo, 'c1')]);
    const doubled = { ...gate, signOffs: [...gate.signOffs, ...gate.signOffs] };

    expect(judgeGate(doubled, { policy, now: startedAt })).toEqual({ kind: 'waiting', missing: 1 });
  });

  it('voids sign-offs when the digest changes and keeps them when it does not', () => {
    const kept = gateOf([proposed(), commitGate('c1'), signed('commit', bo, 'c1'), commitGate('c1')]);
    const voided = gateOf([proposed(), commitGate('c1'), signed('commit', bo, 'c1'), commitGate('c2')]);

    expect(kept.signOffs.map((signOff) => signOff.person.name)).toEqual(['bo']);
    expect(voided.signOffs).toEqual([]);
  });

  it('asks for one more person for an old backup, but not for the way back', () => {
    const backupAgeMs = policy.oldBackupMs + 1;

    expect(signersNeeded({ gate: 'stop', policy, backupAgeMs })).toBe(2);
    expect(signersNeeded({ gate: 'commit', policy, backupAgeMs })).toBe(3);
    expect(signersNeeded({ gate: 'go-back', policy, backupAgeMs })).toBe(2);
    expect(signersNeeded({ gate: 'commit', policy, backupAgeMs: policy.oldBackupMs })).toBe(2);
  });

  it('asks for one more person for a backup whose time lies ahead of the clock: nobody knows how old it is', () => {
    expect(signersNeeded({ gate: 'stop', policy, backupAgeMs: -2 * 3_600_000 })).toBe(2);
    expect(signersNeeded({ gate: 'commit', policy, backupAgeMs: -2 * 3_600_000 })).toBe(3);
    expect(signersNeeded({ gate: 'go-back', policy, backupAgeMs: -2 * 3_600_000 })).toBe(2);
    expect(signersNeeded({ gate: 'commit', policy, backupAgeMs: -59_000 })).toBe(2);
  });
});
