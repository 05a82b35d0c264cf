/**
 * Whoever is elected must hold exactly the signed tasks. After a staged commit in recovery mode the process that
 * took it closes its port, does not end, and still votes (aurora.md 13, 14 C): stop it, see it gone, start it.
 */
import { errorCodes } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import { waitForElected } from '../looks/elected.ts';
import { takeBack } from '../looks/interference.ts';
import { askOneProcess } from '../looks/one-process.ts';
import type { ProcedureDefinition } from '../procedures/plan.ts';
import { procedureOf } from '../record/state.ts';
import type { Step, StepContext } from '../step.ts';
import { signedSummary } from './shared/summary.ts';

interface Restored {
  readonly host: string;
  readonly tasks: number;
  readonly digest: string;
}

export const verifyRestored: Step<'verify-restored'> = {
  name: 'verify-restored',
  title: 'Read the restored tasks back',
  scope: 'cluster',
  does: 'the restored tasks equal the signed ones.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { restartsCommitter, emptyMeans } = procedureOf(context.state());
    const { stagedSetDigest } = signedSummary(context);
    if (restartsCommitter) await restartCommitter(context);
    const found = await readRestored(context);
    const isOpen = found.digest !== stagedSetDigest && found.tasks === 0 && isUnknownCommit(context);
    const restored = isOpen ? await settle(context, found.host) : found;
    if (restored.digest !== stagedSetDigest) throw differs(restored, emptyMeans);
    return { host: restored.host, tasks: restored.tasks };
  },
};

/** Read within one process: what another one answers that was started meanwhile is not what was asked. */
async function readRestored(context: StepContext): Promise<Restored> {
  const { value } = await context.waitFor({
    what: 'the restored tasks to be read from one process',
    usual: 'at once',
    limitMs: context.cluster.waits.electionMs,
    hint: 'The elected scheduler keeps restarting: its own log says why. Look again, or go back.',
    look: async () => {
      const { host } = await waitForElected(context);
      const agent = context.agentOf(host);
      const before = await context.readStatus(agent);
      const read = await askOneProcess(context, before, () =>
        context.patiently(`the scheduler on ${host}`, () =>
          agent.scheduler.listTasks((rows) => context.deps.backups.digestStagedSet(rows)),
        ),
      );
      return read === null ? null : { host, ...read.answer };
    },
  });
  return value;
}

function isUnknownCommit(context: StepContext): boolean {
  return context.state().facts.commit?.answer === 'unknown';
}

/**
 * An append that timed out may still be applied by the next election, by whichever replicas form it (aurora.md 14 D). Read
 * once more with every replica up: still nothing in a READY storage, and it was not; then it is staged and signed once more.
 */
async function settle(context: StepContext, emptyOn: string): Promise<Restored> {
  await context.waitFor({
    what: 'every log replica to be up',
    usual: 'a few seconds',
    limitMs: context.cluster.waits.electionMs,
    hint: `${emptyOn} holds no tasks, but a replica that is away may still hold what was committed. Start every scheduler, then look again.`,
    look: async () => {
      const statuses = await context.onEachHost((agent) => context.readStatus(agent));
      const up = statuses.every(({ scheduler }) => scheduler.service === 'running' && scheduler.logLockHeld);
      const replicas = await context.patiently('ZooKeeper', () => context.leader.listLogReplicas());
      return up && replicas.length >= statuses.length ? true : null;
    },
  });
  const restored = await readRestored(context);
  if (restored.tasks > 0) return restored;
  return takeBack(context, {
    to: 'find-elected',
    code: errorCodes.commitNotApplied,
    message: `The commit was not applied: with every replica up, ${restored.host} is elected, its storage is READY, and it holds no tasks. It is staged again and needs new signatures.`,
    signOffs: 'void',
  });
}

function differs({ host, tasks }: Restored, { code, words }: ProcedureDefinition['emptyMeans']): AuroraError {
  return new AuroraError({
    code: tasks === 0 ? code : 'restored-differs',
    message:
      tasks === 0
        ? `${host} holds no tasks: ${words}.`
        : `${host} holds ${tasks} tasks that are not the signed ones.`,
    hint: 'The cluster stays isolated and tasks keep running. Put everything back: the logs from before this restore are still there.',
  });
}

async function restartCommitter(context: StepContext): Promise<void> {
  const { host } = context.factsOf('commit');
  await context.operate(host, 'stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs });
  await context.operate(host, 'start-scheduler', {});
}
