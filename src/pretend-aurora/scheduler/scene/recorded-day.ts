import { jobKeyText } from '../../../aurora/tasks.ts';
import type { MasterState, MasterTask } from '../../mesos/master/state.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import {
  jobKeyOf,
  type ScheduledTask,
  type Snapshot,
  Store,
  type StoreChange,
  taskIdOf,
} from '../storage/store.ts';
import { aggregateOf } from '../tasks/amounts.ts';
import { uuidFrom } from '../tasks/task-changes.ts';
import { configOf, ownerOf, type SceneJob, sceneAgents, type TaskTime, taskOf } from './tasks.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * The cluster of every drill, with the numbers of the recorded restore (test/fixtures/restore-staged): nine
 * tasks in the backup; since then one web task has failed and been replaced, scratch was killed by its owner,
 * a new job came, and one bidder vanished with its machine and nobody knows yet. A restore of that backup
 * kills 3, starts 4 again, keeps 5.
 */
export interface RecordedDay {
  readonly release: SimulatedRelease;
  readonly frameworkId: string;
  /** The state when the backup was taken. */
  readonly atBackup: Snapshot;
  /** What the scheduler wrote since, oldest first. */
  readonly since: readonly StoreChange[];
  /** What Mesos really runs now. */
  readonly mesos: MasterState;
  readonly backupAt: number;
  /** Task ids; sorted. */
  readonly outcome: {
    readonly killed: readonly string[];
    readonly rescheduled: readonly string[];
    readonly kept: readonly string[];
  };
}

/** The same seed and `nowMs` make the same bytes. */
export function recallDay({
  nowMs,
  seed,
  release,
}: {
  nowMs: number;
  seed: string;
  release: SimulatedRelease;
}): RecordedDay {
  const frameworkId = `${uuidFrom(`${seed} framework`)}-0000`;
  const backupAt = nowMs - 14 * minuteMs;
  const born = nowMs - 3 * dayMs;
  const task = (job: SceneJob, at: TaskTime): ScheduledTask => taskOf(job, at, { seed, release });
  const running = (job: SceneJob, instance: number) =>
    task(job, { instance, status: 'RUNNING', startedAt: born + instance * 1_000 });

  const bidders = [0, 1, 2].map((instance) => running(bidder, instance));
  const scratches = [0, 1].map((instance) => running(scratch, instance));
  const webs = [0, 1, 2, 3].map((instance) => running(web, instance));
  const atBackup = { ...describeCluster(frameworkId, release), tasks: [...bidders, ...scratches, ...webs] };

  const failedWeb = task(web, {
    instance: 0,
    status: 'FAILED',
    startedAt: born,
    endedAt: backupAt + minuteMs,
  });
  const replacement = {
    ...task(web, { instance: 0, status: 'RUNNING', startedAt: backupAt + minuteMs + 50, generation: 2 }),
    ancestorId: taskIdOf(failedWeb),
  };
  const killedScratches = [0, 1].map((instance) =>
    task(scratch, {
      instance,
      status: 'KILLED',
      startedAt: born + instance * 1_000,
      endedAt: backupAt + 3 * minuteMs,
    }),
  );
  const lates = [0, 1].map((instance) =>
    task(late, { instance, status: 'RUNNING', startedAt: backupAt + 5 * minuteMs }),
  );
  const [vanished] = bidders;
  const alive = [...bidders, ...webs.slice(1), replacement, ...lates].filter((one) => one !== vanished);
  const ended = [failedWeb, ...killedScratches];
  const ids = (tasks: readonly ScheduledTask[]) => tasks.map(taskIdOf).sort();
  return {
    release,
    frameworkId,
    backupAt,
    atBackup: withTime(atBackup, { takenAt: backupAt, release }),
    since: [
      { save: { tasks: [failedWeb, replacement] } },
      { save: { tasks: killedScratches } },
      { save: { tasks: lates } },
    ],
    mesos: describeMesos({ frameworkId, alive, ended, born, nowMs }),
    outcome: {
      killed: ids([replacement, ...lates]),
      rescheduled: ids([...(vanished ? [vanished] : []), ...scratches, ...webs.slice(0, 1)]),
      kept: ids([...bidders.slice(1), ...webs.slice(1)]),
    },
  };
}

