/** How many sign-offs are missing: what the gate judges, and not what a list counts. */
import { describe, expect, it } from 'vitest';
import type { Gate, RestoreState, SignOff } from '../../../src/restore/record/state.ts';
import { missingSignOffs, neededText } from '../../../src/slack/messages/approvers.ts';
import { bo, cy } from '../../restore/support/story.ts';
import { recordsOf, staged, statesOf } from '../support/whole-story.ts';

/** At the commit gate, with these sign-offs; minutes are counted from its opening. */
function signedBy(...signOffs: readonly { person: SignOff['person']; minute: number }[]): RestoreState {
  const state = statesOf(recordsOf(staged)).at(-1);
  const gate = state?.gates.commit;
  if (state === undefined || gate === undefined) throw new Error('the story has come to its commit gate');
  const commit: Gate = {
    ...gate,
    expiresAt: gate.openedAt + 3 * 3_600_000,
    signOffs: signOffs.map(({ person, minute }) => ({
      person,
      proof: null,
      comment: '',
      at: gate.openedAt + minute * 60_000,
    })),
  };
  return { ...state, gates: { ...state.gates, commit } };
}

describe('the sign-offs that are missing', () => {
  it.each([
    ['nobody has signed', signedBy(), 2, 'two different approvers'],
    ['one has', signedBy({ person: bo, minute: 1 }), 1, 'one more approver'],
    ['both have', signedBy({ person: bo, minute: 1 }, { person: cy, minute: 2 }), 0, 'one more approver'],
    [
      'the first had outlived its time when the second came',
      signedBy({ person: bo, minute: 1 }, { person: cy, minute: 90 }),
      1,
      'one more approver',
    ],
  ])('are counted while %s', (_, state, missing, words) => {
    expect(missingSignOffs(state, 'commit')).toBe(missing);
    expect(neededText(state, 'commit')).toBe(words);
  });

  it('are none at a gate that was never opened', () => {
    expect(missingSignOffs(signedBy(), 'go-back')).toBe(0);
  });
});
