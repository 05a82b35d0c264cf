/** Which buttons a state offers. They are a convenience: what may be done is judged again when one is pressed. */
import type { Button } from '@slack/types';
import { mayGoBack } from '../../restore/decisions/judgements.ts';
import {
  hasTouchedHosts,
  mayAbort,
  nextItem,
  type RestoreState,
  summaryOf,
} from '../../restore/record/state.ts';
import { judgeGate } from '../../restore/rules/gates.ts';
import { actionIds } from '../action-ids.ts';
import { button } from '../blocks.ts';
import { subjectValue } from '../subject.ts';
import { thenTimers } from './reconciling.ts';

/** What people are waited for now, as the journal has it. */
export type Waiting =
  | 'stop'
  | 'sign-commit'
  | 'commit'
  | 'look'
  | 'go-back'
  | 'paused'
  | 'stuck'
  | 'end'
  | 'nobody';

/** Who is waited for. Judged at the time of the last sign-off: an expiry is an event of its own. */
export function waitingFor(state: RestoreState): Waiting {
  if (state.ended !== null) return 'end';
  if (state.gates['go-back']?.status === 'open' && mayGoBack(state)) return 'go-back';
  // What is stuck stays so: nobody looks again before it is resumed.
  if (state.paused !== null) return 'paused';
  if (state.stuck !== null) return 'stuck';
  const next = nextItem(state);
  if (next?.kind === 'look') return state.look === null ? 'nobody' : 'look';
  if (next?.kind !== 'gate') return 'nobody';
  const gate = state.gates[next.name];
  if (gate?.status !== 'open' || state.commitOrdered !== null) return 'nobody';
  if (next.name === 'stop') return 'stop';
  return isSigned(state) ? 'commit' : 'sign-commit';
}

/** True when the commit gate has its signatures and one of the signers can commit. */
export function isSigned(state: RestoreState): boolean {
  const gate = state.gates.commit;
  if (gate?.status !== 'open') return false;
  const now = Math.max(gate.openedAt, ...gate.signOffs.map((signOff) => signOff.at));
  return judgeGate(gate, { policy: state.proposal.policy, now }).kind === 'satisfied';
}

