/** How losses are told. */

import type { StepName } from '../../../src/restore/record/facts.ts';
import { titleOfStep } from '../../../src/restore/steps/index.ts';
import type { Loss } from '../support/losses.ts';

/** `while "Stage the backup" runs (stage-backup)` */
export function placeOf(step: StepName): string {
  return `while "${titleOfStep(step)}" runs (${step})`;
}

/** `Stage the backup (stage-backup)`, the name of a table's row. */
export function rowOf(step: StepName): string {
  return `${titleOfStep(step)} (\`${step}\`)`;
}

export function nameOf(loss: Loss, host: string): string {
  if (loss === 'agent') return `the agent of ${host}`;
  return loss === 'host' ? `the host ${host}` : loss;
}
