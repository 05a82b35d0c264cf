import type { Struct } from '../../../thrift/schema.ts';
import type { resourceAggregate, taskConfig } from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { type Amounts, aggregateOf, amountsOf } from '../tasks/amounts.ts';

/** The sum of what tasks of these configurations ask for, as `GetQuotaResult` shows it. */
export function sumResources(
  configs: readonly Struct<typeof taskConfig>[],
  form: SimulatedRelease['quotaResources'],
): Struct<typeof resourceAggregate> {
  const all = configs.map(amountsOf);
  const sum = (kind: keyof Amounts): number => all.reduce((total, one) => total + one[kind], 0);
  return aggregateOf({ numCpus: sum('numCpus'), ramMb: sum('ramMb'), diskMb: sum('diskMb') }, form);
}
