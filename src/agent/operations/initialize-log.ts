/**
 * Makes a blank replicated log with `mesos-log initialize` and proves it: exit 0, the status record written,
 * positions 0 -> 0, and the five files of a fresh log. A write that fails inside the tool still exits 0 (mesos.md 1.4).
 *
 * Looking after a crash means running the tool again: on a log that it has initialised it refuses with `The log is
 * not empty`, and one that it left half done it finishes. It is only run on a directory that this restore has emptied.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEvidence } from '../../aurora/operations.ts';
import type { InitializerAnswer } from '../drivers/log-initializer.ts';
import { nameExists } from '../files/durable-file.ts';
import { looksBlank, readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { requireRoom } from '../files/room.ts';
import { makeLogDirectory, matchOldLog } from './make-log-directory.ts';
import type { Operation, OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

const blankPositions = '0 -> 0';

export const initializeLog: Operation<'initialize-log'> = {
  observe: async (context) => {
    const { log } = context.config.paths;
    const found = await readLogDirectory(log);
    const ours = await nameExists(setAsidePath(log, context.restoreId));
    if (found === null || found.files === 0 || !ours) return { state: 'not-done' };
    await refuseRunningScheduler(context);
    const answer = await context.initializer.initialize(log, context);
    await matchOldLog(context);
    const proven = answer.positions === blankPositions && (answer.persisted || answer.alreadyInitialized);
    if (!proven) return { state: 'not-done' };
    return { state: 'done', evidence: { ...(await evidenceOf(context, answer)), persisted: true } };
  },
  run: async (context) => {
    const { log } = context.config.paths;
    await refuseRunningScheduler(context);
    const before = await readLogDirectory(log);
    if (before !== null && before.files > 0) throw notEmpty(log, before.files);
    await requireRoom(context.config.paths, [{ place: 'log', bytes: 0, what: 'a new log' }]);
    if (before === null) await makeLogDirectory(context);
    const answer = await context.initializer.initialize(log, context);
    await matchOldLog(context);
    const evidence = await evidenceOf(context, answer);
    const after = await readLogDirectory(log);
    const proven = answer.exitCode === 0 && answer.persisted && answer.positions === blankPositions;
    if (!proven || after === null || !looksBlank(after)) throw notProven(answer, after?.names ?? []);
    return { changed: true, evidence };
  },
};

async function evidenceOf(
  { config }: OperationContext,
  answer: InitializerAnswer,
): Promise<OperationEvidence['initialize-log']> {
  const directory = await readLogDirectory(config.paths.log);
  return {
    exitCode: answer.exitCode,
    positions: answer.positions,
    persisted: answer.persisted,
    files: directory?.files ?? 0,
    bytes: directory?.bytes ?? 0,
  };
}

function notEmpty(log: string, files: number): AuroraError {
  return new AuroraError({
    code: 'log-not-empty',
    message: `${log} holds ${files} files and was not set aside, so it was not initialised.`,
    hint: 'Set the log aside first.',
  });
}

function notProven(answer: InitializerAnswer, names: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'log-not-initialized',
    message: `mesos-log ended with ${answer.exitCode}, ${answer.persisted ? 'wrote' : 'did not write'} its status, found positions ${answer.positions || 'unknown'} and left ${names.join(', ') || 'nothing'}. It said: ${answer.said || 'nothing'}`,
    hint: 'No scheduler may start on this log. Run the command by hand as the scheduler’s user to see why.',
    details: { exitCode: answer.exitCode, positions: answer.positions, persisted: answer.persisted },
  });
}
