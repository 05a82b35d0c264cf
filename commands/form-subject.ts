/** What a button or a form is about, and where it was opened. It gives no right: everything is judged again. */
import { AuroraError } from '../src/aurora/errors.ts';
import type { GateName } from '../src/restore/record/events.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Press, Submission } from '../src/slack/conversation.ts';
import { modalMetadata, parseModalMetadata, parseSubject, type Subject } from '../src/slack/subject.ts';
import type { CommandDeps } from './deps.ts';

const gates: readonly GateName[] = ['stop', 'commit', 'go-back'];

/** What a button is about, as it stands now. AuroraError `unknown-restore`. */
export async function readSubject(
  deps: Pick<CommandDeps, 'service'>,
  press: Press,
): Promise<{ subject: Subject; state: RestoreState }> {
  const subject = parseSubject(press.value);
  const state = subject === null ? null : await deps.service.read(subject.restoreId);
  if (subject === null || state === null) {
    throw new AuroraError({
      code: 'unknown-restore',
      message: 'That button is about a restore this bot does not know.',
      hint: '`/aurora status` lists those it knows.',
    });
  }
  return { subject, state };
}

/** For the form of a press; `stop R1|71f0…` in it says what it is about. */
export function formMetadata(press: Press, gate: GateName | null, { restoreId, digest }: Subject): string {
  const subject = `${gate ?? ''} ${restoreId}|${digest}`;
  return modalMetadata({ channel: press.channel, threadTs: press.threadTs, subject });
}

/** What a form is about. AuroraError `unknown-form`. */
export function readForm(submission: Pick<Submission, 'metadata'>): Subject & { gate: GateName | null } {
  const [gate = '', value = ''] = (parseModalMetadata(submission.metadata)?.subject ?? '').split(' ');
  const subject = parseSubject(value);
  if (subject !== null) return { ...subject, gate: gates.find((name) => name === gate) ?? null };
  throw new AuroraError({
    code: 'unknown-form',
    message: 'That form is from another version of this bot; nothing was done.',
    hint: 'Press the button on the card again.',
  });
}
