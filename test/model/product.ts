/** What of the product the model drives: the very functions, in one value, so that a defect can wrap some of them. */

import { decisions } from '../../src/restore/decisions/index.ts';
import { foldEvent } from '../../src/restore/record/fold.ts';
import { judgeFallen } from '../../src/restore/rules/gates.ts';
import { decideNext, holdCommitBack } from '../../src/restore/rules/next.ts';
import { settleSigners } from '../../src/restore/rules/standing.ts';

export const product = Object.freeze({
  foldEvent,
  decideNext,
  holdCommitBack,
  judgeFallen,
  settleSigners,
  judgeSignOff: decisions['sign-off'].judge,
  judgeDecline: decisions.decline.judge,
  judgeCommit: decisions.commit.judge,
  judgeAbort: decisions.abort.judge,
  judgeGoBack: decisions['go-back'].judge,
  judgeRelease: decisions['let-reconcile'].judge,
  judgeExtendLook: decisions['more-time'].judge,
  judgeLookAgain: decisions['look-again'].judge,
  judgeEdit: decisions['leave-out'].judge,
  judgePause: decisions.pause.judge,
  judgeOpenTraffic: decisions['open-traffic'].judge,
  judgeResume: decisions.resume.judge,
  judgeAbandon: decisions.abandon.judge,
  /** The journal's contract (test/store runs it on the real ones): an append on a state that moved is refused. */
  acceptsAppend: (expectedSeq: number, lastSeq: number): boolean => expectedSeq === lastSeq,
});

export type Product = typeof product;
