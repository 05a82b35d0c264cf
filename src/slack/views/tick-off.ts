/** The form in which somebody says that work which a restore left is done. */
import type { InputBlock, ModalView } from '@slack/types';
import { openWorkOf } from '../../restore/record/left-work.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { type WorkName, workName, workWords } from '../../restore/record/work-done.ts';
import { viewIds } from '../action-ids.ts';
import { section } from '../blocks.ts';
import type { Submission } from '../conversation.ts';
import { code, foreign, plain } from '../escape.ts';
import { form } from './modal.ts';

const field = 'work';

export function tickOffForm(state: RestoreState, metadata: string): ModalView {
  const open = openWorkOf(state);
  const options = open.map(({ name }) => ({
    text: { type: 'plain_text' as const, text: plain(`Somebody ${workWords[name]}`, 75) },
    value: name,
  }));
  const choice: InputBlock = {
    type: 'input',
    block_id: field,
    label: { type: 'plain_text', text: 'What is done?' },
    element: { type: 'checkboxes', action_id: field, options },
  };
  return form({
    id: viewIds.tickOff,
    title: 'Tick off',
    submit: 'Tick off',
    metadata,
    blocks: [
      section(`*What ${state.restoreId} left to do at ${code(state.proposal.cluster)}:*`),
      ...open.map(({ text }) => section(foreign(text, 900))),
      ...(options.length === 0 ? [section('Nothing is left to do.')] : [choice]),
      section('Your name goes into the record beside it. It cannot be taken back.'),
    ],
  });
}

export function readTickOff({ chosen }: Pick<Submission, 'chosen'>): readonly WorkName[] {
  return (chosen[field] ?? []).flatMap((value) => workName.safeParse(value).data ?? []);
}
