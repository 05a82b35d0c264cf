import type { RestoreDeps } from '../ports.ts';
import type { StepFacts, StepName } from '../record/facts.ts';
import type { StepContext } from '../step.ts';
import { steps } from '../steps/index.ts';
import { isLong } from './long-steps.ts';
import { isLarge, runApart } from './run-apart.ts';

/** Does the work of a step: in a thread where it is long and there are threads, and here otherwise. */
export async function runStep(
  context: StepContext,
  work: {
    readonly step: StepName;
    readonly signal: AbortSignal;
    readonly threads: RestoreDeps['threads'];
  },
): Promise<StepFacts[StepName]> {
  const { step, signal, threads } = work;
  return threads !== undefined && isLong(step) && (await isLarge(context, threads))
    ? await runApart(context, { step, signal, threads })
    : await steps[step].run(context);
}
