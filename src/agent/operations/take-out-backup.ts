/**
 * Undo of `place-backup`: what that put there goes to the hold directory, and a file that had to make room comes
 * back. A file that was there before, with the same content, was never placed by us and stays.
 */
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { copyDurably, moveDurably } from '../files/durable-file.ts';
import { hashFile } from '../files/plain-file.ts';
import { requireBackupName } from '../names.ts';
import type { Operation, OperationContext } from './operation.ts';
import { readPlacement, writePlacement } from './placement.ts';

export const takeOutBackup: Operation<'take-out-backup'> = {
  observe: async (context, { name }) => {
    const placement = await readPlacement(context, name);
    if (placement !== null && !placement.takenOut) return { state: 'not-done' };
    return { state: 'done', evidence: { movedTo: placement?.takenOutTo ?? null } };
  },
  run: async (context, { name }) => {
    const placement = await readPlacement(context, name);
    if (placement === null) return { changed: false, evidence: { movedTo: null } };
    const path = join(context.config.paths.backups, requireBackupName(name));
    const movedTo = context.held.takenOutPath(context.restoreId, name);
    await context.held.makeRoom(movedTo);
    // Another content than ours has come there since: not ours to take.
    const ours = (await hashOf(context, path)) === placement.sha256;
    const bytesMax = context.config.bounds.uploadBytes;
    if (ours)
      await moveDurably(path, movedTo, { twin: await heldTwin(context, name, placement.sha256), bytesMax });
    // Crash here: the place is empty; the next try finds nothing of ours and goes on with what had to make room.
    if (placement.replaced !== null && (await hashOf(context, path)) === null) {
      await copyDurably(placement.replaced, path, bytesMax);
    }
    const takenOutTo = (await hashOf(context, movedTo)) === placement.sha256 ? movedTo : null;
    await writePlacement(context, name, { ...placement, takenOut: true, takenOutTo });
    return { changed: ours, evidence: { movedTo: takenOutTo } };
  },
};

/** The held copy, as long as it is whole: undoing must not need the room of a backup. */
async function heldTwin(
  context: OperationContext,
  name: string,
  sha256: string,
): Promise<string | undefined> {
  const path = context.held.path(context.restoreId, name);
  return (await hashOf(context, path)) === sha256 ? path : undefined;
}

/** `null` when nothing is there. Undo is not held up by what is not a plain file, or is too long to be a backup: that is not ours. */
async function hashOf({ config }: OperationContext, path: string): Promise<string | null> {
  try {
    return await hashFile(path, config.bounds.uploadBytes);
  } catch (error) {
    if (error instanceof AuroraError && error.code !== 'path-not-safe') return 'of something else';
    throw error;
  }
}
