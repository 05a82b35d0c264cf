/** What is asked for in an errand, as it goes through Slack: first in the button for whoever may approve it, then in the form of one approver. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AuroraError } from '../src/aurora/errors.ts';
import type { Conversation, Press, Submission } from '../src/slack/conversation.ts';
import { type ApprovableErrand, errandFormId } from '../src/slack/views/approve-errand.ts';
import type { CommandDeps } from './deps.ts';

/** `once` is the same for the same button. */
type SealedErrand = ApprovableErrand & { readonly once: string };

const sealed = z.tuple([
  z.enum(['release', 'now']),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
]);

const buttonForm = 'errand';
/** A button is for whoever may press it; who asked is in what is sealed. */
const anybody = '';

/** The value of the button. */
export function sealErrand(
  { seals }: Pick<CommandDeps, 'seals'>,
  { channel }: Conversation,
  errand: ApprovableErrand,
): string {
  return seals.seal({
    form: buttonForm,
    userId: anybody,
    channel,
    threadTs: null,
    messageTs: null,
    subject: subjectOf({ ...errand, once: '' }),
  });
}

/** AuroraError as `Seals.open` throws it, and for a button of something else. */
export function openButton({ seals }: Pick<CommandDeps, 'seals'>, { value }: Press): SealedErrand {
  const { subject } = seals.open(value, { form: buttonForm, userId: anybody });
  const once = createHash('sha256').update(value).digest('hex').slice(0, 24);
  return { ...errandOf(subject), once };
}

/** For the form of whoever has pressed. */
export function sealForm(
  { seals }: Pick<CommandDeps, 'seals'>,
  { userId, channel, message }: Press,
  errand: SealedErrand,
): string {
  const form = { form: errandFormId, userId, channel, threadTs: null, messageTs: message?.ts ?? null };
  return seals.seal({ ...form, subject: subjectOf(errand) });
}

/** AuroraError as `Seals.open` throws it. */
export function openForm({ seals }: Pick<CommandDeps, 'seals'>, submission: Submission): SealedErrand {
  const { metadata, userId } = submission;
  return errandOf(seals.open(metadata, { form: errandFormId, userId }).subject);
}

/** A name of a cluster has 60 characters, one of a host 100, a reason 120, which quotes may double: a seal takes them all. */
function subjectOf({ kind, cluster, host, sha256, userId, once, why }: SealedErrand): string {
  return JSON.stringify([kind, cluster, host, sha256, userId, once, why]);
}

function errandOf(subject: string): SealedErrand {
  const parsed = sealed.safeParse(parseJson(subject));
  if (!parsed.success) throw unknownButton();
  const [kind, cluster, host, sha256, userId, once, why] = parsed.data;
  return { kind, cluster, host, sha256, userId, once, why };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function unknownButton(): AuroraError {
  return new AuroraError({
    code: 'unknown-form',
    message: 'This bot did not make that button; nothing was done.',
    hint: 'Ask again with `/aurora backups`.',
  });
}
