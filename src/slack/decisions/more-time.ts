import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { isSameLook, lookEndText } from '../messages/waiting.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

/** The question of the second look moves here, with its buttons. */
export const moreTimeDialogue: Dialogue<'more-time'> = {
  decision: 'more-time',
  buttons: { 'more-time': {} },
  form: {
    id: 'more-time',
    show: ({ state, metadata }) =>
      form({
        id: 'more-time',
        title: 'More time',
        submit: '30 more minutes',
        metadata,
        blocks: [
          section(
            `*The second look of ${code(state.proposal.cluster)} gets 30 more minutes.* ${lookEndText(state)}`,
          ),
          ...aboutBlocks(state),
        ],
      }),
    read: () => ({ byMs: 30 * 60_000 }),
  },
  reply: ({ person }, { state }) => ({
    blocks: [section(`*${by(person)} asked for more time.* ${lookEndText(state)}`)],
    asksWhile: (latest) => isSameLook(state, latest),
  }),
};

export function moreTimeButton(state: RestoreState): Button {
  return button({ actionId: 'more-time', label: '30 more minutes…', value: plainValue(state) });
}
