/** The common end of `hold-backup` and `receive-backup`: bytes of a known hash, safe in the hold directory. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { AuroraError } from '../../aurora/errors.ts';
import { hashFile, isMissing, readPlain, writeDurably } from '../files/durable-file.ts';
import type { OperationContext } from './operation.ts';

/** Where it is held when it is there whole; `null` when it is not there; throws when another content is. */
export async function findHeld(
  { held, restoreId }: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
): Promise<{ path: string; bytes: number } | null> {
  const path = held.path(restoreId, name);
  const found = await hashFile(path);
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

/** Copies `from` into the hold directory, and only gives it its name there when the hash is as wanted. */
export async function keepBackup(
  context: OperationContext,
  { name, sha256 }: { name: string; sha256: string },
  from: string,
): Promise<{ path: string; bytes: number }> {
  const path = context.held.path(context.restoreId, name);
  await context.held.makeRoom(path);
  try {
    await writeDurably(path, readChecked(from, sha256));
  } catch (error) {
    if (isMissing(error)) throw missing(name);
    throw error;
  }
  const kept = await findHeld(context, { name, sha256 });
  if (kept === null) throw missing(name);
  return kept;
}

/** The bytes of a file; throws at the end, before the copy gets its name, when they are not those of the hash. */
async function* readChecked(path: string, sha256: string): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of readPlain(path)) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw new AuroraError({
    code: 'backup-changed',
    message: 'The file is not the one that was chosen: its content has another hash.',
    hint: 'The scheduler may have written it again. Look at the list of backups and choose anew.',
    details: { found, wanted: sha256 },
  });
}

function missing(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not on this host.`,
    hint: 'The scheduler may have rotated it away. Look at the list of backups and choose anew.',
  });
}
