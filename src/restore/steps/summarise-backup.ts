/**
 * Nothing is staged off-line, so what is signed at the commit gate is the digest of the placed
 * file, decoded once more where the tool will read it.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { unlivablePlaced } from '../rules/refusals.ts';
import { watchTasks } from '../rules/unlivable.ts';
import type { Step } from '../step.ts';
import { confirmPlaced } from './shared/placed-backup.ts';
import { summarise } from './shared/summary.ts';

export const summariseBackup: Step<'summarise-backup'> = {
  name: 'summarise-backup',
  title: 'Compare the placed backup',
  scope: 'source',
  does: 'decoded again; what is signed is this content.',
  touches: false,
  run: async (context) => {
    const { stagedSetDigest } = context.factsOf('choose-backup');
    const host = await confirmPlaced(context, stagedSetDigest);
    const { name } = context.state().proposal.backup;
    const watched = await context.readTasks(host, name, watchTasks);
    const summary = await summarise(context, { host, ...watched, stagedSetDigest });
    // Nothing can be left out of what the tool takes, so it is not even shown for a signature.
    if (summary.unlivable !== undefined) throw new AuroraError(unlivablePlaced(host, summary.unlivable));
    return summary;
  },
};
