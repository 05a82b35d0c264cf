/** Letting a restored cluster reconcile: asked for, or by the schedulers' own timers. */
import { z } from 'zod';
import { AuroraError } from '../../../aurora/errors.ts';
import type { HostStatus } from '../../../aurora/hosts.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import { storedForm } from '../../../aurora/stored-form.ts';
import { type Beside, findDocument, keepDocument } from '../../looks/documents.ts';
import { instanceOf } from '../../looks/one-process.ts';
import { runsOf } from '../../looks/picture.ts';
import type { Proposal } from '../../record/events.ts';
import type { StepContext } from '../../step.ts';

/** True when both reconciliations are asked for: the release can (0.16 and later), and the policy wants it. */
export function isTriggered({ auroraVersion, policy }: Pick<Proposal, 'auroraVersion' | 'policy'>): boolean {
  return releaseOf(auroraVersion).reconciliation === 'on-call' && policy.reconciliation !== 'timers';
}

const kinds = ['reconcile-explicit', 'reconcile-implicit'] as const;

/**
 * Explicit first, then implicit, as a scheduler does it itself. `round` tells one more asking in the same step from a
 * repetition of the first. AuroraError `reconciliation-refused`.
 */
export async function askToReconcile(
  context: StepContext,
  asked: { host: string; round?: number },
): Promise<void> {
  for (const kind of kinds) await trigger(context, { ...asked, kind });
}

/** How often this step has asked this host to the end; what was interrupted is asked again under the same name. */
export function roundsAsked(context: StepContext, host: string): number {
  return [...context.state().operations.values()].filter(
    (operation) =>
      operation.step === context.step &&
      operation.host === host &&
      operation.kind === 'reconcile-implicit' &&
      operation.result?.state === 'done',
  ).length;
}

/** Reconciliations that one process had counted at one moment; counters begin at zero in each process. */
const countedRunsSchema = z
  .object({ process: z.string(), explicit: z.number(), implicit: z.number() })
  .readonly();
export type CountedRuns = z.infer<typeof countedRunsSchema>;

/** What the scheduler whose status this is has counted. */
export function countedRuns(context: Pick<StepContext, 'state'>, status: HostStatus): CountedRuns {
  const runs = runsOf(context, status) ?? { explicit: 0, implicit: 0 };
  return { process: `${status.host} ${instanceOf(status) ?? ''}`, ...runs };
}

const runsDocument = { name: 'runs-before-reconciling', form: storedForm(1, countedRunsSchema) };

/** What the process that was asked last had counted before; `null` before anybody was asked. */
export async function runsBefore(context: Beside): Promise<CountedRuns | null> {
  const { restoreId, deps } = context;
  return await findDocument(deps.documents, { restoreId, ...runsDocument });
}

/** Kept before it is asked: after a crash in between, what it has counted for us is still told from what it had. */
export async function keepRunsBefore(context: StepContext, runs: CountedRuns): Promise<void> {
  const { restoreId, deps } = context;
  await keepDocument(deps.documents, { restoreId, ...runsDocument, value: runs });
}

/** A scheduler counts a run, and nothing comes of it, while its master is away (aurora.md 16): asked only when it is not. */
export async function isConnected(context: StepContext): Promise<boolean> {
  const { frameworkId } = context.factsOf('capture-live-tasks');
  const frameworks = await context.patiently('the Mesos master', () => context.mesos.listFrameworks());
  return frameworks.some((framework) => framework.connected && framework.frameworkId === frameworkId);
}

/** A call that was interrupted is made again: what it does twice is done once. */
async function trigger(
  context: StepContext,
  wanted: { host: string; round?: number; kind: (typeof kinds)[number] },
): Promise<void> {
  const { host, kind, round } = wanted;
  for (let attempt = 1; ; attempt += 1) {
    const end = await context.attempt(host, kind, {}, round);
    if (end.state === 'done' && (end.evidence.answer === 'ok' || end.evidence.answer === 'no-reply')) return;
    if (end.state === 'uncertain' && attempt < triesMax) continue;
    throw new AuroraError({
      code: 'reconciliation-refused',
      message: `${host} did not take ${kind}: ${end.state === 'done' ? end.evidence.messages.join(' ') : end.message}`,
      hint: 'Look again: the leader may have moved, and whoever leads by then is asked.',
    });
  }
}

const triesMax = 3;
