import type { Struct } from '../../../thrift/schema.ts';
import type { resourceAggregate } from '../../../thrift/structs.ts';

type Aggregate = Struct<typeof resourceAggregate>;

export interface Amounts {
  readonly numCpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
}

/** What is asked for or allowed, wherever it stands: in the set, or in the older scalars. */
export function amountsOf(
  holder: Pick<Aggregate, 'numCpus' | 'ramMb' | 'diskMb' | 'resources'> | undefined,
): Amounts {
  const find = (kind: keyof Amounts): number =>
    holder?.resources?.find((one) => one[kind] !== undefined)?.[kind] ?? holder?.[kind] ?? 0;
  return { numCpus: find('numCpus'), ramMb: find('ramMb'), diskMb: find('diskMb') };
}

/** The same in the fields that a release fills. */
export function aggregateOf(
  { numCpus, ramMb, diskMb }: Amounts,
  form: 'scalars' | 'both' | 'set',
): Aggregate {
  return {
    ...(form !== 'set' && { numCpus, ramMb, diskMb }),
    ...(form !== 'scalars' && { resources: [{ ramMb }, { diskMb }, { numCpus }] }),
  };
}
