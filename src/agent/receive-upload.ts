/**
 * Takes a backup that the bot brings. It lands in the incoming area under the hash it was announced with and is not
 * touched by anything until `receive-backup`, which needs a grant, asks for exactly that hash.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuroraError } from '../aurora/errors.ts';
import { aboutPath } from '../aurora/system-errors.ts';
import { hashFile, syncDirectory } from './files/durable-file.ts';
import type { HeldBackups } from './held-backups.ts';

interface Upload {
  readonly restoreId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Throws AuroraError `upload-too-long` or `upload-differs`, and then keeps nothing. */
export async function receiveUpload(held: HeldBackups, upload: Upload, bytesMax: number): Promise<void> {
  const path = held.incomingPath(upload.restoreId, upload.name, upload.sha256);
  await held.makeRoom(path);
  if ((await hashFile(path)) === upload.sha256) {
    for await (const _ of upload.bytes); // Asked again after a lost reply: heard to the end, kept as it is.
    return;
  }
  const part = `${path}.${randomUUID()}.part`;
  try {
    await writePart(part, upload, bytesMax);
    await rename(part, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw aboutPath(error, path);
  } finally {
    await rm(part, { force: true });
    // Empty unless something of that restore is there: names are anybody's, and directories take room too.
    await rmdir(dirname(path)).catch(() => undefined);
  }
}

async function writePart(part: string, upload: Upload, bytesMax: number): Promise<void> {
  const file = await open(part, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of upload.bytes) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLong(bytesMax);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    if (hash.digest('hex') !== upload.sha256) throw differs();
    await file.sync();
  } finally {
    await file.close();
  }
}

function tooLong(bytesMax: number): AuroraError {
  return new AuroraError({
    code: 'upload-too-long',
    message: `The backup is longer than ${bytesMax} bytes, the most this agent takes.`,
    hint: 'Raise bounds.uploadBytes in the configuration of the agent.',
  });
}

function differs(): AuroraError {
  return new AuroraError({
    code: 'upload-differs',
    message: 'What arrived has another hash than what was announced; it was not kept.',
    hint: 'Send it again.',
  });
}
