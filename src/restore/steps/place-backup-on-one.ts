/** The held file where the scheduler's account can read it, on the host that is refilled. */
import { shareOutLogs } from '../rules/quorum.ts';
import type { Step } from '../step.ts';

export const placeBackupOnOne: Step<'place-backup-on-one'> = {
  name: 'place-backup-on-one',
  title: 'Place the backup on one host',
  scope: 'source',
  does: 'the held copy where the tool reads it, hash verified.',
  touches: true,
  undo: 'undo-take-out-backup',
  run: async (context) => {
    const { name, sha256 } = context.state().proposal.backup;
    const { refilled } = shareOutLogs(context.state());
    const { host, evidence } = await context.operate(refilled, 'place-backup', { name, sha256 });
    return { host, path: evidence.path, replaced: evidence.replaced !== null };
  },
};
