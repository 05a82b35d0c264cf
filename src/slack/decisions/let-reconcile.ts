import type { Button } from '@slack/types';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { thenTimers, timersText } from '../messages/reconciling.ts';
import { readSignature, signingBlocks, unsignedNote } from '../signing.ts';
import { clockTime } from '../time.ts';
import { form } from '../views/modal.ts';
import { by, type Dialogue, plainValue } from './dialogue.ts';

/** The point after which going back is a restore of its own. */
export const letReconcileDialogue: Dialogue<'let-reconcile'> = {
  decision: 'let-reconcile',
  buttons: { 'let-reconcile': {} },
  form: {
    id: 'let-reconcile',
    isNeeded: isSigned,
    signs: () => 'release',
    show: ({ state, metadata, signing }) =>
      form({
        id: 'let-reconcile',
        title: 'Let it reconcile?',
        submit: 'Let it reconcile',
        metadata,
        blocks: [
          section(`*${code(state.proposal.cluster)} reconciles.* ${costText(state)}`),
          ...signingBlocks(signing),
        ],
      }),
    read: ({ values }) => readSignature(values),
  },
  order: {},
  reply: ({ person, signed }, { at, state }) => {
    const who =
      person === null ? 'The time of the second look is over: it goes on' : `${by(person)} let it reconcile`;
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

/** Then its form asks for the signature, and what it costs is said there. */
function isSigned({ proposal }: RestoreState): boolean {
  return proposal.policy.signatures !== undefined;
}

function costText(state: RestoreState): string {
  const blast = summaryOf(state)?.blast;
  return `${blast?.killed ?? 0} tasks are killed and ${blast?.rescheduled ?? 0} started again.${thenTimers(state)} This cannot be undone; going back is a restore of its own afterwards.`;
}

export function letReconcileButton(state: RestoreState): Button {
  const fields = { actionId: 'let-reconcile', value: plainValue(state), style: 'primary' } as const;
  if (isSigned(state)) return button({ ...fields, label: 'Let it reconcile…' });
  return button({
    ...fields,
    label: 'Let it reconcile',
    confirm: { title: 'Let it reconcile?', text: costText(state), confirm: 'Let it reconcile' },
  });
}
