/** The form in which somebody approves an errand: it says what is approved, whatever the message says that the button was on. */
import type { ModalView } from '@slack/types';
import { section } from '../blocks.ts';
import { code, foreign, mention, quote } from '../escape.ts';
import { form } from './modal.ts';

/** What one person asks of a host and another one approves. */
export interface ApprovableErrand {
  readonly kind: 'release' | 'now';
  readonly cluster: string;
  readonly host: string;
  /** Who asked. */
  readonly userId: string;
  /** Empty when nothing was said. */
  readonly why: string;
  /** Of the held copy; empty for `now`. */
  readonly sha256: string;
}

export const errandFormId = 'approve-errand';

export function errandForm(errand: ApprovableErrand, metadata: string): ModalView {
  const { kind, cluster, host, userId, why, sha256 } = errand;
  const where = `${code(cluster)} on ${foreign(host, 80)}`;
  const texts =
    kind === 'now'
      ? {
          submit: 'Approve: back up now',
          what: `*You approve that the leader of ${where} writes a backup now.* The oldest backup may be rotated away.`,
        }
      : {
          submit: 'Approve: release it',
          what: `*You approve releasing a held backup of ${where}:* ${code(sha256.slice(0, 12))}. Its copy is moved aside, and counts as kept until somebody removes it there.`,
        };
  return form({
    id: errandFormId,
    title: 'Approve',
    submit: texts.submit,
    metadata,
    blocks: [
      section(texts.what),
      section(`Asked for by ${mention(userId)}${why === '' ? '' : `: ${quote(why)}`}`),
    ],
  });
}
