import { procedures } from '../../procedures/index.ts';
import { judgeUnlivable } from '../../rules/unlivable.ts';
import { type Check, refuse, warn } from '../finding.ts';

/** Told with all the rest that is wrong; `choose-backup` judges the very file that it decodes, once more. */
export const livableBackup: Check = {
  name: 'backup that schedulers survive',
  code: 'backup-unlivable',
  find: ({ backup, chosen, procedure }) => {
    // What is brought back there is a log; the backup stands only for what an earlier restore restored.
    if (procedures[procedure].source === 'set-aside-log') return [];
    if (!backup.ok)
      return [
        warn(
          `whether a scheduler survives the backup could not be seen: ${backup.error.message}`,
          'The next step reads it again before anybody is asked.',
        ),
      ];
    const { host, name, leaveOut } = chosen;
    const refusal = judgeUnlivable({ host, name, report: backup.value }, { procedure, leaveOut });
    return refusal === null ? [] : [refuse(refusal.message, refusal.hint)];
  },
  passes: ({ chosen, backup }) =>
    backup.ok && backup.value.verdict === 'unlivable' && chosen.leaveOut
      ? 'The tasks that no scheduler survives have to be left out before anybody can sign.'
      : 'Nothing in the backup is known to kill a scheduler that loads it.',
};
