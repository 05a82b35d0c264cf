/**
 * Puts the held backup into the scheduler's backup directory under its own name, with owner and mode of those that are there. The
 * same content there already is fine; other content is copied into the hold directory first.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { backupNamePattern } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import { writeDurably } from '../files/durable-file.ts';
import { atName, type FileIdentity, inDirectory, listAllNames } from '../files/pinned.ts';
import { hashFile, isMissing, readPlain, withPlain, withPlainIn } from '../files/plain-file.ts';
import { requireRoom } from '../files/room.ts';
import { requireBackupName } from '../names.ts';
import { findHeld } from './keep-backup.ts';
import type { Operation, OperationContext } from './operation.ts';
import { readPlacement, writePlacement } from './placement.ts';

export const placeBackup: Operation<'place-backup'> = {
  observe: async (context, { name, sha256 }) => {
    const path = join(context.config.paths.backups, requireBackupName(name));
    await requireFile(path);
    if ((await hashFile(path, context.config.bounds.uploadBytes)) !== sha256) return { state: 'not-done' };
    const placement = await readPlacement(context, name);
    return { state: 'done', evidence: { path, replaced: placement?.replaced ?? null } };
  },
  run: async (context, { name, sha256 }) => {
    const { backups } = context.config.paths;
    const { uploadBytes } = context.config.bounds;
    const path = join(backups, requireBackupName(name));
    const held = await findHeld(context, { name, sha256 });
    if (held === null) throw notHeld(name);
    await requireRoom(context.config.paths, [
      { place: 'backups', bytes: held.bytes, what: 'the placed copy of the backup' },
      { place: 'state', bytes: await requireFile(path), what: 'a copy of what has its name there' },
    ]);
    const replaced = await copyReplaced(context, name, path);
    // Crash here: the marker names a file that does not exist yet; taking out then finds nothing and says so.
    await writePlacement(context, name, { sha256, replaced, takenOut: false, takenOutTo: null });
    await writeDurably(path, readPlain(held.path, uploadBytes), await identityOfBackups(backups));
    if ((await hashFile(path, uploadBytes)) !== sha256) throw changedMeanwhile(path);
    return { changed: true, evidence: { path, replaced } };
  },
};

/** Like another backup of the directory that has no name elsewhere; where there is none, what the directory allows. */
function identityOfBackups(backups: string): Promise<FileIdentity> {
  return inDirectory(backups, async (directory) => {
    for (const name of await listAllNames(directory)) {
      if (!backupNamePattern.test(name)) continue;
      // What cannot be read says nothing of what should be like it.
      const like = await withPlainIn(directory, name, async ({ identity, names }) =>
        names === 1 ? identity : null,
      ).catch(() => null);
      if (like !== null) return { ...like, mode: like.mode & 0o666 };
    }
    const own = await directory.identity();
    return { ...own, mode: own.mode & 0o666 };
  });
}

/** A copy in the hold directory, made once: a second try must not take our own file for the one that was there. */
async function copyReplaced(context: OperationContext, name: string, path: string): Promise<string | null> {
  const earlier = await readPlacement(context, name);
  if (earlier !== null && !earlier.takenOut) return earlier.replaced;
  const copy = context.held.replacedPath(context.restoreId, name);
  try {
    await withPlain(
      path,
      async (file) => {
        await context.held.makeRoom(copy);
        await writeDurably(copy, file.chunks(), file.identity);
      },
      context.config.bounds.uploadBytes,
    );
    return copy;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Its length, 0 for what is not there; AuroraError `backup-not-a-file` for what is not a plain file. */
async function requireFile(path: string): Promise<number> {
  try {
    const found = await atName(path, (at) => lstat(at));
    if (found.isFile()) return found.size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
  throw new AuroraError({
    code: 'backup-not-a-file',
    message: `${path} is there and is not a plain file. It was not touched.`,
    hint: 'Look at it on the host; a link in the backup directory is never followed.',
  });
}

function notHeld(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-not-held',
    message: `${name} is not held on this host for this restore.`,
    hint: 'Hold it or bring it here first.',
  });
}

function changedMeanwhile(path: string): AuroraError {
  return new AuroraError({
    code: 'backup-changed',
    message: `${path} does not have the content that was just written there.`,
    hint: 'A scheduler may be writing backups on this host; it must be stopped.',
  });
}
