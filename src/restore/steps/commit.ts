/**
 * Step 16: compare once more, then commit once. A lost reply and an append timeout are unknown and settled by
 * looking (step 17); `Storage is not READY` was not sent. A second commit cannot happen here: the operation's
 * first end is the only one, and only an end that says "not sent" counts as failed.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { findElected } from '../elected.ts';
import { readStaged } from '../staged.ts';
import type { Step, StepContext } from '../step.ts';

export const commit: Step<'commit'> = {
  name: 'commit',
  run: async (context) => {
    const { host, stagedSetDigest } = context.factsOf('summarise-staged');
    if (!wasCommitRequested(context)) await assertUnchanged(context, { host, stagedSetDigest });
    // Crash here: nothing was sent. After the next line the commit counts as sent until an agent says otherwise.
    const end = await context.attempt(host, 'commit-recovery', {});
    if (end.state === 'done') {
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
    if (end.state === 'uncertain') return { host, answer: 'unknown', ms: 0, messages: [end.message] };
    throw new AuroraError({ code: 'commit-not-sent', message: `${host}: ${end.message}`, hint: end.hint });
  },
};

function wasCommitRequested(context: StepContext): boolean {
  return [...context.state().operations.values()].some((operation) => operation.kind === 'commit-recovery');
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