/** An older backup of the same cluster: as the newest one, but the bidders still ran their previous command. */
export function olderBackup(story: RecordedDay, takenAt: number): Snapshot {
  const tasks = (story.atBackup.tasks ?? []).map((task) => {
    const { assignedTask } = task;
    if (jobKeyOf(task).name !== bidder.key.name) return task;
    const config = configOf({ ...bidder, command: './bidder --release=41' }, story.release);
    return { ...task, assignedTask: { ...assignedTask, task: config } };
  });
  return withTime({ ...story.atBackup, tasks }, { takenAt, release: story.release });
}

const bidder: SceneJob = {
  key: { role: 'ads', environment: 'prod', name: 'bidder' },
  owner: 'ads-oncall',
  tier: 'preferred',
  isService: true,
  command: './bidder --release=42',
};
const scratch: SceneJob = {
  key: { role: 'www', environment: 'devel', name: 'scratch' },
  owner: 'dana',
  tier: 'preemptible',
  isService: true,
  command: './scratch',
};
const web: SceneJob = {
  key: { role: 'www', environment: 'prod', name: 'web' },
  owner: 'web-oncall',
  tier: 'preferred',
  isService: true,
  command: './web',
};
const late: SceneJob = {
  key: { role: 'new', environment: 'prod', name: 'late' },
  owner: 'eli',
  tier: 'preemptible',
  isService: true,
  command: './late',
};
const report: SceneJob = {
  key: { role: 'ads', environment: 'prod', name: 'report' },
  owner: 'ads-oncall',
  tier: 'preemptible',
  isService: false,
  command: './report',
};

function describeCluster(frameworkId: string, release: SimulatedRelease): Snapshot {
  return {
    hostAttributes: sceneAgents.map(({ agentId, hostname }, index) => ({
      host: hostname,
      attributes: [
        { name: 'host', values: [hostname] },
        { name: 'rack', values: [`rack-${index % 2}`] },
      ],
      mode: 1,
      slaveId: agentId,
    })),
    cronJobs: [
      {
        jobConfiguration: {
          cronSchedule: '0 4 * * *',
          cronCollisionPolicy: 0,
          taskConfig: configOf(report, release),
          owner: ownerOf(report, release),
          instanceCount: 1,
          key: report.key,
        },
      },
    ],
    schedulerMetadata: { frameworkId },
    quotaConfigurations: ['ads', 'www'].map((role) => ({
      role,
      quota: aggregateOf({ numCpus: 100, ramMb: 102_400, diskMb: 1_024_000 }, release.quotaResources),
    })),
  };
}

/** Through a store, so that it is what a scheduler's snapshot would be. */
function withTime(snapshot: Snapshot, at: { takenAt: number; release: SimulatedRelease }): Snapshot {
  const store = new Store();
  store.load(snapshot);
  return store.toSnapshot(at.takenAt, at.release);
}

function describeMesos(cluster: {
  frameworkId: string;
  alive: readonly ScheduledTask[];
  ended: readonly ScheduledTask[];
  born: number;
  nowMs: number;
}): MasterState {
  const { frameworkId } = cluster;
  const known = (task: ScheduledTask, state: string): MasterTask => {
    const tier = task.assignedTask?.task?.tier;
    return {
      taskId: taskIdOf(task),
      name: jobKeyText(jobKeyOf(task)),
      frameworkId,
      agentId: task.assignedTask?.slaveId ?? '',
      state,
      at: task.taskEvents?.at(-1)?.timestamp ?? cluster.nowMs,
      ...(tier !== undefined && { tier }),
    };
  };
  return {
    frameworks: [
      {
        frameworkId,
        name: 'Aurora',
        failoverTimeoutSecs: (21 * dayMs) / 1000,
        registeredAt: cluster.born,
        unregisteredAt: cluster.nowMs,
      },
    ],
    agents: sceneAgents,
    tasks: cluster.alive.map((task) => known(task, 'TASK_RUNNING')),
    completed: cluster.ended.map((task) => known(task, task.status === 4 ? 'TASK_FAILED' : 'TASK_KILLED')),
    events: [],
  };
}
