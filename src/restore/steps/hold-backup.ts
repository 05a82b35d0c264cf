/** A copy out of rotation's reach, before anything else is asked of anybody. */
import type { Step } from '../step.ts';

export const holdBackup: Step<'hold-backup'> = {
  name: 'hold-backup',
  title: 'Hold the backup',
  scope: 'source',
  does: 'a copy that rotation cannot remove.',
  touches: false,
  run: async (context) => {
    const { host, name, sha256 } = context.state().proposal.backup;
    const held = await context.operate(host, 'hold-backup', { name, sha256 });
    return { path: held.evidence.path };
  },
};
