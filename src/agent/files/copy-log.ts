/**
 * Copies a log directory so that a power cut leaves all of it under the final name, or nothing. Both lie where the scheduler's account
 * may exchange every name at any time: the copy is made where only root may enter, of plain files with LevelDB's names.
 */
import { rmdir, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { makeDirectory, writeNew } from './durable-file.ts';
import { isLevelDbName, logForeign } from './log-directory.ts';
import { atName, inDirectory, inNamed, listAllNames, type PinnedDirectory } from './pinned.ts';
import { isMissing, withPlainIn } from './plain-file.ts';

/**
 * `from` stays as it is; `beside` is the unfinished copy's name, in the directory of `to`, and one of an earlier go is our own to
 * remove. Throws AuroraError `log-foreign` for what is none of LevelDB's, before anything is written.
 */
export async function copyLogDirectory(way: { from: string; beside: string; to: string }): Promise<void> {
  const { from, beside, to } = way;
  await removeUnfinished(beside);
  await inDirectory(
    from,
    async (source) => {
      const names = await listAllNames(source);
      requireLevelDb(from, names, isLevelDbName);
      await makeDirectory({
        path: beside,
        identity: await source.identity(),
        fill: (made) => copyAll(names, source, made),
        finally: to,
      });
    },
    { itself: true },
  );
}

async function copyAll(
  names: readonly string[],
  source: PinnedDirectory,
  made: PinnedDirectory,
): Promise<void> {
  try {
    for (const name of names) {
      await withPlainIn(source, name, (file) => writeNew(made.at(name), file.chunks(), file.identity));
    }
  } catch (error) {
    for (const name of names) await unlink(made.at(name)).catch(() => undefined);
    throw error;
  }
}

/** File by file, and never what a copy has not: whoever owns the directory around it may have given its name to anything. */
async function removeUnfinished(beside: string): Promise<void> {
  await atName(beside, async (at, around) => {
    await inNamed(around, basename(beside), async (unfinished) => {
      const names = await listAllNames(unfinished);
      requireLevelDb(beside, names, isCopysName);
      for (const name of names) await unlink(unfinished.at(name));
    });
    await rmdir(at);
  }).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/** Of copies up to 0.1.0, which wrote each file beside itself first. */
function isCopysName(name: string): boolean {
  return isLevelDbName(name.replace(/^\.aurora-chatops\.(.*)\.part$/, '$1'));
}

function requireLevelDb(path: string, names: readonly string[], fits: (name: string) => boolean): void {
  const foreign = names.filter((name) => !fits(name));
  if (foreign.length > 0) throw logForeign(path, foreign);
}
