import { AuroraError } from '../../aurora/errors.ts';
import type { RestoreDeps } from '../ports.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { RestoreState } from '../record/state.ts';
import type { Refusal } from '../rules/gates.ts';
import { holdCommitBack, passesCommit } from '../rules/next.ts';
import { findFallenSigner } from '../service/signers.ts';

/**
 * At the instant of the commit its signers are looked up once more: one who fell voids the gate. Answers what may be
 * written of what was decided, or the error of Slack while it does not say; then nothing is decided, and the order lapses
 * with its window if that goes on. Decisions that commit nothing are allowed as they are.
 */
export async function judgeAtCommit(
  deps: Pick<RestoreDeps, 'people' | 'clock'>,
  due: { state: RestoreState; events: readonly RestoreEvent[] },
): Promise<readonly RestoreEvent[] | AuroraError> {
  const { state, events } = due;
  if (!passesCommit(events)) return events;
  const signers = events.flatMap((event) => (event.type === 'gate-passed' ? event.signers : []));
  let fallen: Refusal | null;
  try {
    fallen = await findFallenSigner(deps, { state, gate: 'commit', signers });
  } catch (error) {
    if (error instanceof AuroraError) return error;
    throw error;
  }
  return holdCommitBack(state, { events, fallen, now: deps.clock.now() });
}
