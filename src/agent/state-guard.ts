import type { AuroraError } from '../aurora/errors.ts';
import type { OperationRequest } from '../aurora/operations.ts';
import { refuse } from './grants.ts';
import { judgeState } from './host-rules.ts';
import { lookAtState } from './look-at-state.ts';
import type { OperationJournal } from './operation-journal.ts';
import type { OperationTools } from './operations/operation.ts';

/** Why it may not be done on this host as it is now: AuroraError `grant-refused` of the rule `state` or `too-soon`, not thrown. */
export async function refuseState(
  request: OperationRequest,
  { tools, journal }: { tools: OperationTools; journal: OperationJournal },
): Promise<AuroraError | null> {
  const { kind, params } = request;
  const { payload } = request.grant;
  const { restoreId } = payload;
  const host = await lookAtState(tools, { kind, restoreId, history: journal.history() });
  const { clockSkewMs } = tools.config.bounds;
  const refusal = judgeState({ kind, params, payload, now: tools.clock.now(), clockSkewMs }, host);
  return refusal === null ? null : refuse(refusal.rule ?? 'state', refusal.message, { hint: refusal.hint });
}
