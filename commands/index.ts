/** Which name goes where. A command is a conversation: it reads what was typed, asks a service, renders the answer. */
import { AuroraError } from '../src/aurora/errors.ts';
import { actionIds, optionIds, shortcutIds, viewIds } from '../src/slack/action-ids.ts';
import type { Listeners, Press, TypedCommand } from '../src/slack/conversation.ts';
import { returnToOldId } from '../src/slack/decisions/return-to-old.ts';
import { errandFormId } from '../src/slack/views/approve-errand.ts';
import { checkSnooze } from '../src/slack/views/snooze.ts';
import { pressApprove, submitApproval } from './approve-errand.ts';
import { pressAskAbort } from './ask-abort.ts';
import { backups } from './backups.ts';
import { backupsDiff } from './backups-diff.ts';
import { backupsHold, backupsNow, backupsRelease, pressHold } from './backups-errands.ts';
import { backupsHistory } from './backups-history.ts';
import { backupsShow } from './backups-show.ts';
import { listenToDecisions } from './decisions.ts';
import type { CommandDeps } from './deps.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { home } from './home.ts';
import { leader } from './leader.ts';
import { searchJobs, searchTasks } from './leave-out.ts';
import { pressTickOff, submitTickOff } from './left-work.ts';
import { mention } from './mention.ts';
import { type BackupVerb, parseCommand } from './parse.ts';
import { pressFullPlan, pressReport, pressWho } from './presses.ts';
import { checkProposal, propose } from './propose.ts';
import { restore, switchCluster } from './restore.ts';
import { checkReturn, pressReturn, submitReturn } from './return-to-old.ts';
import { pressSnooze, submitSnooze } from './snooze.ts';
import { status } from './status.ts';
import { heardInThread, markImportant } from './thread.ts';
import { tooManyWords } from './too-many-words.ts';
import { restoreWho } from './who.ts';
import { answerWish } from './wish.ts';

/** Everything people can do, over the services they ask. */
export function createListeners(deps: CommandDeps): Listeners {
  const decisions = listenToDecisions(deps);
  /** What a menu can hold. */
  const chosen: Listeners['presses'] = {
    ...decisions.presses,
    [actionIds.whoCanApprove]: (press) => pressWho(deps, press),
    [actionIds.fullPlan]: (press) => pressFullPlan(deps, press),
  };
  return {
    commands: { '/aurora': (typed) => command(deps, typed) },
    presses: {
      ...chosen,
      [actionIds.more]: (press) => choose(chosen, press),
      [actionIds.askAbort]: (press) => pressAskAbort(deps, press),
      [actionIds.report]: (press) => pressReport(deps, press),
      [actionIds.startRestore]: (press) => restore(deps, { conversation: press, cluster: press.value }),
      [actionIds.showAllBackups]: (press) => listAgain(deps, press, ['all']),
      [actionIds.lookAtBackupsAgain]: (press) => listAgain(deps, press, []),
      [actionIds.holdBackup]: (press) => pressHold(deps, press),
      [actionIds.approveRelease]: (press) => pressApprove(deps, press, 'release'),
      [actionIds.approveBackupNow]: (press) => pressApprove(deps, press, 'now'),
      [actionIds.chooseCluster]: (press) => switchCluster(deps, press),
      [actionIds.openSignPage]: () => Promise.resolve(),
      [actionIds.snoozeAlarm]: (press) => pressSnooze(deps, press),
      [actionIds.tickOff]: (press) => pressTickOff(deps, press),
      [returnToOldId]: (press) => pressReturn(deps, press),
    },
    submissions: {
      ...decisions.submissions,
      [returnToOldId]: (submission) => submitReturn(deps, submission),
      [viewIds.snoozeAlarm]: (submission) => submitSnooze(deps, submission),
      [errandFormId]: (submission) => submitApproval(deps, submission),
      [viewIds.tickOff]: (submission) => submitTickOff(deps, submission),
      [viewIds.proposeRestore]: (submission) => propose(deps, submission),
    },
    searches: {
      [optionIds.leaveOutJobs]: (search) => searchJobs(deps, search),
      [optionIds.leaveOutTasks]: (search) => searchTasks(deps, search),
    },
    formChecks: {
      ...decisions.formChecks,
      [viewIds.proposeRestore]: checkProposal(deps),
      [returnToOldId]: checkReturn(deps),
      [viewIds.snoozeAlarm]: checkSnooze,
    },
    mention: (said) => mention(deps, said),
    home: (opened) => home(deps, opened),
    shortcuts: { [shortcutIds.markImportant]: (used) => markImportant(deps, used) },
    thread: (news) => heardInThread(deps, news),
  };
}

/** A choice in a menu is the press of the button that it stands for. */
async function choose(presses: Listeners['presses'], press: Press): Promise<void> {
  const [actionId = '', ...value] = press.value.split(' ');
  const handle = Object.hasOwn(presses, actionId) ? presses[actionId] : undefined;
  if (handle === undefined) throw unknownChoice;
  await handle({ ...press, actionId, value: value.join(' ') });
}

const unknownChoice = new AuroraError({
  code: 'unknown-choice',
  message: 'This bot does not recognise that choice; nothing was done.',
  hint: 'Open the menu of the newest card again: `/aurora status` links to it.',
});

async function command(deps: CommandDeps, typed: TypedCommand): Promise<void> {
  const parsed = parseCommand(typed.text);
  if (parsed.kind === 'unknown') return await help(typed, parsed);
  if (parsed.kind === 'wish') return await answerWish(deps, { conversation: typed, ...parsed });
  if (parsed.kind === 'too-many') throw tooManyWords(parsed);
  if (parsed.kind === 'backups') return await backupVerb(deps, typed, parsed);
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
    case 'history':
      return await history(deps, { conversation: typed, cluster });
  }
}

async function backupVerb(
  deps: CommandDeps,
  typed: TypedCommand,
  { verb, words }: { verb: BackupVerb; words: readonly string[] },
): Promise<void> {
  const call = { conversation: typed, words };
  switch (verb) {
    case 'show':
      return await backupsShow(deps, call);
    case 'diff':
      return await backupsDiff(deps, call);
    case 'hold':
      return await backupsHold(deps, call);
    case 'release':
      return await backupsRelease(deps, call);
    case 'now':
      return await backupsNow(deps, call);
    case 'history':
      return await backupsHistory(deps, call);
  }
}

async function listAgain(deps: CommandDeps, press: Press, flags: readonly string[]): Promise<void> {
  await backups(deps, { conversation: press, cluster: press.value, flags: new Set(flags) });
}
