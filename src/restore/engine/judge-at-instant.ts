import { errorCodes } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { RestoreState } from '../record/state.ts';
import { holdCommitBack, passesCommit, releasesByTime } from '../rules/next.ts';
import { settleSigners } from '../rules/standing.ts';
import type { ServiceDeps } from '../service/answer.ts';
import { lookUpSigners } from '../service/signers.ts';

type Judging = Pick<ServiceDeps, 'people' | 'clock' | 'clusters' | 'signatures' | 'whenSlackIsDown'>;

/**
 * What cannot be undone is judged once more at its instant. Before the commit its signers are looked up: one who fell loses
 * the sign-off. Before time alone lets it reconcile, and before people are reminded of that, Slack has to answer: whoever wants
 * it stopped reads and says so there.
 * Answers what may be written of what was decided, or why Slack is waited for; then nothing is decided. Other decisions are
 * allowed as they are.
 */
export async function judgeAtInstant(
  deps: Judging,
  due: { state: RestoreState; events: readonly RestoreEvent[] },
): Promise<readonly RestoreEvent[] | AuroraError> {
  const { state, events } = due;
  try {
    if (passesCommit(events)) return await judgeCommit(deps, due);
    if (releasesByTime(events)) await deps.people.findPerson(state.proposal.requester.userId);
    return events;
  } catch (error) {
    if (error instanceof AuroraError) return error;
    throw error;
  }
}

async function judgeCommit(
  deps: Judging,
  due: { state: RestoreState; events: readonly RestoreEvent[] },
): Promise<readonly RestoreEvent[]> {
  const { state, events } = due;
  const gate = state.gates.commit;
  const signers = events.flatMap((event) => (event.type === 'gate-passed' ? event.signers : []));
  const seen = await lookUpSigners(deps, { state, gate: 'commit', signers });
  if (seen.unknown !== null && gate !== undefined && settleSigners(gate, seen).refusal === seen.unknown) {
    const { code } = seen.unknown;
    throw new AuroraError({
      ...seen.unknown,
      code: code === errorCodes.rosterUnread ? code : errorCodes.peopleUnknown,
    });
  }
  return holdCommitBack(state, { events, seen, now: deps.clock.now() });
}
