/** More time is counted from the end of the second look, and from now once that has passed: the form says what the decision does. */
import { expect, it } from 'vitest';
import { decisions } from '../../../src/restore/decisions/index.ts';
import { moreTimeDialogue } from '../../../src/slack/decisions/more-time.ts';
import { bo, minute, personOf, stateOf, untilLook } from '../../restore/support/story.ts';

it.each([
  ['before its end', -10, 30],
  ['at its end', 0, 30],
  ['long after its end', 45, 75],
])('asked for %s, it ends when the form says', (_when, minutesAfter, endsAfter) => {
  const state = stateOf(untilLook({ policy: { release: 'time' } }));
  const end = state.look?.until ?? 0;
  const now = end + minutesAfter * minute;
  const voter = { person: personOf(bo), isApprover: true, unread: [] };

  const verdict = decisions['more-time'].judge({ state, voter, now, staged: [] }, { byMs: 30 * minute });
  const view = moreTimeDialogue.form.show({
    state,
    gate: null,
    metadata: '',
    userId: 'UBO',
    now,
    staged: [],
  });

  const until = end + endsAfter * minute;
  expect(verdict).toMatchObject([{ type: 'look-extended', until }]);
  expect(JSON.stringify(view.blocks)).toContain(`with more time, at <!date^${until / 1000}^`);
});
