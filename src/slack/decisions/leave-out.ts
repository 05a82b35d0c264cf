/** The form that leaves tasks out of what is staged. What its fields offer is in `leave-out-options.ts`. */
import type { Button, InputBlock, ModalView, PlainTextOption } from '@slack/types';
import { printable } from '../../aurora/printable.ts';
import { procedureOf, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { optionIds } from '../action-ids.ts';
import { button, context, section } from '../blocks.ts';
import type { FormCheck } from '../conversation.ts';
import { code, foreign, quote } from '../escape.ts';
import { ofJobsText } from '../messages/rewind-lines.ts';
import { clockTime, count } from '../time.ts';
import { form } from '../views/modal.ts';
import { aboutBlocks } from './about.ts';
import { by, type DecisionForm, type Dialogue, gateValue, type Opened } from './dialogue.ts';
import { fieldNames, readReason, reasonField } from './fields.ts';
import { optionsMax, readChoice, unlivableTasks } from './leave-out-options.ts';

const fields = { jobs: 'jobs', tasks: 'tasks' } as const;

/** Something has to be chosen, in either field. Whether something would be left is judged with the decision. */
const check: FormCheck = ({ chosen, values }) => {
  const chosenHere = [fields.jobs, fields.tasks].flatMap((field) => chosen[field] ?? []);
  if (chosenHere.length === 0) return { [fields.jobs]: 'Choose a job here, or a task below.' };
  const reason = values[fieldNames.reason] ?? '';
  return printable(reason) === '' ? { [fieldNames.reason]: 'One sentence is enough.' } : null;
};

export const leaveOutForm = {
  id: 'leave-out',
  show: showForm,
  read: ({ staged, chosen, values }) => ({
    ...readReason({ values }),
    ...readChoice(staged, { jobs: chosen[fields.jobs] ?? [], tasks: chosen[fields.tasks] ?? [] }),
  }),
  check,
} satisfies DecisionForm<'leave-out'>;

export const leaveOutDialogue: Dialogue<'leave-out'> = {
  decision: 'leave-out',
  buttons: { 'leave-out': { gate: 'commit' } },
  form: leaveOutForm,
  // Who edits is a co-author from then on, and the second line says what that means.
  reply: ({ person, taskIds, jobs = [], reason }, { at }) => ({
    blocks: [
      section(
        `*${by(person)} left ${count(taskIds.length, 'task')} out*${ofJobsText(jobs)} (${clockTime(at)}): ${quote(reason)}`,
      ),
      section(
        'Earlier sign-offs no longer count. The rest is read back, compared and signed again. Whoever leaves tasks out and the requester together count as one signer.',
      ),
    ],
  }),
};

/** None where the procedure takes a backup as it is. */
export function leaveOutButtons(state: RestoreState): Button[] {
  if (!procedureOf(state).leavesOut) return [];
  const hasToGo = summaryOf(state)?.unlivable !== undefined;
  return [
    button({
      actionId: 'leave-out',
      label: 'Leave tasks out…',
      value: gateValue(state, 'commit'),
      ...(hasToGo && { style: 'primary' }),
    }),
  ];
}

/** Whole jobs, single tasks, or both; what is chosen does not come back. */
function showForm({ state, metadata, staged }: Opened): ModalView {
  const summary = summaryOf(state);
  const chosen = unlivableTasks(staged);
  const more = (summary?.unlivable?.tasks ?? 0) - chosen.length;
  const where = summary === undefined ? '' : ` on ${foreign(summary.host, 80)}`;
  return form({
    id: 'leave-out',
    title: 'Leave tasks out',
    submit: 'Leave them out',
    metadata,
    blocks: [
      ...(chosen.length === 0
        ? []
        : [
            section(
              `*The tasks that no scheduler survives are already chosen.*${more > 0 ? ` ${count(more, 'more')} of them: after these, open the form again.` : ''}`,
            ),
          ]),
      section(
        `*What you choose is taken out of what is staged for ${code(state.proposal.cluster)} and does not come back.* What of it runs now is killed by the first reconciliation.`,
      ),
      section(
        `*Earlier sign-offs no longer count.* The rest is read back, compared and signed again. ${authorText(state)}`,
      ),
      ...aboutBlocks(state),
      search({
        name: fields.jobs,
        optionId: optionIds.leaveOutJobs,
        label: 'Whole jobs',
        placeholder: 'Part of role/environment/name',
      }),
      search({
        name: fields.tasks,
        optionId: optionIds.leaveOutTasks,
        label: 'Single tasks',
        placeholder: 'Part of a task id or of its job',
        chosen,
      }),
      reasonField(),
      context(
        `${count(summary?.tasks ?? 0, 'task')} staged${where}; each field offers the first ${optionsMax} that match · digest \`${shortDigest(state.gates.commit?.digest ?? '')}\``,
      ),
    ],
  });
}

function authorText({ proposal }: RestoreState): string {
  return proposal.policy.requesterCounts
    ? 'You become a co-author: you and the requester together count as one signer.'
    : 'You become a co-author: like the requester, you cannot sign it off.';
}

function search(field: {
  name: string;
  optionId: (typeof optionIds)[keyof typeof optionIds];
  label: string;
  placeholder: string;
  /** Beforehand. */
  chosen?: PlainTextOption[];
}): InputBlock {
  const { chosen = [] } = field;
  return {
    type: 'input',
    block_id: field.name,
    optional: true,
    label: { type: 'plain_text', text: field.label },
    element: {
      type: 'multi_external_select',
      action_id: field.optionId,
      placeholder: { type: 'plain_text', text: field.placeholder },
      min_query_length: 0,
      ...(chosen.length > 0 && { initial_options: chosen }),
    },
  };
}
