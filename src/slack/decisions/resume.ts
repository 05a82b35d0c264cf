import type { Button } from '@slack/types';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { clockTime } from '../time.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

export const resumeDialogue: Dialogue<'resume'> = {
  decision: 'resume',
  buttons: { resume: {} },
  form: null,
  reply: ({ person }, { at }) => ({
    blocks: [section(`*${by(person)} resumed the restore* (${clockTime(at)}). It goes on where it was.`)],
  }),
};

export function resumeButton(state: RestoreState): Button {
  return button({ actionId: 'resume', label: 'Resume', value: plainValue(state), style: 'primary' });
}
