/**
 * Compare once more, then commit once. A lost reply and an append timeout are unknown and settled by
 * looking (`verify-restored`). A second operation is only made when the first is proven not to have reached the scheduler, and
 * after what is staged was compared again; an unknown outcome never makes one. Whatever held it up since the gate was
 * passed (an agent that was away, a bot that was down), it does not go out on sign-offs that do not stand any more.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEnd } from '../../aurora/operations.ts';
import type { SortedTasks } from '../../streams/task-spools.ts';
import { readAffected } from '../looks/blast.ts';
import { waitForElected } from '../looks/elected.ts';
import { Rewound, takeBack } from '../looks/interference.ts';
import { listRunning } from '../looks/live-tasks.ts';
import { lookAtStaged, type StagedLook, turnOf } from '../looks/staged-look.ts';
import type { StepFacts } from '../record/facts.ts';
import { type OperationState, wasNotReady } from '../record/state.ts';
import { findDrift, KilledTally } from '../rules/drift.ts';
import type { Step, StepContext } from '../step.ts';
import { signedSummary } from './shared/summary.ts';

/** How often a commit that never arrived is sent before a person is asked. */
const triesMax = 3;

export const commit: Step<'commit'> = {
  name: 'commit',
  title: 'Commit',
  scope: 'elected',
  does: 'compared again, then sent once.',
  touches: true,
  undo: 'undo-put-back-log',
  run: async (context) => {
    const { host } = context.factsOf('summarise-staged');
    for (let attempt = 1; ; attempt += 1) {
      const underWay = findUnderWay(context);
      if (underWay === null) {
        await assertUnchanged(context, host);
        await assertStillSigned(context);
      } else if (await isLateAndUnknown(context, underWay)) {
        // Nobody can say whether it went out, and now it may not: reading the tasks back tells (`verify-restored`).
        return {
          host,
          answer: 'unknown',
          ms: 0,
          messages: ['The bot was interrupted while it sent the commit.'],
        };
      }
      // Crash here: nothing was sent. After the next line the commit counts as sent until an agent says otherwise.
      const end = await context.attempt(host, 'commit-recovery', {});
      const sent = judgeEnd(end, host);
      if (sent !== null) return sent;
      if (attempt === triesMax) throw notSent(end, host);
    }
  },
};

/** `null` when it is proven that nothing was sent: refused before anything was done, or never arrived. */
function judgeEnd(end: OperationEnd<'commit-recovery'>, host: string): StepFacts['commit'] | null {
  if (end.state === 'failed') return null;
  if (end.state === 'uncertain') return { host, answer: 'unknown', ms: 0, messages: [end.message] };
  const { answer, ms, messages } = end.evidence;
  if (answer === 'not-ready') return null;
  return { host, answer: answer === 'ok' ? 'ok' : 'unknown', ms, messages };
}

function notSent(end: OperationEnd<'commit-recovery'>, host: string): AuroraError {
  const said = end.state === 'done' ? end.evidence.messages.join(' ') : end.message;
  return new AuroraError({
    code: 'commit-not-sent',
    message: `${host} refused the commit before doing anything, ${triesMax} times: ${said || 'its storage is not ready'}.`,
    hint: 'Nothing was committed. Look again to retry, or put everything back and find out why its storage goes away.',
  });
}

/** A commit that was asked for and is not proven to have come to nothing: the comparison was made before it. */
function findUnderWay(context: StepContext): OperationState | null {
  const asked = [...context.state().operations.values()].find(
    ({ kind, result, takenBack }) => kind === 'commit-recovery' && !takenBack && !isUnsent(result),
  );
  return asked ?? null;
}

function isUnsent(result: OperationState['result']): boolean {
  return result !== null && (result.state === 'failed' || wasNotReady(result.evidence));
}

async function assertStillSigned(context: StepContext): Promise<void> {
  const lapse = await context.patiently('Slack', () => context.findLapse());
  if (lapse !== null) throw new AuroraError(lapse);
}

/** The bot ended between writing down that it commits and hearing of it, and came back when the sign-offs were over. */
async function isLateAndUnknown(context: StepContext, asked: OperationState): Promise<boolean> {
  if (asked.result !== null) return false;
  const known = await context.patiently(`${asked.host}'s agent`, () =>
    context.agentOf(asked.host).readOperation(asked.operationId),
  );
  if (known !== null) return false;
  return (await context.findLapse()) !== null;
}

/** Everything the signatures stand on is looked at once more; a change sends the restore back or to a person. */
async function assertUnchanged(context: StepContext, host: string): Promise<void> {
  const look = await lookPatiently(context);
  if (look.kind === 'held') throw new Error('what is staged was not read');
  if (look.kind === 'as-left') {
    if (look.rows === null) throw new Error('the staged tasks were not read');
    await assertCostHolds(context, look.rows);
    return;
  }
  const turn = turnOf(context, look);
  if (turn !== null) throw new Rewound(turn);
  throw new AuroraError({
    code: 'storage-not-ready',
    message: `${host} was ready a moment ago. ${look.message}`,
    hint: 'Nothing was committed. Look again in a moment, or put everything back.',
  });
}

/** An election may be going on, or ZooKeeper may be away for a while: what is staged outlives that (aurora.md 14 G). */
async function lookPatiently(context: StepContext): Promise<StagedLook> {
  const look = await lookAtStaged(context, { withRows: true });
  if (look.kind !== 'unclear') return look;
  await waitForElected(context, 'Nothing was committed. ');
  return await lookAtStaged(context, { withRows: true });
}

/** The preview is made again at the moment of the commit: what was signed allows for a little more, and no more. */
async function assertCostHolds(context: StepContext, rows: SortedTasks): Promise<void> {
  const { gates } = context.state();
  const shown = gates.commit?.shown ?? signedSummary(context).blast.document;
  const { frameworkId } = context.factsOf('capture-live-tasks');
  const now = await context.deps.backups.computeBlastRadius({
    backup: rows.drain(),
    running: await listRunning(context, frameworkId),
  });
  const drift = findDrift({
    signed: await KilledTally.of(readAffected(context, { document: shown, effect: 'killed' })),
    now: await KilledTally.of(now.killed.drain()),
  });
  if (drift.length === 0) return;
  takeBack(context, {
    to: 'summarise-staged',
    code: 'cost-grew',
    message: `Committing would now do more than was signed: ${drift.join(' ')} Nothing was committed.`,
    signOffs: 'void',
  });
}
