import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code, sentence } from '../escape.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

export const lookAgainDialogue: Dialogue<'look-again'> = {
  decision: 'look-again',
  buttons: { 'look-again': {} },
  form: {
    id: 'look-again',
    show: ({ state, metadata }) =>
      form({
        id: 'look-again',
        title: 'Look again',
        submit: 'Look again',
        metadata,
        blocks: [
          section(`*The restore of ${code(state.proposal.cluster)} continues once this is done:*`),
          section(
            state.stuck === null
              ? 'Nothing is stuck now.'
              : `${sentence(state.stuck.message)}\n${sentence(state.stuck.hint)}`,
          ),
          section('The bot checks for itself and believes only what it sees.'),
          ...aboutBlocks(state),
        ],
      }),
    read: () => ({}),
  },
  reply: ({ person }, { at }) => ({
    blocks: [
      section(
        `*${by(person)} says it is done* (${clockTime(at)}). The bot checks for itself and believes only what it sees.`,
      ),
    ],
  }),
};

export function lookAgainButton(state: RestoreState): Button {
  return button({
    actionId: 'look-again',
    label: 'I have done this: look again…',
    value: plainValue(state),
    style: 'primary',
  });
}
