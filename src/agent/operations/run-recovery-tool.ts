/**
 * Fills the blank log of this host from the placed backup. The tool protects nothing by itself (aurora.md 14 I), so it
 * is only run when the scheduler is stopped, nobody holds the log, the log is one that this restore has initialised,
 * and it is blank. That no peer runs is the bot's to see: an agent knows its own host only.
 *
 * A run that failed or was interrupted may have filled the log partly, and nothing on disk tells which: it is never
 * called done. The way on is `set-aside-new-log`, `initialize-log`, and a run of its own.
 */
import { join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationParams } from '../../aurora/operations.ts';
import type { RecoveryTool, RecoveryToolAnswer } from '../drivers/recovery-tool.ts';
import { nameExists } from '../files/durable-file.ts';
import { findLockHolders } from '../files/lock-holders.ts';
import { readLogDirectory, setAsidePath } from '../files/log-directory.ts';
import { findOperationProcesses } from '../files/operation-processes.ts';
import { hashFile } from '../files/plain-file.ts';
import { requireBackupName } from '../names.ts';
import { keepOwn } from '../own-processes.ts';
import { matchOldLog } from './make-log-directory.ts';
import type { Operation, OperationContext } from './operation.ts';
import { refuseRunningScheduler } from './refuse-running-scheduler.ts';

type Params = OperationParams['run-recovery-tool'];

const blankPositions = '0 -> 0';
const startOver = 'Set that log aside and initialise it again before another run.';

export const runRecoveryTool: Operation<'run-recovery-tool'> = {
  observe: async (context, params) => {
    if (!context.interrupted) return { state: 'not-done' };
    if (await stillRuns(context, params)) {
      return {
        state: 'unknown',
        why: 'The recovery tool that an earlier run of the agent started is still running.',
      };
    }
    if (await isBlank(context)) return { state: 'not-done' };
    return {
      state: 'unknown',
      why: `The recovery tool was interrupted and has left a log that is not blank. ${startOver}`,
    };
  },
  run: async (context, params) => {
    const tool = requireTool(context.recoveryTool);
    await refuseRunningScheduler(context);
    await requireBlankLog(context);
    const backup = await requirePlacedBackup(context, params);
    const { values } = await context.flags.read();
    // Crash after the next line: what the log holds cannot be told any more, see above.
    const answer = await tool.fill(
      { backup, log: context.config.paths.log, flags: { ...values, ...params.flags } },
      context,
    );
    await matchOldLog(context);
    if (answer.exitCode !== 0 || answer.copied === null) throw notFilled(answer);
    const { ops, ms } = answer.copied;
    return {
      changed: true,
      evidence: { exitCode: answer.exitCode, copiedOps: ops, ms, tail: answer.tail },
    };
  },
};

/** Waits for what an earlier life has started: a second tool beside it would only fail on the log's lock. */
async function stillRuns(context: OperationContext, { name }: Params): Promise<boolean> {
  const { clock, config, operationId } = context;
  const endsAt = clock.now() + config.bounds.recoveryToolMs;
  for (;;) {
    const named = await findOperationProcesses(operationId, join(config.paths.backups, name));
    const processes = await keepOwn(named, config.paths.log);
    const holders = await findLockHolders(config.paths.log);
    if (processes.length === 0 && holders.length === 0) return false;
    if (clock.now() >= endsAt) return true;
    await clock.sleep(config.bounds.pollMs);
  }
}

/**
 * Asks `mesos-log initialize`, which refuses an initialised log and says its positions (mesos.md 1.4). It is only asked
 * about a directory with files in it, which this restore has emptied before: it would initialise anything else.
 */
async function isBlank(context: OperationContext): Promise<boolean> {
  const { log } = context.config.paths;
  const found = await readLogDirectory(log);
  const ours = await nameExists(setAsidePath(log, context.restoreId));
  if (!ours || found === null || found.files === 0) return false;
  const answer = await context.initializer.initialize(log, context);
  return answer.alreadyInitialized && answer.positions === blankPositions;
}

async function requireBlankLog(context: OperationContext): Promise<void> {
  if (await isBlank(context)) return;
  throw new AuroraError({
    code: 'log-not-blank',
    message: `${context.config.paths.log} is not a blank log that this restore has initialised, so the recovery tool was not run.`,
    hint: startOver,
  });
}

async function requirePlacedBackup({ config }: OperationContext, { name, sha256 }: Params): Promise<string> {
  const path = join(config.paths.backups, requireBackupName(name));
  const found = await hashFile(path, config.bounds.uploadBytes);
  if (found === sha256) return path;
  throw new AuroraError({
    code: 'backup-changed',
    message:
      found === null
        ? `${path} does not exist.`
        : `${path} has another content than the one that was signed.`,
    hint: 'Place the held backup first; the recovery tool was not run.',
    details: { found, wanted: sha256 },
  });
}

function requireTool(tool: RecoveryTool | null): RecoveryTool {
  if (tool !== null) return tool;
  throw new AuroraError({
    code: 'tool-not-configured',
    message: 'This agent knows no recovery tool, so none was run.',
    hint: 'Describe it under drivers.recoveryTool in the configuration of the agent, or use the staged procedure.',
  });
}

function notFilled(answer: RecoveryToolAnswer): AuroraError {
  return new AuroraError({
    code: 'recovery-tool-failed',
    message: `The recovery tool ended with ${answer.exitCode} and did not say that it has finished. It said: ${answer.said || 'nothing'}`,
    hint: `The log may hold a part of the backup. ${startOver}`,
    details: { exitCode: answer.exitCode, tail: answer.tail },
  });
}
