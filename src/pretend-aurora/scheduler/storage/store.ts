import { type JobKey, jobKeyText } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type {
  hostAttributes,
  hostMaintenanceRequest,
  quotaConfiguration,
  scheduledTask,
  snapshot,
  storedCronJob,
  storedJobUpdateDetails,
} from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';

export type ScheduledTask = Struct<typeof scheduledTask>;
export type Snapshot = Struct<typeof snapshot>;

/** One write: what is saved over what was there, and which tasks go. The unit of the replicated log. */
export interface StoreChange {
  readonly save?: Snapshot;
  readonly removeTasks?: readonly string[];
}

/** Everything a scheduler knows, in memory. Knows no log and no rules of the task state machine. */
export class Store {
  readonly tasks = new Map<string, ScheduledTask>();
  readonly cronJobs = new Map<string, Struct<typeof storedCronJob>>();
  readonly quotas = new Map<string, Struct<typeof quotaConfiguration>>();
  readonly hostAttributes = new Map<string, Struct<typeof hostAttributes>>();
  readonly jobUpdates = new Map<string, Struct<typeof storedJobUpdateDetails>>();
  readonly maintenance = new Map<string, Struct<typeof hostMaintenanceRequest>>();
  frameworkId: string | null = null;

  apply({ save = {}, removeTasks = [] }: StoreChange): void {
    for (const task of save.tasks ?? []) this.tasks.set(taskIdOf(task), task);
    for (const taskId of removeTasks) this.tasks.delete(taskId);
    for (const cron of save.cronJobs ?? []) {
      this.cronJobs.set(jobKeyText(completeKey(cron.jobConfiguration?.key)), cron);
    }
    for (const quota of save.quotaConfigurations ?? []) this.quotas.set(quota.role ?? '', quota);
    for (const host of save.hostAttributes ?? []) this.hostAttributes.set(host.host ?? '', host);
    for (const request of save.hostMaintenanceRequests ?? []) {
      this.maintenance.set(request.host ?? '', request);
    }
    for (const stored of save.jobUpdateDetails ?? []) {
      this.jobUpdates.set(JSON.stringify(stored.details?.update?.summary?.key ?? null), stored);
    }
    this.frameworkId = save.schedulerMetadata?.frameworkId ?? this.frameworkId;
  }

  /** Replaces everything. */
  load(snapshot: Snapshot): void {
    for (const part of [this.tasks, this.cronJobs, this.quotas, this.hostAttributes, this.jobUpdates]) {
      part.clear();
    }
    this.maintenance.clear();
    this.frameworkId = null;
    this.apply({ save: snapshot });
  }

  /** A snapshot of now, or of the frozen clock of a staged backup, in the form of a release. */
  toSnapshot(timestampMs: number, release: SimulatedRelease): Snapshot {
    const { jobUpdates, locks, dbScript, maintenanceRequests } = release.snapshotParts;
    return {
      timestamp: timestampMs,
      hostAttributes: [...this.hostAttributes.values()],
      tasks: [...this.tasks.values()],
      cronJobs: [...this.cronJobs.values()],
      schedulerMetadata: {
        ...(this.frameworkId !== null && { frameworkId: this.frameworkId }),
        ...buildOf(release),
      },
      quotaConfigurations: [...this.quotas.values()],
      ...(locks && { locks: [] }),
      ...(jobUpdates && { jobUpdateDetails: [...this.jobUpdates.values()] }),
      ...(dbScript && {
        dbScript: ['-- a pretend scheduler has no SQL store'],
        experimentalTaskStore: false,
      }),
      ...(maintenanceRequests && { hostMaintenanceRequests: [...this.maintenance.values()] }),
    };
  }
}

/** What a snapshot says about the build that wrote it; only the version is real. */
function buildOf(release: SimulatedRelease): NonNullable<Snapshot['schedulerMetadata']> {
  const { version } = release;
  const revision = '0'.repeat(40);
  if (release.buildDetails === 'fields') {
    return { revision, tag: `rel/${version}`, timestamp: '', user: '', machine: '', version: { major: 3 } };
  }
  return {
    details: {
      version,
      date: 'Mon 2019-12-30',
      'git.revision': revision,
      'git.tag': `rel/${version}`,
      time: '2019-12-30 00:00:00 UTC',
    },
  };
}

export function taskIdOf(task: ScheduledTask): string {
  return task.assignedTask?.taskId ?? '';
}

/** The job a task belongs to; parts that are absent become empty. */
export function jobKeyOf(task: ScheduledTask): JobKey {
  return completeKey(task.assignedTask?.task?.job);
}

/** A key whose absent parts are empty. */
export function completeKey(
  key: { role?: string | undefined; environment?: string | undefined; name?: string | undefined } | undefined,
): JobKey {
  return { role: key?.role ?? '', environment: key?.environment ?? '', name: key?.name ?? '' };
}
