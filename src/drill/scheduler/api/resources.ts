import type { Release } from '../../../aurora/releases.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { resourceAggregate } from '../../../thrift/structs.ts';
import type { ScheduledTask } from '../storage/store.ts';
import { type Amounts, aggregateOf, amountsOf } from '../tasks/amounts.ts';

/** The sum of what tasks ask for, as `GetQuotaResult` shows it. */
export function sumResources(
  tasks: readonly ScheduledTask[],
  form: Release['quotaResources'],
): Struct<typeof resourceAggregate> {
  const all = tasks.map((task) => amountsOf(task.assignedTask?.task));
  const sum = (kind: keyof Amounts): number => all.reduce((total, one) => total + one[kind], 0);
  return aggregateOf({ numCpus: sum('numCpus'), ramMb: sum('ramMb'), diskMb: sum('diskMb') }, form);
}
