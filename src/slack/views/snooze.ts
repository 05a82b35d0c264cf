/** The form that silences an alarm for a time. */
import type { ModalView } from '@slack/types';
import type { Said } from '../../watch/state.ts';
import { viewIds } from '../action-ids.ts';
import { section } from '../blocks.ts';
import type { FormCheck, Submission } from '../conversation.ts';
import { sentence } from '../escape.ts';
import { durationText } from '../time.ts';
import { form, typed } from './modal.ts';

const fields = { time: 'snooze-time', reason: 'snooze-reason' } as const;
const hour = 3_600_000;
const times = [1, 4, 12, 24, 3 * 24, 7 * 24, 30 * 24].map((hours) => hours * hour);
const reasonMax = 300;

export function snoozeForm(said: Said, metadata: string): ModalView {
  const options = times.map((ms) => ({
    text: { type: 'plain_text' as const, text: durationText(ms) },
    value: String(ms),
  }));
  return form({
    id: viewIds.snoozeAlarm,
    title: 'Snooze',
    submit: 'Snooze',
    metadata,
    blocks: [
      section(`*${sentence(said.says)}*`),
      section(
        'The bot says nothing more about it for that long. If it is still true then, you are told again.',
      ),
      {
        type: 'input',
        block_id: fields.time,
        label: { type: 'plain_text', text: 'For how long?' },
        element: {
          type: 'static_select',
          action_id: fields.time,
          options,
          ...(options[1] !== undefined && { initial_option: options[1] }),
        },
      },
      typed({
        name: fields.reason,
        label: 'Why? Shown below the alarm, with your name.',
        multiline: true,
        max: reasonMax,
      }),
    ],
  });
}

export const checkSnooze: FormCheck = ({ values }) =>
  (values[fields.reason] ?? '').trim() === ''
    ? { [fields.reason]: 'Say why, for whoever reads it next.' }
    : null;

/** A time that the form does not offer counts as the shortest one. */
export function readSnooze({ values }: Pick<Submission, 'values'>): { forMs: number; reason: string } {
  const forMs = times.find((ms) => String(ms) === values[fields.time]) ?? hour;
  return { forMs, reason: (values[fields.reason] ?? '').trim().slice(0, reasonMax) };
}
