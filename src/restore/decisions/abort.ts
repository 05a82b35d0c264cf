/** A stop before the commit, by anybody who is not barred. It ends at once when no host was touched. */

import { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import { enterUndo } from '../record/rewinds.ts';
import { hasTouchedHosts, mayAbort } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import type { Refusal } from '../rules/gates.ts';
import { judgeBarred, missingReason, undoAlready } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

const abortOrdered = event('abort-ordered', { person: actor, reason: z.string() });

const afterCommit: Refusal = {
  code: 'after-commit',
  message: 'The commit has been ordered; the restore can no longer be stopped.',
  hint: 'At the second look people can still go back to what was there before this restore.',
};

export const abort = decision<unknown, { readonly reason: string }, typeof abortOrdered>({
  wants: () => 'abort',
  may: ({ state, voter }) => {
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    if (state.phase === 'undo') return undoAlready;
    return mayAbort(state) ? null : afterCommit;
  },
  decide: ({ state, voter }, order) => {
    const reason = order.reason.trim();
    if (printable(reason) === '') return missingReason;
    const ordered = { type: 'abort-ordered' as const, person: actorOf(voter.person), reason };
    return hasTouchedHosts(state)
      ? [ordered]
      : [
          ordered,
          { type: 'restore-ended', outcome: 'undone', message: 'Stopped before any host was touched.' },
        ];
  },
  byAnybody: true,
  believesKnown: true,
  event: abortOrdered,
  fold: (state) => {
    if (state.phase === 'undo') throw new Error('everything is already being put back');
    if (!mayAbort(state)) throw new Error('an abort cannot follow the order to commit');
    return enterUndo(state, 'abort');
  },
  told: ({ person, reason }, as) => `${as.name(person)} stopped it: ${as.quote(reason)}`,
});
