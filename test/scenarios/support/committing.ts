/** Commits that end in odd ways. */
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { OperationResult, SchedulerAnswer } from '../../../src/aurora/operations.ts';
import type { Meddler } from '../../restore/support/pretend-agent.ts';
import type { PretendHost } from '../../restore/support/pretend-cluster.ts';
import type { Stage } from './stage.ts';

export const timeout: SchedulerAnswer = {
  answer: 'error',
  messages: ['Timeout performing log append'],
  ms: 3_100,
};
export const noReply: SchedulerAnswer = { answer: 'no-reply', messages: ['socket hang up'], ms: 900 };
export const notReady: SchedulerAnswer = {
  answer: 'not-ready',
  messages: ['Storage is not READY'],
  ms: 6,
};

/** The first `times` commits are answered so, after having been applied or not. Not applied, the port is closed all the same. */
export function committing(
  stage: Stage,
  how: {
    applied: boolean;
    answer: SchedulerAnswer;
    times?: number;
    /** What becomes of the host that took it. */
    aftermath?: (host: PretendHost) => void;
  },
): void {
  const { cluster } = stage;
  let left = how.times ?? 1;
  const known = new Map<string, OperationResult>();
  const meddler: Meddler = async (request, perform) => {
    const { operationId, kind } = request;
    const earlier = known.get(operationId);
    if (earlier !== undefined) return earlier;
    if (kind !== 'commit-recovery' || left === 0) return await perform();
    left -= 1;
    const host = cluster.host(request.grant.payload.host);
    if (how.applied) await perform();
    else if (how.answer.answer !== 'not-ready') {
      host.deaf = true;
      cluster.leave(host);
    }
    how.aftermath?.(host);
    const changed = how.answer.answer !== 'not-ready';
    const finishedAt = cluster.clock.now();
    const result: OperationResult = {
      operationId,
      kind,
      state: 'done',
      changed,
      evidence: how.answer,
      finishedAt,
    };
    known.set(operationId, result);
    return result;
  };
  stage.engine.meddling.with = meddler;
}

/** The agent performs the commit, and its answer does not arrive, once. */
export function losingTheAnswer(stage: Stage): void {
  let isLost = false;
  stage.engine.meddling.with = async (request, perform) => {
    const result = await perform();
    if (request.kind !== 'commit-recovery' || isLost) return result;
    isLost = true;
    throw new AuroraError({ code: 'agent-unreachable', message: 'No answer.', hint: 'Wait.' });
  };
}
