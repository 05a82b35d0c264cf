/** The hosts without a log of their own copy it from the others and vote from then on. */
import { shareOutLogs } from '../rules/quorum.ts';
import type { Step } from '../step.ts';
import { requireModeFlags } from './shared/recovery-flags.ts';
import { startAndSee } from './shared/start-and-see.ts';

export const startRemaining: Step<'start-remaining'> = {
  name: 'start-remaining',
  title: 'Start the other schedulers',
  scope: 'cluster',
  does: 'they copy the log before they vote.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { empty } = shareOutLogs(context.state());
    await requireModeFlags(context);
    await startAndSee(context, empty);
    return { hosts: empty };
  },
};
