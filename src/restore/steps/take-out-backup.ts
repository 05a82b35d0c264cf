/** What the restore put into the backup directories goes back to the hold area. */
import type { Step, StepContext } from '../step.ts';

export const undoTakeOutBackup: Step<'undo-take-out-backup'> = {
  name: 'undo-take-out-backup',
  title: 'Take out what was placed',
  scope: 'all',
  does: 'what the restore has put into a backup directory is taken out.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: async (context) => {
    const { name, sha256 } = context.state().proposal.backup;
    const hosts = await context.onEachHost(async (agent) => {
      if (!wasPlaced(context, agent.host)) return [];
      const done = await context.operate(agent.host, 'take-out-backup', { name, sha256 });
      return done.changed ? [done.host] : [];
    });
    return { hosts: hosts.flat() };
  },
};

function wasPlaced(context: StepContext, host: string): boolean {
  return [...context.state().operations.values()].some(
    (operation) => operation.kind === 'place-backup' && operation.host === host,
  );
}
