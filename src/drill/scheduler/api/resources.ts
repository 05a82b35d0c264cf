import type { Struct } from '../../../thrift/schema.ts';
import type { resourceAggregate } from '../../../thrift/structs.ts';
import type { ScheduledTask } from '../storage/store.ts';

type Aggregate = Struct<typeof resourceAggregate>;

/** The sum of what tasks ask for, as `GetQuotaResult` shows it: disk, memory, processors. */
export function sumResources(tasks: readonly ScheduledTask[]): Aggregate {
  const all = tasks.flatMap((task) => task.assignedTask?.task?.resources ?? []);
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    resources: [
      { ramMb: sum(all.map(({ ramMb }) => ramMb)) },
      { diskMb: sum(all.map(({ diskMb }) => diskMb)) },
      { numCpus: sum(all.map(({ numCpus }) => numCpus)) },
    ],
  };
}
