/**
 * Step 16: compare once more, then commit once. A lost reply and an append timeout are unknown and settled by
 * looking (step 17). A second operation is only made when the first is proven not to have reached the scheduler, and
 * after what is staged was compared again; an unknown outcome never makes one. Whatever held it up since the gate was
 * passed (an agent that was away, a bot that was down), it does not go out on sign-offs that do not stand any more.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEnd } from '../../aurora/operations.ts';
import { assertReady, findElected } from '../elected.ts';
import type { StepFacts } from '../facts.ts';
import { findLapse } from '../signers.ts';
import { readStaged } from '../staged.ts';
import type { OperationState } from '../state.ts';
import type { Step, StepContext } from '../step.ts';

/** How often a commit that never arrived is sent before a person is asked. */
const triesMax = 3;

export const commit: Step<'commit'> = {
  name: 'commit',
  run: async (context) => {
    const { host, stagedSetDigest } = context.factsOf('summarise-staged');
    for (let attempt = 1; ; attempt += 1) {
      const underWay = findUnderWay(context);
      if (underWay === null) {
        await assertUnchanged(context, { host, stagedSetDigest });
        await assertStillSigned(context);
      } else if (await isLateAndUnknown(context, underWay)) {
        // Nobody can say whether it went out, and now it may not: reading the tasks back tells (step 17).
        return {
          host,
          answer: 'unknown',
          ms: 0,
          messages: ['The bot was interrupted while it sent the commit.'],
        };
      }
      // Crash here: nothing was sent. After the next line the commit counts as sent until an agent says otherwise.
      const end = await context.attempt(host, 'commit-recovery', {});
      if (end.state !== 'failed') return judgeEnd(end, host);
      if (attempt === triesMax) {
        throw new AuroraError({
          code: 'commit-not-sent',
          message: `${host}: ${end.message}`,
          hint: end.hint,
        });
      }
    }
  },
};

function judgeEnd(
  end: Exclude<OperationEnd<'commit-recovery'>, { state: 'failed' }>,
  host: string,
): StepFacts['commit'] {
  if (end.state === 'uncertain') return { host, answer: 'unknown', ms: 0, messages: [end.message] };
  const { answer, ms, messages } = end.evidence;
  if (answer === 'not-ready') {
    throw new AuroraError({
      code: 'commit-not-sent',
      message: `${host} refused the commit before doing anything: ${messages.join(' ') || 'its storage is not ready'}.`,
      hint: 'Nothing was committed. Put everything back, and find out why its storage went away.',
    });
  }
  return { host, answer: answer === 'ok' ? 'ok' : 'unknown', ms, messages };
}

/** A commit that was asked for and is not proven to have come to nothing: the comparison was made before it. */
function findUnderWay(context: StepContext): OperationState | null {
  const asked = [...context.state().operations.values()].find(
    (operation) => operation.kind === 'commit-recovery' && operation.result?.state !== 'failed',
  );
  return asked ?? null;
}

async function assertStillSigned(context: StepContext): Promise<void> {
  const lapse = await findLapse(context.deps, { state: context.state(), now: context.now() });
  if (lapse !== null) throw new AuroraError(lapse);
}

/** The bot ended between writing down that it commits and hearing of it, and came back when the sign-offs were over. */
async function isLateAndUnknown(context: StepContext, asked: OperationState): Promise<boolean> {
  if (asked.result !== null) return false;
  const known = await context.patiently(`${asked.host}'s agent`, () =>
    context.agentOf(asked.host).readOperation(asked.operationId),
  );
  if (known !== null) return false;
  return (await findLapse(context.deps, { state: context.state(), now: context.now() })) !== null;
}

async function assertUnchanged(
  context: StepContext,
  signed: { host: string; stagedSetDigest: string },
): Promise<void> {
  const elected = await findElected(context);
  if (elected !== signed.host) {
    throw new AuroraError({
      code: 'leader-moved',
      message: `The backup is staged on ${signed.host}, but the elected scheduler is ${elected ?? 'nobody'} now.`,
      hint: 'Nothing was committed. Put everything back and start again.',
    });
  }
  await assertReady(context, { host: signed.host, nothingDone: 'Nothing was committed.' });
  const { rows, digest } = await readStaged(context, signed.host);
  if (digest !== signed.stagedSetDigest) {
    throw new AuroraError({
      code: 'staged-changed',
      message: `What is staged on ${signed.host} is not what was signed any more: ${rows.length} tasks now.`,
      hint: 'Somebody else edits it. Nothing was committed. Put everything back.',
    });
  }
}
