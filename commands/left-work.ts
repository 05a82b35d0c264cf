/** "Tick off what is done…": from the report and the end of a restore. Whoever may talk to the bot may do that. */
import { viewIds } from '../src/slack/action-ids.ts';
import type { Press, Submission } from '../src/slack/conversation.ts';
import { readTickOff, tickOffForm } from '../src/slack/views/tick-off.ts';
import { tellRefusal } from './decisions.ts';
import type { CommandDeps } from './deps.ts';
import { formMetadata, readSubject, readSubmission } from './form-subject.ts';

export async function pressTickOff(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  const metadata = formMetadata(deps, press, { form: viewIds.tickOff, gate: null, subject });
  await press.show(tickOffForm(state, metadata));
}

export async function submitTickOff(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = await readSubmission(deps, submission, viewIds.tickOff);
  const { userId } = submission;
  await tellRefusal(
    submission,
    await deps.service.tickOff({ restoreId, userId, works: readTickOff(submission) }),
  );
}
