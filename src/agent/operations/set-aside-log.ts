/**
 * Renames the replicated log's directory to `<log>.set-aside-<restoreId>`, beside it and so on the same file system.
 * A host that has no log directory gets an empty one set aside: undoing then brings back exactly that, an empty log.
 */
import { dirname } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { makeDirectory, nameExists, renameDurably } from '../files/durable-file.ts';
import { logForeign, readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { requireMovable } from '../files/movable.ts';
import { inDirectory } from '../files/pinned.ts';
import { doneIf, type Operation, type OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

export const setAsideLog: Operation<'set-aside-log'> = {
  observe: async (context) => {
    if (await nameExists(context.config.paths.log)) return { state: 'not-done' };
    return doneIf<'set-aside-log'>(await findSetAside(context));
  },
  run: async (context) => {
    const { log } = context.config.paths;
    await refuseRunningScheduler(context);
    const current = await readLogDirectory(log);
    await requireMovable(log);
    if (current !== null && current.foreign.length > 0) throw logForeign(log, current.foreign);
    const aside = setAsidePath(log, context.restoreId);
    if (await nameExists(aside)) throw asideTaken(aside);
    if (current === null) {
      // Whoever could have made a log here may write into this one when it comes back.
      const identity = await inDirectory(dirname(log), (around) => around.identity());
      await makeDirectory({ path: aside, identity });
    } else await renameDurably(log, aside);
    const evidence = await findSetAside(context);
    if (evidence === null || (await nameExists(log))) throw appearedAgain(log);
    return { changed: true, evidence };
  },
};

async function findSetAside({ config, restoreId }: OperationContext) {
  const path = setAsidePath(config.paths.log, restoreId);
  const directory = await readLogDirectory(path);
  return directory === null ? null : { path, files: directory.files, bytes: directory.bytes };
}

function asideTaken(aside: string): AuroraError {
  return new AuroraError({
    code: 'set-aside-exists',
    message: `${aside} exists already, and there is a log in place again. Nothing was touched.`,
    hint: 'This restore has set a log aside before; put it back first, or look at both by hand.',
  });
}

function appearedAgain(log: string): AuroraError {
  return new AuroraError({
    code: 'log-appeared',
    message: `${log} was there again right after it was set aside: something on the host makes it.`,
    hint: 'Find what starts a scheduler or creates that directory, and stop it.',
  });
}
