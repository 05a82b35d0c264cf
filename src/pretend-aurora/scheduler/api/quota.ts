import { livesIn } from '../../../aurora/lifetime.ts';
import { statusName, terminalStatuses } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { resourceAggregate, taskConfig } from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { completeKey, jobKeyOf, type Store } from '../storage/store.ts';
import { type Amounts, aggregateOf, amountsOf } from '../tasks/amounts.ts';

type Aggregate = Struct<typeof resourceAggregate>;
type TaskConfig = Struct<typeof taskConfig>;

interface RoleQuota {
  readonly quota: Aggregate;
  readonly prodSharedConsumption: Aggregate;
  readonly nonProdSharedConsumption: Aggregate;
  readonly prodDedicatedConsumption?: Aggregate;
  readonly nonProdDedicatedConsumption?: Aggregate;
}

const none: Amounts = { numCpus: 0, ramMb: 0, diskMb: 0 };
/** Up to 0.9 all consumption is one (aurora.md 2.3). */
const dedicatedApart = { from: 10 };

/**
 * What a role may have, zeros when nobody said, and what it has (QuotaManager): of a cron job its template or its tasks, whichever is
 * more. An update that goes on counts by its tasks alone: none does in a drill.
 */
export function quotaOf(store: Store, role: string, release: SimulatedRelease): RoleQuota {
  const crons = [...store.cronJobs.values()]
    .map(({ jobConfiguration }) => jobConfiguration)
    .filter((job) => completeKey(job?.key).role === role);
  const cronNames = new Set(crons.map((job) => completeKey(job?.key)).map(nameOf));
  const tasks = [...store.tasks.values()].filter(
    (task) => jobKeyOf(task).role === role && !terminalStatuses.has(statusName(task.status ?? 0)),
  );
  const consumed = (isCounted: (config: TaskConfig) => boolean): Aggregate => {
    const amountsOfTasks = (wanted: (name: string) => boolean): Amounts =>
      tasks
        .filter((task) => wanted(nameOf(jobKeyOf(task))))
        .map((task) => task.assignedTask?.task ?? {})
        .filter(isCounted)
        .map(amountsOf)
        .reduce(plus, none);
    const ofCrons = crons.flatMap((job) => {
      const template = job?.taskConfig ?? {};
      if (!isCounted(template)) return [];
      const name = nameOf(completeKey(job?.key));
      return [
        most(
          times(amountsOf(template), job?.instanceCount ?? 0),
          amountsOfTasks((one) => one === name),
        ),
      ];
    });
    const all = ofCrons.reduce(
      plus,
      amountsOfTasks((name) => !cronNames.has(name)),
    );
    return aggregateOf(all, release.quotaResources);
  };
  const apart = livesIn(dedicatedApart, release.minor);
  const shared = (config: TaskConfig): boolean => !apart || !isDedicated(config);
  return {
    quota: aggregateOf(amountsOf(store.quotas.get(role)?.quota), release.quotaResources),
    prodSharedConsumption: consumed((config) => config.production === true && shared(config)),
    nonProdSharedConsumption: consumed((config) => config.production !== true && shared(config)),
    ...(apart && {
      prodDedicatedConsumption: consumed((config) => config.production === true && isDedicated(config)),
      nonProdDedicatedConsumption: consumed((config) => config.production !== true && isDedicated(config)),
    }),
  };
}

function nameOf({ environment, name }: { environment: string; name: string }): string {
  return `${environment}/${name}`;
}

/** It asks for machines that are there for it alone. */
function isDedicated({ constraints = [] }: TaskConfig): boolean {
  return constraints.some(({ name }) => name === 'dedicated');
}

function plus(a: Amounts, b: Amounts): Amounts {
  return { numCpus: a.numCpus + b.numCpus, ramMb: a.ramMb + b.ramMb, diskMb: a.diskMb + b.diskMb };
}

function times({ numCpus, ramMb, diskMb }: Amounts, factor: number): Amounts {
  return { numCpus: numCpus * factor, ramMb: ramMb * factor, diskMb: diskMb * factor };
}

function most(a: Amounts, b: Amounts): Amounts {
  return {
    numCpus: Math.max(a.numCpus, b.numCpus),
    ramMb: Math.max(a.ramMb, b.ramMb),
    diskMb: Math.max(a.diskMb, b.diskMb),
  };
}