/** The buttons of the card, and of the reply that asks for the same thing. */
export function buttonsFor(state: RestoreState): Button[] {
  const { restoreId } = state;
  const plain = subjectValue({ restoreId, digest: '' });
  const signed = (gate: 'stop' | 'commit' | 'go-back') =>
    subjectValue({ restoreId, digest: state.gates[gate]?.digest ?? '' });
  const who = (label: string) => button({ actionId: actionIds.whoCanApprove, label, value: plain });
  const abort = mayAbort(state)
    ? [
        button({
          actionId: actionIds.abort,
          label: hasTouchedHosts(state) ? 'Stop here and put everything back…' : 'Stop this restore…',
          value: plain,
          ...(hasTouchedHosts(state) ? { style: 'danger' as const } : {}),
        }),
      ]
    : [];
  const pause = mayPause(state) ? [button({ actionId: actionIds.pause, label: 'Pause…', value: plain })] : [];
  const leaveOutFirst = summaryOf(state)?.unlivable !== undefined;
  const leaveOut =
    state.proposal.procedure === 'staged'
      ? [
          button({
            actionId: actionIds.leaveOut,
            label: 'Leave tasks out…',
            value: signed('commit'),
            ...(leaveOutFirst ? { style: 'primary' as const } : {}),
          }),
        ]
      : [];
  const signOff = leaveOutFirst
    ? []
    : [
        button({
          actionId: actionIds.signOffCommit,
          label: 'Sign off…',
          value: signed('commit'),
          style: 'primary',
        }),
      ];
  const fullPlan = button({ actionId: actionIds.fullPlan, label: 'Full plan', value: plain });
  switch (waitingFor(state)) {
    case 'stop':
      return [
        button({
          actionId: actionIds.approveStop,
          label: 'Approve: stop the schedulers…',
          value: signed('stop'),
          style: 'primary',
        }),
        button({ actionId: actionIds.declineStop, label: 'Decline…', value: signed('stop') }),
        who('Who can approve?'),
        fullPlan,
      ];
    case 'sign-commit':
      return [
        ...signOff,
        ...leaveOut,
        button({ actionId: actionIds.declineCommit, label: 'Decline…', value: signed('commit') }),
        who('Who can sign?'),
        ...pause,
        ...abort,
      ];
    case 'commit':
      return [
        button({ actionId: actionIds.commit, label: 'Commit…', value: signed('commit'), style: 'danger' }),
        ...leaveOut,
        button({ actionId: actionIds.declineCommit, label: 'Decline…', value: signed('commit') }),
        ...pause,
        ...abort,
      ];
    case 'look':
      return [...lookButtons(state, plain), ...pause];
    case 'go-back':
      return [
        button({
          actionId: actionIds.goBack,
          label: 'Sign: go back…',
          value: signed('go-back'),
          style: 'danger',
        }),
        button({ actionId: actionIds.declineGoBack, label: 'Decline…', value: signed('go-back') }),
        who('Who can sign?'),
      ];
    case 'paused':
      return [
        button({ actionId: actionIds.resume, label: 'Resume', value: plain, style: 'primary' }),
        ...wayBack(state, { abort, plain }),
      ];
    case 'stuck':
      return [
        button({
          actionId: actionIds.lookAgain,
          label: 'I have done this: look again',
          value: plain,
          style: 'primary',
        }),
        ...wayOut(wayBack(state, { abort, plain }), plain),
      ];
    case 'end':
      return [
        button({ actionId: actionIds.report, label: 'Report', value: plain }),
        ...(leftOldLogs(state)
          ? [button({ actionId: actionIds.returnToOld, label: 'Back to the old log…', value: plain })]
          : []),
      ];
    case 'nobody':
      return [...pause, ...abort, fullPlan];
  }
}

/** One way back, not two: before the commit it is the abort, and only after it the old state has to be gone back to. */
function wayBack(state: RestoreState, { abort, plain }: { abort: Button[]; plain: string }): Button[] {
  if (abort.length > 0 || !mayGoBack(state)) return abort;
  return [button({ actionId: actionIds.goBack, label: 'Go back to the old state…', value: plain })];
}

/** Where nothing can be put back any more, somebody may have to leave it as it is: a host that is gone for good. */
function wayOut(back: Button[], plain: string): Button[] {
  if (back.length > 0) return back;
  return [button({ actionId: actionIds.abandon, label: 'Leave it as it is…', value: plain })];
}

/** Offered while there is something to hold back: steps that touch hosts, or the time of the second look. */
function mayPause(state: RestoreState): boolean {
  if (state.paused !== null) return false;
  return (mayAbort(state) && hasTouchedHosts(state)) || nextItem(state)?.kind === 'look';
}

/** Completed, and what was before lies on every host. */
function leftOldLogs({ ended, facts }: RestoreState): boolean {
  return ended?.outcome === 'completed' && facts['set-aside-log'] !== undefined;
}

function lookButtons(state: RestoreState, plain: string): Button[] {
  const blast = summaryOf(state)?.blast;
  return [
    button({
      actionId: actionIds.letReconcile,
      label: 'Let it reconcile',
      value: plain,
      style: 'primary',
      confirm: {
        title: 'Let it reconcile?',
        text: `${blast?.killed ?? 0} tasks are killed and ${blast?.rescheduled ?? 0} started again.${thenTimers(state)} This cannot be undone; going back is a restore of its own afterwards.`,
        confirm: 'Let it reconcile',
      },
    }),
    button({ actionId: actionIds.goBack, label: 'Go back to the old state…', value: plain }),
    button({ actionId: actionIds.moreTime, label: 'Give us 30 minutes more', value: plain }),
  ];
}
