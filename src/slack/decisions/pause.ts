import type { Button } from '@slack/types';
import { hasTouchedHosts, mayAbort, nextItem, type RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code, quote } from '../escape.ts';
import { runningOutText, waitingFor } from '../messages/waiting.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';
import { readReason, reasonField } from './fields.ts';

/** Nothing new starts afterwards; nobody is asked to confirm more than the reason. */
export const pauseDialogue: Dialogue<'pause'> = {
  decision: 'pause',
  buttons: { pause: {} },
  form: {
    id: 'pause',
    show: ({ state, metadata }) =>
      form({
        id: 'pause',
        title: 'Pause',
        submit: 'Pause',
        metadata,
        blocks: [
          section(
            `*Nothing new starts until an approver of ${code(state.proposal.cluster)} resumes it.* What is already running finishes. ${clockText(state)}`,
          ),
          ...aboutBlocks(state),
          reasonField(),
        ],
      }),
    read: readReason,
  },
  // The buttons under it go when it is over.
  reply: ({ person, reason }, { at, state }) => ({
    blocks: [
      section(`*${by(person)} paused the restore* (${clockTime(at)}): ${quote(reason)}`),
      section(
        `What is already running finishes, and nothing else starts until an approver of ${code(state.proposal.cluster)} resumes it. ${clockText(state)}`,
      ),
    ],
    asksWhile: (latest) => waitingFor(latest) === 'paused' && latest.paused?.at === at,
  }),
};

/** Offered while there is something to hold back: steps that touch hosts, or the time of the second look. */
export function pauseButtons(state: RestoreState): Button[] {
  if (state.paused !== null) return [];
  const holdsBack = (mayAbort(state) && hasTouchedHosts(state)) || nextItem(state)?.kind === 'look';
  return holdsBack ? [button({ actionId: 'pause', label: 'Pause…', value: plainValue(state) })] : [];
}

/** What runs out although it is paused; the time of the second look alone stands still. */
function clockText(state: RestoreState): string {
  const running = runningOutText(state);
  if (running !== '') return running;
  return state.look === null
    ? 'No deadline runs meanwhile.'
    : 'The clock of the second look is paused as well.';
}
