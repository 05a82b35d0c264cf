/** How old a backup is, in the words of every message: from its own time and the clock of whoever reads it. */
import { judgeBackupTime, liesAhead } from '../../aurora/backup-time.ts';
import { durationText } from '../time.ts';

/** `14 min old`, `2 h ahead of our clock`; never a mark-up character. */
export function ageText(contentAtMs: number | null, now: number): string {
  const time = judgeBackupTime(contentAtMs, now);
  switch (time.kind) {
    case 'known':
      return oldText(time.ageMs);
    case 'ahead':
      return oldText(-time.byMs);
    case 'impossible':
      return 'a date before Aurora existed';
    case 'none':
      return 'no timestamp';
  }
}

/** The same of an age that was worked out before; negative when the time lay in the future. */
export function oldText(ageMs: number): string {
  return liesAhead(ageMs) ? `${durationText(-ageMs)} ahead of our clock` : `${durationText(ageMs)} old`;
}

/** Why the age of a backup is not known, and what to do about it; empty when it is. */
export function doubtText(contentAtMs: number | null, now: number): string {
  switch (judgeBackupTime(contentAtMs, now).kind) {
    case 'ahead':
      return "*Its age is unknown*: the clocks disagree. Compare the clock of its host with the bot's; it needs one more signer, as an old backup does.";
    case 'impossible':
      return '*Its age is unknown*: the clock was wrong when it was written. It needs one more signer, as an old backup does.';
    default:
      return '';
  }
}
