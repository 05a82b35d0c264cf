/** "Back to the old log…": a proposal of its own, from the card of a restore that has ended. */
import type { Press, Submission } from '../src/slack/conversation.ts';
import { readReturn, returnForm, returnToOldId } from '../src/slack/decisions/return-to-old.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { tellRefusal } from './decisions.ts';
import type { CommandDeps } from './deps.ts';
import { formMetadata, readSubject, readSubmission } from './form-subject.ts';

export async function pressReturn(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  const refusal = await deps.service.mayReturn({ of: state.restoreId, userId: press.userId });
  if (refusal === null)
    await press.show(
      returnForm(state, formMetadata(deps, press, { form: returnToOldId, gate: null, subject })),
    );
  else await press.tell(renderRefusal(refusal));
}

export async function submitReturn(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId: of } = await readSubmission(deps, submission, returnToOldId);
  const channel = (await deps.service.read(of))?.proposal.channel ?? submission.channel;
  const unfit = await deps.places.judge(channel);
  if (unfit !== null) {
    await submission.tell(renderRefusal(unfit));
    return;
  }
  const { userId } = submission;
  await tellRefusal(
    submission,
    await deps.service.returnToOld({ of, channel, userId, ...readReturn(submission) }),
  );
}
