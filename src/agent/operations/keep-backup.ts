/** What `hold-backup` and `receive-backup` have in common: bytes of a known hash, safe in the hold directory. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { AuroraError } from '../../aurora/errors.ts';
import { moveDurably, writeDurably } from '../files/durable-file.ts';
import { hashFile, isMissing, withPlain } from '../files/plain-file.ts';
import { needsOnHost, requireRoom } from '../files/room.ts';
import { requireKeptRoom } from '../kept-backups.ts';
import type { OperationContext } from './operation.ts';

/** Where it is held when it is there whole; `null` when it is not there; throws when another content is. */
export async function findHeld(
  { held, restoreId, config }: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
): Promise<{ path: string; bytes: number } | null> {
  const path = held.path(restoreId, name);
  const found = await hashFile(path, config.bounds.uploadBytes);
  if (found === null) return null;
  if (found !== sha256) {
    throw new AuroraError({
      code: 'held-differs',
      message: `This restore already holds another file under the name ${name}.`,
      hint: 'Start a new restore: one restore is about one backup.',
      details: { found, wanted: sha256 },
    });
  }
  return { path, bytes: (await stat(path)).size };
}

/**
 * Copies `from` into the hold directory, and only gives it its name there when the hash is as wanted. Not before there is room for
 * everything that this restore may still write here: it is the first that it writes.
 */
export async function copyIntoHold(
  context: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
  from: string,
): Promise<{ path: string; bytes: number }> {
  const path = context.held.path(context.restoreId, name);
  const { paths, bounds } = context.config;
  const { restoreId } = context;
  try {
    await withPlain(
      from,
      async (file) => {
        await requireKeptRoom(context.config, file.bytes);
        await requireRoom(paths, await needsOnHost(paths, { restoreId, backupBytes: file.bytes }));
        await context.held.makeRoom(path);
        await writeDurably(path, checked(file.chunks(), sha256));
      },
      bounds.uploadBytes,
    );
  } catch (error) {
    if (isMissing(error)) throw missing(name);
    throw error;
  }
  return await requireHeld(context, { name, sha256 });
}

/** Moves `from` into the hold directory when the hash is as wanted: what was brought takes no room twice. */
export async function moveIntoHold(
  context: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
  from: string,
): Promise<{ path: string; bytes: number }> {
  const path = context.held.path(context.restoreId, name);
  const found = await hashFile(from, context.config.bounds.uploadBytes);
  if (found === null) throw missing(name);
  if (found !== sha256) throw changed({ found, wanted: sha256 });
  await context.held.makeRoom(path);
  await moveDurably(from, path);
  return await requireHeld(context, { name, sha256 });
}

async function requireHeld(
  context: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
): Promise<{ path: string; bytes: number }> {
  const kept = await findHeld(context, { name, sha256 });
  if (kept === null) throw missing(name);
  return kept;
}

/** The same bytes; throws at the end, before the copy gets its name, when they are not those of the hash. */
async function* checked(bytes: AsyncIterable<Uint8Array>, sha256: string): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found !== sha256) throw changed({ found, wanted: sha256 });
}

function changed(hashes: { found: string; wanted: string }): AuroraError {
  return new AuroraError({
    code: 'backup-changed',
    message: 'The file is not the one that was chosen: its content has another hash.',
    hint: 'The scheduler may have written it again. Look at the list of backups and choose again.',
    details: hashes,
  });
}

function missing(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not on this host.`,
    hint: 'The scheduler may have rotated it away. Look at the list of backups and choose again.',
  });
}
