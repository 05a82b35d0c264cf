import type { Button } from '@slack/types';
import { extendedTo } from '../../restore/decisions/more-time.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { isSameLook, lookEndText } from '../messages/waiting.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

const moreMs = 30 * 60_000;

/** The question of the second look moves here, with its buttons. */
export const moreTimeDialogue: Dialogue<'more-time'> = {
  decision: 'more-time',
  buttons: { 'more-time': {} },
  form: {
    id: 'more-time',
    show: ({ state, metadata, now }) =>
      form({
        id: 'more-time',
        title: 'More time',
        submit: '30 more minutes',
        metadata,
        blocks: [
          section(
            `*The second look of ${code(state.proposal.cluster)} gets 30 more minutes.* ${thenText(state, now)}`,
          ),
          ...aboutBlocks(state),
        ],
      }),
    read: () => ({ byMs: moreMs }),
  },
  reply: ({ person }, { state }) => ({
    blocks: [section(`*${by(person)} asked for more time.* ${lookEndText(state)}`)],
    asksWhile: (latest) => isSameLook(state, latest),
  }),
};

/** When it ends now, and when it would. */
function thenText(state: RestoreState, now: number): string {
  const { look, proposal } = state;
  if (look === null || proposal.policy.release === 'people') return lookEndText(state);
  if (look.stopped)
    return 'It waits for a decision now. With more time it reconciles by itself again when that is over.';
  return `Now it reconciles by itself at ${clockTime(look.until)}; with more time, at ${clockTime(extendedTo(state, { now, byMs: moreMs }))}.`;
}

export function moreTimeButton(state: RestoreState): Button {
  return button({ actionId: 'more-time', label: '30 more minutes…', value: plainValue(state) });
}
