import type { Button } from '@slack/types';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { thenTimers, timersText } from '../messages/reconciling.ts';
import { clockTime } from '../time.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

/** The point after which going back is a restore of its own. */
export const letReconcileDialogue: Dialogue<'let-reconcile'> = {
  decision: 'let-reconcile',
  buttons: { 'let-reconcile': {} },
  form: null,
  reply: ({ person }, { at, state }) => {
    const who =
      person === null ? 'The time of the second look is over: it goes on' : `${by(person)} let it reconcile`;
    const timers = timersText(state);
    return {
      blocks: [
        section(`*${who}* (${clockTime(at)}).`),
        section(
          `${timers === '' ? 'Traffic is let in, then both reconciliations run.' : `Traffic is let in. ${timers}`} This *cannot be undone*.`,
        ),
      ],
    };
  },
};

export function letReconcileButton(state: RestoreState): Button {
  const blast = summaryOf(state)?.blast;
  return button({
    actionId: 'let-reconcile',
    label: 'Let it reconcile',
    value: plainValue(state),
    style: 'primary',
    confirm: {
      title: 'Let it reconcile?',
      text: `${blast?.killed ?? 0} tasks are killed and ${blast?.rescheduled ?? 0} started again.${thenTimers(state)} This cannot be undone; going back is a restore of its own afterwards.`,
      confirm: 'Let it reconcile',
    },
  });
}
