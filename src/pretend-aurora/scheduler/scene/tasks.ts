import { type JobKey, type ScheduleStatus, scheduleStatuses } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { taskConfig } from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import type { ScheduledTask } from '../storage/store.ts';
import { taskIdFor } from '../tasks/task-changes.ts';

type TaskConfig = Struct<typeof taskConfig>;

export interface SceneJob {
  readonly key: JobKey;
  readonly owner: string;
  readonly tier: 'preferred' | 'preemptible';
  readonly isService: boolean;
  readonly command: string;
}

/** Releases up to 0.12 repeat the role. */
export function ownerOf({ key, owner }: SceneJob, { repeatsJobKey }: SimulatedRelease): TaskConfig['owner'] {
  return { ...(repeatsJobKey && { role: key.role }), user: owner };
}

/** A task's configuration, with every field that a scheduler of the release fills in by itself. */
export function configOf(job: SceneJob, release: SimulatedRelease): TaskConfig {
  const { repeatsJobKey, taskResources } = release;
  return {
    ...(repeatsJobKey && { environment: job.key.environment, jobName: job.key.name }),
    ...(taskResources !== 'set' && { numCpus: 0.5, ramMb: 128, diskMb: 256, requestedPorts: [] }),
    isService: job.isService,
    priority: 0,
    maxTaskFailures: 1,
    owner: ownerOf(job, release),
    production: job.tier === 'preferred',
    constraints: [],
    taskLinks: {},
    executorConfig: { name: 'AuroraExecutor', data: JSON.stringify({ cmdline: job.command }) },
    metadata: [],
    job: job.key,
    container: { mesos: { volumes: [] } },
    tier: job.tier,
    ...(taskResources !== 'scalars' && {
      resources: [{ ramMb: 128 }, { diskMb: 256 }, { numCpus: 0.5 }],
      mesosFetcherUris: [],
    }),
  };
}

export const sceneAgents = [1, 2, 3, 4].map((number) => ({
  agentId: `agent-${number}`,
  hostname: `agent-${number}.example.org`,
}));

export interface TaskTime {
  readonly instance: number;
  readonly status: ScheduleStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Tells replacements of one instance apart. */
  readonly generation?: number;
}

/** A task with its history up to `status`. */
export function taskOf(
  job: SceneJob,
  task: TaskTime,
  { seed, release }: { seed: string; release: SimulatedRelease },
): ScheduledTask {
  const { instance, status, startedAt, endedAt, generation = 1 } = task;
  const agent = sceneAgents[(instance + job.key.name.length) % sceneAgents.length];
  const config = configOf(job, release);
  const blank: ScheduledTask = { assignedTask: { task: config, instanceId: instance } };
  const taskId = taskIdFor(
    blank,
    `${seed} ${job.key.role}/${job.key.environment}/${job.key.name} ${instance} ${generation}`,
  );
  const event = (name: ScheduleStatus, timestamp: number) => ({
    timestamp,
    status: scheduleStatuses[name],
    scheduler: 'aurora-2',
  });
  const ended = endedAt === undefined ? [] : [event(status, endedAt)];
  return {
    assignedTask: {
      taskId,
      slaveId: agent?.agentId,
      slaveHost: agent?.hostname,
      task: config,
      assignedPorts: {},
      instanceId: instance,
    },
    status: scheduleStatuses[status],
    failureCount: status === 'FAILED' ? 1 : 0,
    taskEvents: [
      event('PENDING', startedAt),
      event('ASSIGNED', startedAt + 20),
      event('STARTING', startedAt + 150),
      event('RUNNING', startedAt + 400),
      ...ended,
    ],
    ...(release.countsPartitions && { timesPartitioned: 0 }),
  };
}
