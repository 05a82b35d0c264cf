/**
 * Undo of `place-backup`: what that put there goes to the hold directory, and a file that had to make room comes
 * back. A file that was there before, with the same content, was never placed by us and stays.
 */
import { join } from 'node:path';
import { copyDurably, hashFile, moveDurably } from '../files/durable-file.ts';
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
    const ours = (await hashFile(path)) === placement.sha256;
    if (ours) await moveDurably(path, movedTo, await heldTwin(context, name, placement.sha256));
    // Crash here: the place is empty; the next try finds nothing of ours and goes on with what had to make room.
    if (placement.replaced !== null && (await hashFile(path)) === null) {
      await copyDurably(placement.replaced, path);
    }
    const takenOutTo = (await hashFile(movedTo)) === placement.sha256 ? movedTo : null;
    await writePlacement(context, name, { ...placement, takenOut: true, takenOutTo });
    return { changed: ours, evidence: { movedTo: takenOutTo } };
  },
};

/** The held copy, as long as it is whole: undoing must not need the room of a backup. */
async function heldTwin(
  { held, restoreId }: OperationContext,
  name: string,
  sha256: string,
): Promise<string | undefined> {
  const path = held.path(restoreId, name);
  return (await hashFile(path)) === sha256 ? path : undefined;
}
