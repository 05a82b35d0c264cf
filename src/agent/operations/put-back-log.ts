/**
 * Undo of `set-aside-log`: the new log makes room under `<log>.restored-<restoreId>`, and the old one gets its name
 * back. Between the two renames the host has no log, which is why nothing may run meanwhile and why this goes on
 * after a crash. Put back on all hosts or on none (aurora.md 14 F).
 */
import { AuroraError } from '../../aurora/errors.ts';
import { nameExists, renameDurably } from '../files/durable-file.ts';
import { listMovedAway, nextMovedAwayPath, readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { requireMovable } from '../files/movable.ts';
import { doneIf, type Operation, type OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

export const putBackLog: Operation<'put-back-log'> = {
  observe: async (context) => {
    const { log } = context.config.paths;
    // Nothing set aside by this restore: the log in place, if any, is the one that was there before.
    if (await nameExists(setAsidePath(log, context.restoreId))) return { state: 'not-done' };
    return doneIf<'put-back-log'>(await findPutBack(context));
  },
  run: async (context) => {
    const { log } = context.config.paths;
    await refuseRunningScheduler(context);
    const aside = setAsidePath(log, context.restoreId);
    if (!(await nameExists(aside))) throw nothingToPutBack(log);
    await requireMovable(aside);
    if (await nameExists(log)) {
      await requireMovable(log);
      await renameDurably(log, await nextMovedAwayPath(log, context.restoreId));
    }
    // Crash here: no log in place; the set-aside one is still there and this continues with it.
    await renameDurably(aside, log);
    const evidence = await findPutBack(context);
    if (evidence === null) throw nothingToPutBack(log);
    return { changed: true, evidence };
  },
};

async function findPutBack({ config, restoreId }: OperationContext) {
  const { log } = config.paths;
  const directory = await readLogDirectory(log);
  if (directory === null) return null;
  const movedNewLogTo = (await listMovedAway(log, restoreId)).at(-1) ?? null;
  return { path: log, movedNewLogTo, files: directory.files, bytes: directory.bytes };
}

function nothingToPutBack(log: string): AuroraError {
  return new AuroraError({
    code: 'nothing-set-aside',
    message: `There is no log at ${log} and none that this restore has set aside.`,
    hint: 'Look at the directory around it by hand before any scheduler starts.',
  });
}
