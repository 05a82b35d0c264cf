/** Which name goes where. A command is a conversation: it reads what was typed, asks a service, renders the answer. */
import { actionIds, optionIds, viewIds } from '../src/slack/action-ids.ts';
import type { Listeners, Press, TypedCommand } from '../src/slack/conversation.ts';
import { checkLeaveOut } from '../src/slack/views/leave-out.ts';
import { checkPropose } from '../src/slack/views/propose.ts';
import { backups } from './backups.ts';
import type { CommandDeps } from './deps.ts';
import { help } from './help.ts';
import { leader } from './leader.ts';
import { pressLeaveOut, searchJobs, searchTasks, submitLeaveOut } from './leave-out.ts';
import { mention } from './mention.ts';
import { parseCommand } from './parse.ts';
import {
  pressAbandon,
  pressAbort,
  pressApprove,
  pressCommit,
  pressDecline,
  pressFullPlan,
  pressGoBack,
  pressLetReconcile,
  pressLookAgain,
  pressMoreTime,
  pressPause,
  pressReport,
  pressResume,
  pressReturn,
  pressWho,
} from './presses.ts';
import { propose, restore, switchCluster } from './restore.ts';
import { status } from './status.ts';
import {
  submitAbandon,
  submitAbort,
  submitApprove,
  submitCommit,
  submitDecline,
  submitGoBack,
  submitPause,
  submitReturn,
} from './submissions.ts';
import { tooManyWords } from './too-many-words.ts';
import { restoreWho } from './who.ts';

/** Everything people can do, over the services they ask. */
export function createListeners(deps: CommandDeps): Listeners {
  return {
    commands: { '/aurora': (typed) => command(deps, typed) },
    presses: {
      [actionIds.approveStop]: (press) => pressApprove(deps, press, 'stop'),
      [actionIds.declineStop]: (press) => pressDecline(deps, press, 'stop'),
      [actionIds.whoCanApprove]: (press) => pressWho(deps, press),
      [actionIds.fullPlan]: (press) => pressFullPlan(deps, press),
      [actionIds.signOffCommit]: (press) => pressApprove(deps, press, 'commit'),
      [actionIds.declineCommit]: (press) => pressDecline(deps, press, 'commit'),
      [actionIds.commit]: (press) => pressCommit(deps, press),
      [actionIds.leaveOut]: (press) => pressLeaveOut(deps, press),
      [actionIds.abort]: (press) => pressAbort(deps, press),
      [actionIds.pause]: (press) => pressPause(deps, press),
      [actionIds.abandon]: (press) => pressAbandon(deps, press),
      [actionIds.resume]: (press) => pressResume(deps, press),
      [actionIds.letReconcile]: (press) => pressLetReconcile(deps, press),
      [actionIds.goBack]: (press) => pressGoBack(deps, press),
      [actionIds.returnToOld]: (press) => pressReturn(deps, press),
      [actionIds.declineGoBack]: (press) => pressDecline(deps, press, 'go-back'),
      [actionIds.moreTime]: (press) => pressMoreTime(deps, press),
      [actionIds.lookAgain]: (press) => pressLookAgain(deps, press),
      [actionIds.report]: (press) => pressReport(deps, press),
      [actionIds.startRestore]: (press) => restore(deps, { conversation: press, cluster: press.value }),
      [actionIds.showAllBackups]: (press) => showAll(deps, press),
      [actionIds.chooseCluster]: (press) =>
        switchCluster(deps, {
          conversation: press,
          cluster: press.value,
          metadata: press.inModal?.metadata ?? '',
        }),
    },
    submissions: {
      [viewIds.approve]: (submission) => submitApprove(deps, submission),
      [viewIds.decline]: (submission) => submitDecline(deps, submission),
      [viewIds.commit]: (submission) => submitCommit(deps, submission),
      [viewIds.leaveOut]: (submission) => submitLeaveOut(deps, submission),
      [viewIds.abort]: (submission) => submitAbort(deps, submission),
      [viewIds.pause]: (submission) => submitPause(deps, submission),
      [viewIds.abandon]: (submission) => submitAbandon(deps, submission),
      [viewIds.goBack]: (submission) => submitGoBack(deps, submission),
      [viewIds.returnToOld]: (submission) => submitReturn(deps, submission),
      [viewIds.proposeRestore]: (submission) => propose(deps, submission),
    },
    searches: {
      [optionIds.leaveOutJobs]: (search) => searchJobs(deps, search),
      [optionIds.leaveOutTasks]: (search) => searchTasks(deps, search),
    },
    formChecks: { [viewIds.leaveOut]: checkLeaveOut, [viewIds.proposeRestore]: checkPropose },
    mention: (said) => mention(deps, said),
  };
}

async function command(deps: CommandDeps, typed: TypedCommand): Promise<void> {
  const parsed = parseCommand(typed.text);
  if (parsed.kind === 'unknown') return await help(typed, parsed);
  if (parsed.kind === 'too-many') throw tooManyWords(parsed);
  const { cluster, flags } = parsed;
  switch (parsed.name) {
    case 'help':
      return await help(typed, null);
    case 'leader':
      return await leader(deps, { conversation: typed, cluster, flags });
    case 'backups':
      return await backups(deps, { conversation: typed, cluster, flags });
    case 'restore':
      return flags.has('who')
        ? await restoreWho(deps, { conversation: typed, named: cluster })
        : await restore(deps, { conversation: typed, cluster });
    case 'status':
      return await status(deps, { conversation: typed, cluster });
  }
}

async function showAll(deps: CommandDeps, press: Press): Promise<void> {
  await backups(deps, { conversation: press, cluster: press.value, flags: new Set(['all']) });
}
