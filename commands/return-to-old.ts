/** "Back to the old log…": a proposal of its own, from the card of a restore that has ended. */
import { printable } from '../src/aurora/printable.ts';
import { within } from '../src/aurora/within.ts';
import type { Press, Submission, SubmissionCheck } from '../src/slack/conversation.ts';
import { fieldNames } from '../src/slack/decisions/fields.ts';
import { readReturn, returnForm, returnToOldId } from '../src/slack/decisions/return-to-old.ts';
import { renderBusy } from '../src/slack/messages/busy.ts';
import { renderRefusal, renderRefusedProposal } from '../src/slack/messages/refusal.ts';
import type { CommandDeps } from './deps.ts';
import { formMetadata, readForm, readSubject, readSubmission } from './form-subject.ts';
import { findBusy } from './open-restores.ts';
import { openInMs } from './reads.ts';

export async function pressReturn(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  const busy = await findBusy(deps, state.proposal.cluster);
  if (busy !== null) return await press.tell(renderBusy(busy));
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
    await submission.tell(renderRefusedProposal(unfit, readReturn(submission)));
    return;
  }
  const { userId } = submission;
  const typed = readReturn(submission);
  const answer = await deps.service.returnToOld({ of, channel, userId, ...typed });
  if (!answer.ok) await submission.tell(renderRefusedProposal(answer.refusal, typed));
}

/** The form stays with what was typed. What cannot be told yet is told when it is sent off. */
export const checkReturn =
  (deps: CommandDeps): SubmissionCheck =>
  async (filled) => {
    if (printable(readReturn(filled).reason) === '')
      return { [fieldNames.reason]: 'Say why, in one sentence: it goes into the record.' };
    const judging = async () => {
      const { restoreId: of } = readForm(deps, filled, returnToOldId);
      return await deps.service.mayReturn({ of, userId: filled.userId });
    };
    const refusal = (await within(deps.clock, openInMs, judging()).catch(() => null)) ?? null;
    return refusal === null ? null : { [fieldNames.reason]: `${refusal.message} ${refusal.hint}` };
  };
