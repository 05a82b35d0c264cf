/**
 * Step 16: compare once more, then commit once. A lost reply and an append timeout are unknown and settled by
 * looking (step 17). A second operation is only made when the first is proven not to have reached the scheduler, and
 * after what is staged was compared again; an unknown outcome never makes one.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEnd } from '../../aurora/operations.ts';
import { findElected } from '../elected.ts';
import type { StepFacts } from '../facts.ts';
import { readStaged } from '../staged.ts';
import type { Step, StepContext } from '../step.ts';

/** How often a commit that never arrived is sent before a person is asked. */
const triesMax = 3;

export const commit: Step<'commit'> = {
  name: 'commit',
  run: async (context) => {
    const { host, stagedSetDigest } = context.factsOf('summarise-staged');
    for (let attempt = 1; ; attempt += 1) {
      if (!isCommitUnderWay(context)) await assertUnchanged(context, { host, stagedSetDigest });
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

/** A commit was asked for and is not proven to have come to nothing: the comparison was made before it. */
function isCommitUnderWay(context: StepContext): boolean {
  return [...context.state().operations.values()].some(
    (operation) => operation.kind === 'commit-recovery' && operation.result?.state !== 'failed',
  );
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
  const { rows, digest } = await readStaged(context, signed.host);
  if (digest !== signed.stagedSetDigest) {
    throw new AuroraError({
      code: 'staged-changed',
      message: `What is staged on ${signed.host} is not what was signed any more: ${rows.length} tasks now.`,
      hint: 'Somebody else edits it. Nothing was committed. Put everything back.',
    });
  }
}
