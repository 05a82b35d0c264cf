/** What of the product the model drives: the very functions, in one value, so that a defect can wrap some of them. */

import { judgeAbandon } from '../../src/restore/decisions/abandon.ts';
import {
  judgeAbort,
  judgeCommit,
  judgeDecline,
  judgeExtendLook,
  judgeGoBack,
  judgeLookAgain,
  judgeRelease,
  judgeSignOff,
} from '../../src/restore/decisions/judgements.ts';
import { judgeEdit } from '../../src/restore/decisions/leave-out.ts';
import { judgePause, judgeResume } from '../../src/restore/decisions/pause.ts';
import { foldEvent } from '../../src/restore/record/fold.ts';
import { judgeFallen } from '../../src/restore/rules/gates.ts';
import { decideNext, holdCommitBack } from '../../src/restore/rules/next.ts';

export const product = Object.freeze({
  foldEvent,
  decideNext,
  holdCommitBack,
  judgeFallen,
  judgeSignOff,
  judgeDecline,
  judgeCommit,
  judgeAbort,
  judgeGoBack,
  judgeRelease,
  judgeExtendLook,
  judgeLookAgain,
  judgeEdit,
  judgePause,
  judgeResume,
  judgeAbandon,
  /** The journal's contract (test/store runs it on the real ones): an append on a state that moved is refused. */
  acceptsAppend: (expectedSeq: number, lastSeq: number): boolean => expectedSeq === lastSeq,
});

export type Product = typeof product;
