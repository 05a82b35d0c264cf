import type { Button } from '@slack/types';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { thenTimers, timersText } from '../messages/reconciling.ts';
import { readSignature, signingBlocks, unsignedNote } from '../signing.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks, dyingBlocks } from './about.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

/** The point after which going back is a restore of its own. */
export const letReconcileDialogue: Dialogue<'let-reconcile'> = {
  decision: 'let-reconcile',
  buttons: { 'let-reconcile': {} },
  form: {
    id: 'let-reconcile',
    signs: () => 'release',
    show: ({ state, metadata, signing }) => {
      const blast = summaryOf(state)?.blast;
      return form({
        id: 'let-reconcile',
        title: 'Let it reconcile?',
        submit: 'Let it reconcile',
        metadata,
        blocks: [
          section(
            `*${code(state.proposal.cluster)} reconciles: ${blast?.killed ?? 0} tasks are killed and ${blast?.rescheduled ?? 0} started again.*${thenTimers(state)}`,
          ),
          ...dyingBlocks(state),
          ...aboutBlocks(state),
          ...signingBlocks(signing),
        ],
      });
    },
    read: ({ values }) => readSignature(values),
  },
  reply: ({ person, signed }, { at, state }) => {
    const who = person === null ? 'The second look is over: it continues' : `${by(person)} let it reconcile`;
    const timers = timersText(state);
    return {
      blocks: [
        section(`*${who}* (${clockTime(at)}).`),
        section(
          `${timers === '' ? 'Traffic is let in, then both reconciliations run.' : `Traffic is let in. ${timers}`} This *cannot be undone*.`,
        ),
        ...(person === null || signed !== undefined ? [] : unsignedNote(state)),
      ],
    };
  },
};

export function letReconcileButton(state: RestoreState): Button {
  return button({
    actionId: 'let-reconcile',
    label: 'Let it reconcile…',
    value: plainValue(state),
    style: 'primary',
  });
}
