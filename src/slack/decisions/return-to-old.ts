/** After the first reconciliation: a restore of its own, which kills and starts tasks again. Taken like a proposal. */
import type { Button, ModalView } from '@slack/types';
import { leftOldLogs } from '../../restore/decisions/return-to-old.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { button, section } from '../blocks.ts';
import type { Submission } from '../conversation.ts';
import { code } from '../escape.ts';
import { beforeText } from '../messages/procedure.ts';
import { form, typed } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { plainValue } from './dialogue.ts';
import { fieldNames, readReason, reasonField } from './fields.ts';

/** Of its button and of its form. */
export const returnToOldId = 'return-to-old';

export function returnForm(state: RestoreState, metadata: string): ModalView {
  return form({
    id: returnToOldId,
    title: 'Bring a log back',
    submit: 'Show me the plan',
    metadata,
    blocks: [
      section(
        `*You propose to bring back the log of ${code(state.proposal.cluster)} from before ${code(state.restoreId)}.* That takes another restore: the plan shows what it kills and starts again, and it is signed like any other.`,
      ),
      section('This form touches nothing.'),
      ...aboutBlocks(state),
      reasonField(),
      typed({
        name: fieldNames.incident,
        label: 'Incident',
        optional: true,
        placeholder: 'INC-4411',
        initial: state.proposal.incident,
      }),
    ],
  });
}

export function readReturn(filled: Pick<Submission, 'values'>): { reason: string; incident: string } {
  return { ...readReason(filled), incident: filled.values[fieldNames.incident] ?? '' };
}

/** None unless its old logs lie on every host. */
export function returnButtons(state: RestoreState): Button[] {
  return leftOldLogs(state)
    ? [
        button({
          actionId: returnToOldId,
          label: `Back to ${beforeText(state, 'log')}…`,
          value: plainValue(state),
        }),
      ]
    : [];
}
