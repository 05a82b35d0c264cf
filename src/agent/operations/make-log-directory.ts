/** A log like the one that was set aside: the scheduler's account may write there, and nobody else more than before. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { giveIdentity, identityOf, nameExists, syncDirectory } from '../files/durable-file.ts';
import { readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import type { OperationContext } from './operation.ts';

/** An empty directory; throws when there is one already. */
export async function makeLogDirectory({ config, restoreId }: OperationContext): Promise<void> {
  const { log } = config.paths;
  const aside = setAsidePath(log, restoreId);
  await mkdir(log, { mode: 0o700 });
  await giveIdentity(log, await identityOf((await nameExists(aside)) ? aside : dirname(log)));
  await syncDirectory(dirname(log));
}

/**
 * Gives each file the owner and mode that its kind has in the log that was set aside: a tool that we run makes them with
 * our umask, which is narrower than a scheduler's. Without such a log they get what a scheduler's umask gives.
 */
export async function matchOldLog({ config, restoreId }: OperationContext): Promise<void> {
  const { log } = config.paths;
  const aside = setAsidePath(log, restoreId);
  const [made, old] = [await readLogDirectory(log), await readLogDirectory(aside)];
  for (const name of made?.names ?? []) {
    const like = old?.names.find((other) => kindOf(other) === kindOf(name)) ?? old?.names[0];
    const identity =
      like === undefined
        ? { ...(await identityOf(log)), mode: (await identityOf(log)).mode & 0o644 }
        : await identityOf(join(aside, like));
    await giveIdentity(join(log, name), identity);
  }
}

/** LevelDB numbers its files. */
function kindOf(name: string): string {
  return name.replace(/\d+/, '');
}
