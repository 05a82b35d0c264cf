/**
 * Copies a log that an earlier restore set aside into place, after this restore has set its own aside. A copy and not a
 * rename: the old log stays under its name whatever becomes of this restore. Never over a log that is there.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { copyLogDirectory } from '../files/copy-log.ts';
import { nameExists } from '../files/durable-file.ts';
import { bringingPath, logForeign, readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { requireRoom } from '../files/room.ts';
import { doneIf, type Operation, type OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

export const bringBackLog: Operation<'bring-back-log'> = {
  observe: async (context, { of }) => {
    // Without a log of its own aside, this restore has not made room: whatever is in place is not what was brought.
    if (!(await nameExists(setAsidePath(context.config.paths.log, context.restoreId))))
      return { state: 'not-done' };
    return doneIf<'bring-back-log'>(await findBroughtBack(context, of));
  },
  run: async (context, { of }) => {
    const { log } = context.config.paths;
    await refuseRunningScheduler(context);
    const from = setAsidePath(log, of);
    const source = await readLogDirectory(from);
    if (source === null) throw nothingThere(from);
    if (source.foreign.length > 0) throw logForeign(from, source.foreign);
    if (await nameExists(log)) throw inTheWay(log);
    await requireRoom(context.config.paths, [
      { place: 'log', bytes: source.bytes, what: 'a copy of the old log' },
    ]);
    await copyLogDirectory({ from, beside: bringingPath(log, context.restoreId), to: log });
    const evidence = await findBroughtBack(context, of);
    if (evidence === null) throw nothingThere(log);
    return { changed: true, evidence };
  },
};

/** What is in place, when it has the files and the size of what was set aside. */
async function findBroughtBack({ config }: OperationContext, of: string) {
  const { log } = config.paths;
  const from = setAsidePath(log, of);
  const [source, inPlace] = [await readLogDirectory(from), await readLogDirectory(log)];
  if (source === null || inPlace === null) return null;
  if (source.bytes !== inPlace.bytes || source.names.join() !== inPlace.names.join()) return null;
  return { path: log, from, files: inPlace.files, bytes: inPlace.bytes };
}

function nothingThere(path: string): AuroraError {
  return new AuroraError({
    code: 'nothing-set-aside',
    message: `There is no log at ${path}.`,
    hint: 'Look at the directory around it: somebody moved or removed what that restore set aside.',
  });
}

function inTheWay(log: string): AuroraError {
  return new AuroraError({
    code: 'log-in-the-way',
    message: `There is a log at ${log} already. Nothing was touched.`,
    hint: 'This restore sets it aside first; if it has, find out what makes a new one.',
  });
}
