/** The form that leaves tasks out of what is staged. What its fields offer is in `leave-out-options.ts`. */
import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import type { StagedTask } from '../../restore/looks/staged-tasks.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { optionIds, viewIds } from '../action-ids.ts';
import { context, section } from '../blocks.ts';
import type { FormCheck } from '../conversation.ts';
import { code, foreign } from '../escape.ts';
import { count } from '../time.ts';
import { optionsMax, unlivableTasks } from './leave-out-options.ts';
import { form, typed } from './modal.ts';

export const leaveOutFields = { jobs: 'jobs', tasks: 'tasks', reason: 'reason' } as const;

/** Whole jobs, single tasks, or both; what is chosen does not come back. */
export function leaveOutForm(
  state: RestoreState,
  opened: { metadata: string; staged: readonly StagedTask[] },
): ModalView {
  const summary = summaryOf(state);
  const chosen = unlivableTasks(opened.staged);
  const more = (summary?.unlivable?.tasks ?? 0) - chosen.length;
  const where = summary === undefined ? '' : ` on ${foreign(summary.host, 80)}`;
  return form({
    id: viewIds.leaveOut,
    title: 'Leave tasks out',
    submit: 'Leave them out',
    metadata: opened.metadata,
    blocks: [
      ...(chosen.length === 0
        ? []
        : [
            section(
              `*The tasks that no scheduler can live on are chosen already.*${more > 0 ? ` ${count(more, 'more')} of them: after these, open the form again.` : ''}`,
            ),
          ]),
      section(
        `*What you choose is taken out of what is staged for ${code(state.proposal.cluster)} and does not come back.* What of it runs now is killed by the first reconciliation.`,
      ),
      section(
        `*Sign-offs given so far count no more.* What is left is read back, compared and signed again. ${authorText(state)}`,
      ),
      search({
        name: leaveOutFields.jobs,
        optionId: optionIds.leaveOutJobs,
        label: 'Whole jobs',
        placeholder: 'Part of role/environment/name',
      }),
      search({
        name: leaveOutFields.tasks,
        optionId: optionIds.leaveOutTasks,
        label: 'Single tasks',
        placeholder: 'Part of a task id or of its job',
        chosen,
      }),
      typed({ name: leaveOutFields.reason, label: 'Why? It stands in the record.', multiline: true }),
      context(
        `${count(summary?.tasks ?? 0, 'task')} staged${where}; each field offers the first ${optionsMax} that fit · digest \`${shortDigest(state.gates.commit?.digest ?? '')}\``,
      ),
    ],
  });
}

/** Something has to be chosen, in either field. Whether something would be left is judged by the service. */
export const checkLeaveOut: FormCheck = ({ chosen, values }) => {
  const chosenHere = [leaveOutFields.jobs, leaveOutFields.tasks].flatMap((field) => chosen[field] ?? []);
  if (chosenHere.length === 0) return { [leaveOutFields.jobs]: 'Choose a job here, or a task below.' };
  const reason = values[leaveOutFields.reason] ?? '';
  return reason.trim() === '' ? { [leaveOutFields.reason]: 'One sentence is enough.' } : null;
};

function authorText({ proposal }: RestoreState): string {
  return proposal.policy.requesterCounts
    ? 'You become a co-author: your sign-off and that of the requester fill one place together.'
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
