/** Which buttons a state offers. They are a convenience: what may be done is judged again when one is pressed. */
import type { Button, Overflow } from '@slack/types';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { actionIds } from '../action-ids.ts';
import { button, menu } from '../blocks.ts';
import { abandonButton } from '../decisions/abandon.ts';
import { abortButtons } from '../decisions/abort.ts';
import { commitButton } from '../decisions/commit.ts';
import { declineButton } from '../decisions/decline.ts';
import { plainValue } from '../decisions/dialogue.ts';
import { goBackButtons, signGoBackButton } from '../decisions/go-back.ts';
import { leaveOutButtons } from '../decisions/leave-out.ts';
import { letReconcileButton } from '../decisions/let-reconcile.ts';
import { lookAgainButton } from '../decisions/look-again.ts';
import { moreTimeButton } from '../decisions/more-time.ts';
import { openTrafficButtons } from '../decisions/open-traffic.ts';
import { pauseButtons } from '../decisions/pause.ts';
import { resumeButton } from '../decisions/resume.ts';
import { returnButtons } from '../decisions/return-to-old.ts';
import { approveStopButton, signOffCommitButton } from '../decisions/sign-off.ts';
import { waitingFor } from './waiting.ts';

/** The buttons of the card: four at most, one of them red at most, and a menu for what is wanted seldom. */
export function buttonsFor(state: RestoreState): (Button | Overflow)[] {
  const value = plainValue(state);
  const who = (label: string) => button({ actionId: actionIds.whoCanApprove, label, value });
  const fullPlan = button({ actionId: actionIds.fullPlan, label: 'Full plan', value });
  const more = (...seldom: Button[]) => menu(actionIds.more, [...seldom, fullPlan]);
  switch (waitingFor(state)) {
    case 'stop':
      return [approveStopButton(state), declineButton(state, 'stop'), who('Who can approve?'), fullPlan];
    case 'sign-commit':
      return [
        // Nobody can sign what no scheduler survives.
        ...(summaryOf(state)?.unlivable === undefined ? [signOffCommitButton(state)] : []),
        ...leaveOutButtons(state),
        declineButton(state, 'commit'),
        ...abortButtons(state),
        more(who('Who can sign?'), ...pauseButtons(state)),
      ];
    case 'commit':
      return [
        commitButton(state),
        ...leaveOutButtons(state),
        declineButton(state, 'commit'),
        ...abortButtons(state).map(inCalm),
        more(who('Who signed?'), ...pauseButtons(state)),
      ];
    case 'look':
      return [
        letReconcileButton(state),
        ...goBackButtons(state),
        moreTimeButton(state),
        ...pauseButtons(state),
        more(...openTrafficButtons(state), who('Who can decide?')),
      ];
    case 'go-back':
      return [signGoBackButton(state), declineButton(state, 'go-back'), who('Who can sign?'), fullPlan];
    case 'paused':
      return [resumeButton(state), ...wayBack(state), fullPlan];
    case 'stuck':
      return [lookAgainButton(state), ...wayOut(state), fullPlan];
    case 'end':
      return [button({ actionId: actionIds.report, label: 'Report', value }), ...returnButtons(state)];
    case 'nobody':
      return [...pauseButtons(state), ...abortButtons(state), fullPlan];
  }
}

/** Beside a red button that does the opposite. */
function inCalm({ style: _red, ...button }: Button): Button {
  return button;
}

/** One way back, not two: before the commit it is the abort, and only after it the old state has to be gone back to. */
function wayBack(state: RestoreState): Button[] {
  const abort = abortButtons(state);
  return abort.length > 0 ? abort : goBackButtons(state);
}

/** Where nothing can be put back any more, somebody may have to leave it as it is: a host that is gone for good. */
function wayOut(state: RestoreState): Button[] {
  const back = wayBack(state);
  return back.length > 0 ? back : [abandonButton(state)];
}
