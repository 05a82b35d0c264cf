import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code, quote } from '../escape.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

export const resumeDialogue: Dialogue<'resume'> = {
  decision: 'resume',
  buttons: { resume: {} },
  form: {
    id: 'resume',
    show: ({ state, metadata }) =>
      form({
        id: 'resume',
        title: 'Resume',
        submit: 'Resume',
        metadata,
        blocks: [
          section(`*The restore of ${code(state.proposal.cluster)} continues where it was.*`),
          ...(state.paused === null
            ? []
            : [section(`${by(state.paused.person)} paused it: ${quote(state.paused.reason)}`)]),
          ...aboutBlocks(state),
        ],
      }),
    read: () => ({}),
  },
  reply: ({ person }, { at }) => ({
    blocks: [section(`*${by(person)} resumed the restore* (${clockTime(at)}). It continues where it was.`)],
  }),
};

export function resumeButton(state: RestoreState): Button {
  return button({ actionId: 'resume', label: 'Resume…', value: plainValue(state), style: 'primary' });
}
