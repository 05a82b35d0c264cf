/**
 * Moves the log that this restore has made, if there is one, to `<log>.failed-<restoreId>`, and leaves an empty
 * directory: to be initialised again after a failed run of the recovery tool, or for a replica that shall not vote
 * before it has copied the log from the others (mesos.md 2.4). The log from before the restore lies elsewhere.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { nameExists, renameDurably } from '../files/durable-file.ts';
import { listFailed, nextFailedPath, readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { requireMovable } from '../files/movable.ts';
import { makeLogDirectory } from './make-log-directory.ts';
import type { Operation, OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

export const setAsideNewLog: Operation<'set-aside-new-log'> = {
  observe: async (context) => {
    const { log } = context.config.paths;
    const found = await readLogDirectory(log);
    if (found === null || found.files > 0) return { state: 'not-done' };
    // Of an earlier life: the newest name is the one that it gave.
    const movedTo = context.interrupted ? ((await listFailed(log, context.restoreId)).at(-1) ?? null) : null;
    return { state: 'done', evidence: await evidenceOf(log, movedTo) };
  },
  run: async (context) => {
    const { log } = context.config.paths;
    await refuseRunningScheduler(context);
    await requireOldLogAside(context);
    const movedTo = (await nameExists(log)) ? await moveAway(context) : null;
    // Crash here: no log in place; the next life makes the directory.
    await makeLogDirectory(context);
    return { changed: true, evidence: await evidenceOf(log, movedTo) };
  },
};

async function evidenceOf(path: string, movedTo: string | null) {
  const moved = movedTo === null ? null : await readLogDirectory(movedTo);
  return { path, movedTo, bytes: moved?.bytes ?? 0 };
}

async function moveAway({ config, restoreId }: OperationContext): Promise<string> {
  const { log } = config.paths;
  await requireMovable(log);
  const movedTo = await nextFailedPath(log, restoreId);
  await renameDurably(log, movedTo);
  return movedTo;
}

/** Without it, what lies there is the log from before the restore. */
async function requireOldLogAside({ config, restoreId }: OperationContext): Promise<void> {
  const aside = setAsidePath(config.paths.log, restoreId);
  if (await nameExists(aside)) return;
  throw new AuroraError({
    code: 'log-not-set-aside',
    message: `${aside} is not there, so ${config.paths.log} may be the log from before the restore. It was not touched.`,
    hint: 'Set the log aside first.',
  });
}
