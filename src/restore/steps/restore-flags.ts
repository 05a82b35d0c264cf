/** Also an undo: the original flag files, byte for byte. */
import { AuroraError } from '../../aurora/errors.ts';
import type { Step, StepContext } from '../step.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const restoreFlags: Step<'restore-flags'> = {
  name: 'restore-flags',
  title: 'Own flags back',
  scope: 'all',
  does: 'the original flag files, byte for byte.',
  touches: true,
  undo: 'undo-restore-flags',
  run: restoreAll,
};

export const undoRestoreFlags: Step<'undo-restore-flags'> = {
  name: 'undo-restore-flags',
  title: 'Original flags back',
  scope: 'all',
  does: 'the original flag files, byte for byte.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: restoreAll,
};

async function restoreAll(context: StepContext): Promise<{ hosts: readonly string[] }> {
  await assertAllStopped(context);
  return { hosts: await restoreFlagFiles(context) };
}

/** Puts the files back and compares them with what `check-hosts` saw. */
export async function restoreFlagFiles(context: StepContext): Promise<readonly string[]> {
  const before = new Map(context.factsOf('check-hosts').hosts.map((host) => [host.host, host.flagsSha256]));
  const restored = await context.operateOnAll('restore-flags', {});
  for (const { host, evidence } of restored) {
    if (evidence.sha256 !== before.get(host)) {
      throw new AuroraError({
        code: 'flags-not-restored',
        message: `${host}: the flag file is not the one from before the restore.`,
        hint: 'Compare it with the copy beside it whose name ends in the name of this restore, and put that back.',
      });
    }
  }
  return restored.map((done) => done.host);
}
