/** A log like the one that was set aside: the scheduler's account may write there, and nobody else more than before. */
import { dirname } from 'node:path';
import { makeDirectory, nameExists } from '../files/durable-file.ts';
import { isLevelDbName, logForeign, setAsidePath } from '../files/log-directory.ts';
import { type FileIdentity, inDirectory, listAllNames } from '../files/pinned.ts';
import { isMissing, withPlainIn } from '../files/plain-file.ts';
import type { OperationContext } from './operation.ts';

/** An empty directory; throws when there is one already. */
export async function makeLogDirectory({ config, restoreId }: OperationContext): Promise<void> {
  const { log } = config.paths;
  const aside = setAsidePath(log, restoreId);
  const like = (await nameExists(aside)) ? aside : dirname(log);
  await makeDirectory({ path: log, identity: await inDirectory(like, (directory) => directory.identity()) });
}

/**
 * Gives each file the owner and mode that its kind has in the log that was set aside: a tool that we run makes them with
 * our umask, which is narrower than a scheduler's. Without such a log they get what a scheduler's umask gives. A file with a second name
 * may be anybody's, so neither is one given away, nor does one say what others get.
 */
export async function matchOldLog({ config, restoreId }: OperationContext): Promise<void> {
  const { log } = config.paths;
  const old = await readOwners(setAsidePath(log, restoreId));
  await inDirectory(
    log,
    async (made) => {
      const { mode, ...owner } = await made.identity();
      for (const name of await listAllNames(made)) {
        if (!isLevelDbName(name)) continue;
        const like = old.get(kindOf(name)) ?? old.values().next().value ?? { ...owner, mode: mode & 0o644 };
        await withPlainIn(made, name, async (file) => {
          if (file.names > 1) throw logForeign(log, [name]);
          await file.give(like);
        });
      }
    },
    { itself: true },
  );
}

/** By kind of file; nothing where there is no such log. */
async function readOwners(log: string): Promise<ReadonlyMap<string, FileIdentity>> {
  const owners = new Map<string, FileIdentity>();
  try {
    await inDirectory(
      log,
      async (directory) => {
        for (const name of [...(await listAllNames(directory))].sort()) {
          if (!isLevelDbName(name) || owners.has(kindOf(name))) continue;
          await withPlainIn(directory, name, async (file) => {
            if (file.names === 1) owners.set(kindOf(name), file.identity);
          });
        }
      },
      { itself: true },
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return owners;
}

/** LevelDB numbers its files. */
function kindOf(name: string): string {
  return name.replace(/\d+/, '');
}
