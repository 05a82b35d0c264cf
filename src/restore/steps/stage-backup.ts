/** Step 14: load the file into the elected scheduler's one staging slot. */
import { AuroraError } from '../../aurora/errors.ts';
import { assertReady, findElected } from '../elected.ts';
import type { Step, StepContext } from '../step.ts';
import { takeBack } from '../turn-taken.ts';

export const stageBackup: Step<'stage-backup'> = {
  name: 'stage-backup',
  run: async (context) => {
    const { host } = context.factsOf('find-elected');
    const elected = await findElected(context);
    if (elected !== host) {
      takeBack(context, {
        to: 'find-elected',
        code: 'leader-moved',
        message: `${host} was elected a moment ago, now it is ${elected ?? 'nobody'}. Nothing is staged yet.`,
        signOffs: 'kept',
      });
    }
    await assertReady(context, { host, nothingDone: 'Nothing is staged.' });
    const { name } = context.state().proposal.backup;
    const { evidence } = await context.operate(host, 'stage-backup', { name });
    if (evidence.answer !== 'ok' && !fillsOwnSlot(context, evidence.messages)) {
      const said = evidence.messages.join(' ') || 'nothing';
      throw new AuroraError({
        code: said.includes('already loaded') ? 'foreign-staging' : 'staging-refused',
        message: `${host} did not stage the backup (${evidence.answer}): ${said}`,
        hint: said.includes('already loaded')
          ? 'Somebody else staged a backup on this scheduler. Find them before anything is committed.'
          : "The scheduler's own log says more. Put everything back and choose another backup.",
      });
    }
    // Whoever has it now, by its process: a scheduler that starts again has forgotten it.
    const { scheduler } = await context.readStatus(context.agentOf(host));
    return { host, pid: scheduler.pid };
  },
};

/** The slot is full because an earlier call of this restore arrived after all; what is in it is compared next. */
function fillsOwnSlot(context: StepContext, messages: readonly string[]): boolean {
  return (
    messages.some((message) => message.includes('already loaded')) &&
    [...context.state().operations.values()].some(
      (operation) => operation.kind === 'stage-backup' && operation.result?.state === 'uncertain',
    )
  );
}
