/** What was filled in and sent off. Acknowledged already; the answer comes to the person or stands in the thread. */
import { AuroraError } from '../src/aurora/errors.ts';
import type { GateName } from '../src/restore/record/events.ts';
import type { Submission } from '../src/slack/conversation.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { parseModalMetadata, type Subject } from '../src/slack/subject.ts';
import { fieldNames } from '../src/slack/views/decisions.ts';
import type { CommandDeps } from './deps.ts';
import { parseFormSubject, tellRefusal } from './presses.ts';

export async function submitApprove(deps: CommandDeps, submission: Submission): Promise<void> {
  const { gate, restoreId, digest } = readForm(submission);
  if (gate === null) throw unknownForm();
  const comment = submission.values[fieldNames.comment] ?? '';
  const vote = { restoreId, gate, digest, userId: submission.userId, comment };
  await tellRefusal(submission, await deps.service.signOff(vote));
}

export async function submitDecline(deps: CommandDeps, submission: Submission): Promise<void> {
  const { gate, restoreId, digest } = readForm(submission);
  if (gate === null) throw unknownForm();
  const reason = submission.values[fieldNames.reason] ?? '';
  const vote = { restoreId, gate, digest, userId: submission.userId, reason };
  await tellRefusal(submission, await deps.service.decline(vote));
}

export async function submitCommit(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId, digest } = readForm(submission);
  const typedCluster = submission.values[fieldNames.cluster] ?? '';
  const order = { restoreId, digest, userId: submission.userId, typedCluster };
  await tellRefusal(submission, await deps.service.commit(order));
}

export async function submitAbort(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = readForm(submission);
  const reason = submission.values[fieldNames.reason] ?? '';
  await tellRefusal(submission, await deps.service.abort({ restoreId, userId: submission.userId, reason }));
}

export async function submitPause(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = readForm(submission);
  const reason = submission.values[fieldNames.reason] ?? '';
  await tellRefusal(submission, await deps.service.pause({ restoreId, userId: submission.userId, reason }));
}

export async function submitAbandon(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = readForm(submission);
  const reason = submission.values[fieldNames.reason] ?? '';
  const typedCluster = submission.values[fieldNames.cluster] ?? '';
  const order = { restoreId, userId: submission.userId, reason, typedCluster };
  await tellRefusal(submission, await deps.service.abandon(order));
}

export async function submitGoBack(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = readForm(submission);
  const reason = submission.values[fieldNames.reason] ?? '';
  await tellRefusal(submission, await deps.service.goBack({ restoreId, userId: submission.userId, reason }));
}

/** A new proposal; where the plan appears is told to whoever is elsewhere. */
export async function submitReturn(deps: CommandDeps, submission: Submission): Promise<void> {
  const { restoreId } = readForm(submission);
  const channel = (await deps.service.read(restoreId))?.proposal.channel ?? submission.channel;
  const unfit = await deps.places.judge(channel);
  if (unfit !== null) {
    await submission.tell(renderRefusal(unfit));
    return;
  }
  const { values, userId } = submission;
  const reason = values[fieldNames.reason] ?? '';
  const incident = values[fieldNames.incident] ?? '';
  await tellRefusal(
    submission,
    await deps.service.proposeGoBack({ of: restoreId, channel, userId, reason, incident }),
  );
}

/** What a form is about. AuroraError `unknown-form`. */
export function readForm(submission: Pick<Submission, 'metadata'>): Subject & { gate: GateName | null } {
  const form = parseFormSubject(parseModalMetadata(submission.metadata)?.subject ?? '');
  if (form === null) throw unknownForm();
  return { ...form.subject, gate: form.gate };
}

function unknownForm(): AuroraError {
  return new AuroraError({
    code: 'unknown-form',
    message: 'That form is from another version of this bot; nothing was done.',
    hint: 'Press the button on the card again.',
  });
}
