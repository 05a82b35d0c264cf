import { AuroraError } from '../aurora/errors.ts';
import { holdCommitBack, passesCommit } from './decide.ts';
import type { RestoreEvent } from './events.ts';
import type { Refusal } from './gates.ts';
import type { RestoreDeps } from './ports.ts';
import { findFallenSigner } from './signers.ts';
import type { RestoreState } from './state.ts';

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
