import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { clockTime } from '../time.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

export const lookAgainDialogue: Dialogue<'look-again'> = {
  decision: 'look-again',
  buttons: { 'look-again': {} },
  form: null,
  reply: ({ person }, { at }) => ({
    blocks: [
      section(
        `*${by(person)} says it is done* (${clockTime(at)}). Looking again; only what is seen is believed.`,
      ),
    ],
  }),
};

export function lookAgainButton(state: RestoreState): Button {
  return button({
    actionId: 'look-again',
    label: 'I have done this: look again',
    value: plainValue(state),
    style: 'primary',
  });
}
