import { judgeBackupTime } from '../../../aurora/backup-time.ts';
import { procedures } from '../../procedures/index.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import { timeText } from '../words.ts';

/** A scheduler wrote it by the clock of its host; what is older or newer is judged by that time alone. */
export const backupTime: Check = {
  name: 'time of the backup',
  code: 'backup-without-identity',
  find: ({ backup, procedure, now }): Finding[] => {
    // What cannot be read, or is broken, is told by the check of what is in it.
    if (procedures[procedure].source === 'set-aside-log' || !backup.ok || backup.value.verdict === 'broken')
      return [];
    const time = judgeBackupTime(backup.value.timestampMs, now);
    switch (time.kind) {
      case 'known':
        return [];
      case 'ahead':
        return [
          warn(
            `The timestamp of the backup is ${timeText(time.byMs)} ahead of the bot's clock: the clocks disagree, and its age is unknown.`,
            'Compare the clock of the host that wrote it with the bot’s, and with `date` on another machine. It needs one more signer, as an old backup does.',
          ),
        ];
      case 'impossible':
        return [
          warn(
            'The timestamp of the backup is from before Aurora existed: the clock was wrong when it was written, and its age is unknown.',
            'Use its tasks to find out when it was written. It needs one more signer, as an old backup does.',
          ),
        ];
      case 'none':
        return [refuse('The backup has no timestamp.', 'Choose another backup.')];
    }
  },
  passes: ({ backup, now }) => {
    const time = backup.ok ? judgeBackupTime(backup.value.timestampMs, now) : null;
    return time?.kind === 'known'
      ? `The backup is ${timeText(time.ageMs)} old by the bot's clock.`
      : 'It is judged where the backup is read.';
  },
};
