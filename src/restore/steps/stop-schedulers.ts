/** Every scheduler really down. Whoever starts one again waits for the log group. */

import type { StepFacts } from '../record/facts.ts';
import type { Step } from '../step.ts';
import { stopAll } from './shared/stop-all.ts';

export const stopSchedulers: Step<'stop-schedulers'> = {
  name: 'stop-schedulers',
  title: 'Stop schedulers',
  scope: 'all',
  does: 'unit stopped, process gone, ports and lock free, log group in ZooKeeper empty.',
  touches: true,
  undo: 'undo-start-schedulers',
  note: killedText,
  run: stopAll,
};

export const stopRecoverySchedulers: Step<'stop-recovery-schedulers'> = {
  name: 'stop-recovery-schedulers',
  title: 'Stop schedulers',
  scope: 'all',
  does: 'as above.',
  touches: true,
  undo: 'undo-start-schedulers',
  note: killedText,
  run: stopAll,
};

export const undoStopSchedulers: Step<'undo-stop-schedulers'> = {
  name: 'undo-stop-schedulers',
  title: 'Stop schedulers',
  scope: 'all',
  does: 'every scheduler really down; traffic that was let in for a look is shut first.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  note: killedText,
  run: async (context) => {
    // Also when letting it in had only begun: what is blocked already stays so.
    if (context.state().runs['open-traffic'] !== undefined) await context.operateOnAll('block-traffic', {});
    return await stopAll(context);
  },
};

function killedText({ killed }: StepFacts['stop-schedulers']): string {
  return killed.length === 0 ? '' : `${killed.join(', ')} needed a kill`;
}
