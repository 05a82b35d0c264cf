/**
 * The refilled host first, seen in the log group, and then exactly the other voters. Blank ones
 * that met without it would elect an empty log for good (aurora.md 14 I).
 */
import { shareOutLogs } from '../rules/quorum.ts';
import type { Step } from '../step.ts';
import { requireModeFlags } from './shared/recovery-flags.ts';
import { startAndSee } from './shared/start-and-see.ts';
import { waitUntilAllGone } from './shared/stop-all.ts';

export const startQuorum: Step<'start-quorum'> = {
  name: 'start-quorum',
  title: 'Start the refilled host, then a quorum',
  scope: 'cluster',
  does: 'the refilled host is seen in the log group before any blank one starts.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { refilled, voters } = shareOutLogs(context.state());
    await waitUntilAllGone(context);
    await requireModeFlags(context);
    await startAndSee(context, [refilled]);
    await startAndSee(
      context,
      voters.filter((host) => host !== refilled),
    );
    return { hosts: voters };
  },
};
