/** The forms behind the buttons: a reason, a note, the name of the cluster. They decide nothing themselves. */
import type { ModalView } from '@slack/types';
import type { GateName } from '../../restore/record/events.ts';
import { hasTouchedHosts, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { viewIds } from '../action-ids.ts';
import { context, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { warningLines } from '../messages/card.ts';
import { restoredText } from '../messages/procedure.ts';
import { form, typed } from './modal.ts';

export const fieldNames = {
  reason: 'reason',
  incident: 'incident',
  comment: 'comment',
  cluster: 'cluster',
} as const;

/** Approve the stop, or sign off the commit. */
export function approveForm(state: RestoreState, gate: 'stop' | 'commit', metadata: string): ModalView {
  const cluster = code(state.proposal.cluster);
  return form({
    id: viewIds.approve,
    title: gate === 'stop' ? 'Approve the stop' : 'Sign off',
    submit: gate === 'stop' ? 'Approve' : 'Sign off',
    metadata,
    blocks: [
      ...warningLines(state).map(section),
      section(
        gate === 'stop'
          ? `*You approve stopping the schedulers of ${cluster}.* Tasks keep running; all of it can be put back until the commit.`
          : `*You sign what is staged for ${cluster}: ${effects(state)}.* Committing it *cannot be undone* by stopping. Your signature alone commits nothing.`,
      ),
      typed({
        name: fieldNames.comment,
        label: 'A note for the record',
        optional: true,
        placeholder: 'checked with ads, go',
      }),
      context(`Digest \`${shortDigest(state.gates[gate]?.digest ?? '')}\``),
    ],
  });
}

export function declineForm(gate: GateName, metadata: string): ModalView {
  const then = {
    stop: 'The restore ends here; no host was touched.',
    commit: 'Nothing is committed, and everything is put back.',
    'go-back': 'The second look goes on as before.',
  }[gate];
  return form({
    id: viewIds.decline,
    title: 'Decline',
    submit: 'Decline',
    metadata,
    blocks: [
      section(`*One decline ends it.* ${then}`),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
    ],
  });
}

/** The last form before the point of no return: the name of the cluster is typed. */
export function commitForm(state: RestoreState, metadata: string): ModalView {
  const cluster = code(state.proposal.cluster);
  return form({
    id: viewIds.commit,
    title: 'Commit',
    submit: 'Commit',
    metadata,
    blocks: [
      section(`*The storage of ${cluster} is replaced by ${restoredText(state)}: ${effects(state)}.*`),
      section('This *cannot be undone* by stopping. At the second look the old logs can still be put back.'),
      typed({ name: fieldNames.cluster, label: 'Type the name of the cluster', max: 100 }),
      context(`Digest \`${shortDigest(state.gates.commit?.digest ?? '')}\``),
    ],
  });
}

export function abortForm(state: RestoreState, metadata: string): ModalView {
  return form({
    id: viewIds.abort,
    title: 'Stop this restore',
    submit: 'Stop it',
    metadata,
    blocks: [
      section(
        hasTouchedHosts(state)
          ? '*The restore stops and everything is put back:* the old logs, flags and traffic, on all hosts.'
          : '*The restore stops.* No host was touched.',
      ),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
    ],
  });
}

/** Nothing new begins afterwards; nobody is asked to confirm more than the reason. */
export function pauseForm(state: RestoreState, metadata: string): ModalView {
  const clock =
    state.look === null
      ? 'The times of open gates go on.'
      : 'The time of the second look stands still meanwhile.';
  return form({
    id: viewIds.pause,
    title: 'Pause',
    submit: 'Pause',
    metadata,
    blocks: [
      section(
        `*Nothing new begins until an approver of ${code(state.proposal.cluster)} resumes it.* What is under way comes to its end. ${clock}`,
      ),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
    ],
  });
}

/** For what cannot be mended: the cluster's name is typed, because nothing is put back. */
export function abandonForm(state: RestoreState, metadata: string): ModalView {
  const cluster = code(state.proposal.cluster);
  return form({
    id: viewIds.abandon,
    title: 'Leave it as it is',
    submit: 'End the restore',
    metadata,
    blocks: [
      section(
        `*The restore of ${cluster} ends, and nothing is put back.* Hosts stay as they are now: stopped, isolated or with other flags; what was set aside stays aside. It is for a host that is gone for good.`,
      ),
      section('If it can be mended, mend it and press "I have done this: look again" instead.'),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
      typed({ name: fieldNames.cluster, label: 'Type the name of the cluster', max: 100 }),
    ],
  });
}

export function goBackForm(state: RestoreState, metadata: string): ModalView {
  const needed = state.gates['go-back']?.needed ?? state.proposal.policy.commitSigners;
  return form({
    id: viewIds.goBack,
    title: 'Go back',
    submit: 'Sign: go back',
    metadata,
    blocks: [
      section(
        `*You sign going back to the old state of ${code(state.proposal.cluster)}.* The old logs return on all hosts; what was committed is left.${state.look?.unclean === true ? ' *It is not clean any more:* something else has reconciled, and going back kills and starts tasks.' : ''} It needs ${needed} people.`,
      ),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
    ],
  });
}

/** After the first reconciliation: a restore of its own, which kills and starts tasks again. */
export function returnForm(state: RestoreState, metadata: string): ModalView {
  const { cluster } = state.proposal;
  return form({
    id: viewIds.returnToOld,
    title: 'Back to the old log',
    submit: 'Show me the plan',
    metadata,
    blocks: [
      section(
        `*You propose to bring back the log of ${code(cluster)} from before ${code(state.restoreId)}.* That is a restore of its own: the plan shows what it kills and starts again, and it is signed like any other.`,
      ),
      section('Nothing is touched by this form.'),
      typed({ name: fieldNames.reason, label: 'Why? It stands in the record.', multiline: true }),
      typed({ name: fieldNames.incident, label: 'Incident', optional: true, placeholder: 'INC-4411' }),
    ],
  });
}

function effects(state: RestoreState): string {
  const blast = summaryOf(state)?.blast ?? state.facts.preview?.blast;
  return blast === undefined
    ? 'see the thread'
    : `${blast.killed} killed, ${blast.rescheduled} started again, ${blast.kept} kept`;
}
