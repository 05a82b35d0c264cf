/**
 * Puts the held backup into the scheduler's backup directory under its own name, with owner and mode of those that are there. The
 * same content there already is fine; other content is copied into the hold directory first.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backupNamePattern } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import {
  type FileIdentity,
  hashFile,
  identityOf,
  isMissing,
  nameExists,
  readPlain,
  writeDurably,
} from '../files/durable-file.ts';
import { requireRoom } from '../files/room.ts';
import { requireBackupName } from '../names.ts';
import { findHeld } from './keep-backup.ts';
import type { Operation, OperationContext } from './operation.ts';
import { readPlacement, writePlacement } from './placement.ts';

export const placeBackup: Operation<'place-backup'> = {
  observe: async (context, { name, sha256 }) => {
    const path = join(context.config.paths.backups, requireBackupName(name));
    await refuseOtherThanFile(path);
    if ((await hashFile(path)) !== sha256) return { state: 'not-done' };
    const placement = await readPlacement(context, name);
    return { state: 'done', evidence: { path, replaced: placement?.replaced ?? null } };
  },
  run: async (context, { name, sha256 }) => {
    const { backups } = context.config.paths;
    const path = join(backups, requireBackupName(name));
    const held = await findHeld(context, { name, sha256 });
    if (held === null) throw notHeld(name);
    await requireRoom(context.config.paths, [
      { place: 'backups', bytes: held.bytes, what: 'the placed copy of the backup' },
      { place: 'state', bytes: await sizeOf(path), what: 'a copy of what has its name there' },
    ]);
    const replaced = await copyReplaced(context, name, path);
    // Crash here: the marker names a file that is not there yet; taking out then finds nothing and says so.
    await writePlacement(context, name, { sha256, replaced, takenOut: false, takenOutTo: null });
    await writeDurably(path, readPlain(held.path), await identityOfBackups(backups));
    if ((await hashFile(path)) !== sha256) throw changedMeanwhile(path);
    return { changed: true, evidence: { path, replaced } };
  },
};

/** Like another backup of the directory; where there is none, what the directory allows. */
async function identityOfBackups(backups: string): Promise<FileIdentity> {
  for (const name of await readdir(backups)) {
    if (!backupNamePattern.test(name)) continue;
    const found = await lstat(join(backups, name));
    if (found.isFile()) return { mode: found.mode & 0o666, uid: found.uid, gid: found.gid };
  }
  const directory = await identityOf(backups);
  return { ...directory, mode: directory.mode & 0o666 };
}

/** A copy in the hold directory, made once: a second try must not take our own file for the one that was there. */
async function copyReplaced(context: OperationContext, name: string, path: string): Promise<string | null> {
  const earlier = await readPlacement(context, name);
  if (earlier !== null && !earlier.takenOut) return earlier.replaced;
  if ((await hashFile(path)) === null) return null;
  const copy = context.held.replacedPath(context.restoreId, name);
  await context.held.makeRoom(copy);
  await writeDurably(copy, readPlain(path), await identityOf(path));
  return copy;
}

/** 0 for what is not there. */
async function sizeOf(path: string): Promise<number> {
  return (await nameExists(path)) ? (await lstat(path)).size : 0;
}

async function refuseOtherThanFile(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isFile()) return;
  } catch (error) {
    if (isMissing(error)) return;
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
    message: `${path} has another content than what was just written there.`,
    hint: 'A scheduler may be writing backups on this host; it must be stopped.',
  });
}
