/** Steps 6 and 18, and the first of an undo: every scheduler really down. Whoever starts one again waits for the log group. */

import type { Step } from '../step.ts';
import { stopAll } from './shared/stop-all.ts';

export const stopSchedulers: Step<'stop-schedulers'> = { name: 'stop-schedulers', run: stopAll };

export const stopRecoverySchedulers: Step<'stop-recovery-schedulers'> = {
  name: 'stop-recovery-schedulers',
  run: stopAll,
};

export const undoStopSchedulers: Step<'undo-stop-schedulers'> = {
  name: 'undo-stop-schedulers',
  run: stopAll,
};
