/** Back to the log that an ended restore set aside, after its first reconciliation: a restore of its own, with its own cost. */
import type { RestoreState } from '../record/state.ts';
import type { Refusal } from '../rules/gates.ts';

/** Why the old log of this restore cannot be brought back; `null` when it can be looked for. */
export function judgeReturn(earlier: RestoreState): Refusal | null {
  const { restoreId, ended } = earlier;
  if (ended === null) {
    return {
      code: 'restore-open',
      message: `${restoreId} has not ended yet.`,
      hint: 'Until its first reconciliation its own card offers the way back; afterwards wait for its end, then go back from there.',
    };
  }
  if (leftOldLogs(earlier)) return null;
  return {
    code: 'nothing-set-aside',
    message: `${restoreId} set no log aside that can be brought back: it was not completed.`,
    hint: '`/aurora status` lists those that were.',
  };
}

/** Completed, and what was before lies on every host. */
export function leftOldLogs({ ended, facts }: RestoreState): boolean {
  return ended?.outcome === 'completed' && facts['set-aside-log'] !== undefined;
}
