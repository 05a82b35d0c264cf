/**
 * The point of commitment off-line: fills one blank log from the signed file while nothing runs anywhere.
 * The tool does not protect itself (aurora.md 14 I), so everything that was signed is looked at again before each run.
 *
 * A run that failed or was interrupted leaves a log that is filled partly. No scheduler has seen it, so it is set aside,
 * a new one is initialised, and the tool runs again under the same sign-offs, because what they bind to is unchanged.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { recoveryToolFlags } from '../../aurora/restore-flags.ts';
import type { OperationState } from '../record/state.ts';
import { shareOutLogs } from '../rules/quorum.ts';
import type { Step, StepContext } from '../step.ts';
import { assertBlank } from './shared/blank-log.ts';
import { confirmPlaced } from './shared/placed-backup.ts';
import { assertAllStopped, waitForEmptyLogGroup } from './shared/stop-all.ts';
import { signedSummary } from './shared/summary.ts';

/** How often the tool is run before a person is asked. */
const triesMax = 3;

export const runRecoveryTool: Step<'run-recovery-tool'> = {
  name: 'run-recovery-tool',
  title: 'Run the recovery tool',
  scope: 'source',
  does: 'compared again; with every scheduler stopped the tool fills one blank log.',
  touches: true,
  undo: 'undo-put-back-log',
  note: ({ copiedOps }) => `${copiedOps} operation${copiedOps === 1 ? '' : 's'}`,
  run: async (context) => {
    const { refilled: host } = shareOutLogs(context.state());
    const { name, sha256 } = context.state().proposal.backup;
    for (let attempt = 1; ; attempt += 1) {
      if (!isUnderWay(context)) await prepare(context, host);
      // Crash here: nothing was written. After the next line the log counts as touched until an agent says what became of it.
      const end = await context.attempt(host, 'run-recovery-tool', {
        name,
        sha256,
        flags: recoveryToolFlags,
      });
      if (end.state === 'done') {
        const { copiedOps, ms, tail } = end.evidence;
        const runs = runsOf(context).length;
        return { host, copiedOps, ms, tail, runs, setAside: await listFailed(context, { host, runs }) };
      }
      if (attempt === triesMax) {
        throw new AuroraError({
          code: 'recovery-tool-failed',
          message: `${host}: ${end.message}`,
          hint: `No scheduler has started on that log, and the old ones are still there: go back to them, or fix the cause and look again. ${end.hint}`,
        });
      }
    }
  },
};

async function prepare(context: StepContext, host: string): Promise<void> {
  await assertAllStopped(context);
  // The tool itself was a member while it ran, and its node outlives it.
  await waitForEmptyLogGroup(context);
  await renewLog(context, host);
  await confirmPlaced(context, signedSummary(context).stagedSetDigest);
}

/** After each run that came to nothing, once: the round is the number of such runs. */
async function renewLog(context: StepContext, host: string): Promise<void> {
  const round = runsOf(context).length;
  if (round === 0) return;
  context.progress(`The recovery tool failed; ${host} gets a new blank log`);
  await context.operate(host, 'set-aside-new-log', {}, round);
  assertBlank(await context.operate(host, 'initialize-log', {}, round));
}

/** Where the logs of earlier runs lie; these operations are done, and only their answers are asked for. */
async function listFailed(
  context: StepContext,
  { host, runs }: { host: string; runs: number },
): Promise<{ path: string; bytes: number }[]> {
  const failed: { path: string; bytes: number }[] = [];
  for (let round = 1; round < runs; round += 1) {
    const { evidence } = await context.operate(host, 'set-aside-new-log', {}, round);
    if (evidence.movedTo !== null) failed.push({ path: evidence.movedTo, bytes: evidence.bytes });
  }
  return failed;
}

/** Asked for and not known to have come to nothing: the looks were made before it. */
function isUnderWay(context: StepContext): boolean {
  const last = runsOf(context).at(-1)?.result;
  return last !== undefined && (last === null || last.state === 'done');
}

function runsOf(context: StepContext): readonly OperationState[] {
  return [...context.state().operations.values()].filter(({ kind }) => kind === 'run-recovery-tool');
}
