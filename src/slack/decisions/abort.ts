import type { Button } from '@slack/types';
import { hasTouchedHosts, mayAbort, type RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { quote } from '../escape.ts';
import { beforeText } from '../messages/procedure.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';
import { readReason, reasonField } from './fields.ts';

export const abortDialogue: Dialogue<'abort'> = {
  decision: 'abort',
  buttons: { abort: {} },
  form: {
    id: 'abort',
    show: ({ state, metadata, reason }) =>
      form({
        id: 'abort',
        title: 'Stop this restore',
        submit: 'Stop it',
        metadata,
        blocks: [
          section(
            hasTouchedHosts(state)
              ? `*The restore stops and everything is put back:* ${beforeText(state, 'logs')}, flags and traffic, on all hosts.`
              : '*The restore stops.* No host was touched.',
          ),
          ...aboutBlocks(state),
          reasonField(reason),
        ],
      }),
    read: readReason,
  },
  reply: ({ person, reason }, { at, state }) => ({
    blocks: [
      section(`*${by(person)} stopped the restore* (${clockTime(at)}): ${quote(reason)}`),
      section(
        hasTouchedHosts(state)
          ? `Everything is being put back: ${beforeText(state, 'logs')}, flags and traffic, on all hosts. Nothing was committed. Nobody has to do anything.`
          : 'No host was touched.',
      ),
    ],
  }),
};

/** None once it cannot be stopped any more. */
export function abortButtons(state: RestoreState): Button[] {
  if (!mayAbort(state)) return [];
  const isTouched = hasTouchedHosts(state);
  return [
    button({
      actionId: 'abort',
      label: isTouched ? 'Stop here and put everything back…' : 'Stop this restore…',
      value: plainValue(state),
      ...(isTouched && { style: 'danger' }),
    }),
  ];
}
