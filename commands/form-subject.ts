/**
 * What a button or a form is about. A press counts only from a message of ours that has borne that button, a form only as this bot
 * has opened it, for the person who sends it; what else is sent is refused, and stands in the record of the restore that it names.
 * Neither gives a right: everything is judged again.
 */
import { AuroraError } from '../src/aurora/errors.ts';
import type { GateName } from '../src/restore/record/events.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Press, Search, Submission } from '../src/slack/conversation.ts';
import { placeOf } from '../src/slack/sealed.ts';
import { parseSubject, type Subject, subjectValue } from '../src/slack/subject.ts';
import type { CommandDeps } from './deps.ts';

const gates: readonly GateName[] = ['stop', 'commit', 'go-back'];

/** What a button is about, as it stands now. AuroraError `unknown-restore`, or `not-our-message` for a press that does not count. */
export async function readSubject(
  deps: Pick<CommandDeps, 'service' | 'outbox'>,
  press: Press,
): Promise<{ subject: Subject; state: RestoreState }> {
  const subject = parseSubject(press.value);
  const state = subject === null ? null : await deps.service.read(subject.restoreId);
  if (subject === null || state === null) {
    throw unknownRestore();
  }
  const { message, actionId, value, userId } = press;
  const { restoreId } = subject;
  if (message !== null && (await deps.outbox.hasOffered({ restoreId, message, actionId, value })))
    return { subject, state };
  const refusal = await notOurs(deps, restoreId);
  await deps.service.refuse({ restoreId, userId, wanted: `press ${actionId}`, refusal });
  throw refusal;
}

export function unknownRestore(): AuroraError {
  return new AuroraError({
    code: 'unknown-restore',
    message: 'That button is about a restore this bot does not know.',
    hint: '`/aurora status` lists those it knows.',
  });
}

/** Posted by somebody else, or posted a moment before a crash and not written down yet: in either case the card has the buttons. */
async function notOurs(deps: Pick<CommandDeps, 'outbox'>, restoreId: string): Promise<AuroraError> {
  const link = await deps.outbox.linkOf(restoreId).catch(() => null);
  return new AuroraError({
    code: 'not-our-message',
    message: 'This bot did not post that button; nothing was done.',
    hint: `Press it on the newest card of ${restoreId}${link === null ? '' : `: ${link}`}. If it was not there, somebody else may hold the bot's token: tell whoever runs the bot.`,
  });
}

/** For the form of a press; `stop R1|71f0…` in it says what it is about. */
export function formMetadata(
  { seals }: Pick<CommandDeps, 'seals'>,
  press: Press,
  about: { form: string; gate: GateName | null; subject: Subject },
): string {
  const { channel, threadTs, userId, message } = press;
  const { form, gate, subject } = about;
  return seals.seal({
    form,
    userId,
    channel,
    threadTs,
    messageTs: message?.ts ?? null,
    subject: `${gate ?? ''} ${subjectValue(subject)}`,
  });
}

/** What a form is about. AuroraError as `Seals.open` throws it. */
export function readForm(
  { seals }: Pick<CommandDeps, 'seals'>,
  sent: Pick<Search, 'metadata' | 'userId'>,
  form: string,
): Subject & { gate: GateName | null } {
  const opened = seals.open(sent.metadata, { form, userId: sent.userId });
  const [gate = '', value = ''] = opened.subject.split(' ');
  const subject = parseSubject(value);
  if (subject === null) throw new Error(`${form}: sealed about ${opened.subject}`);
  return { ...subject, gate: gates.find((name) => name === gate) ?? null };
}

/** The same, and what is refused stands in the record of the restore that the form names, if that is one. */
export async function readSubmission(
  deps: Pick<CommandDeps, 'service' | 'seals'>,
  submission: Submission,
  form: string,
): Promise<Subject & { gate: GateName | null }> {
  try {
    return readForm(deps, submission, form);
  } catch (error) {
    const restoreId = claimedRestore(submission.metadata);
    if (!(error instanceof AuroraError) || restoreId === null) throw error;
    const { userId } = submission;
    await deps.service.refuse({ restoreId, userId, wanted: `send the form ${form}`, refusal: error });
    throw error;
  }
}

/** Unproven: only for the record. */
function claimedRestore(metadata: string): string | null {
  const subject = placeOf(metadata)?.subject ?? '';
  return parseSubject(subject.split(' ')[1])?.restoreId ?? null;
}
