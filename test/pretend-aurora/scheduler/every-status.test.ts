import { afterEach, describe, expect, it } from 'vitest';
import {
  jobKeyText,
  type ScheduleStatus,
  scheduleStatuses,
  statusName,
  type TaskRow,
} from '../../../src/aurora/tasks.ts';
import type { MasterTask } from '../../../src/pretend-aurora/mesos/master/state.ts';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { sceneAgents, taskOf } from '../../../src/pretend-aurora/scheduler/scene/tasks.ts';
import {
  jobKeyOf,
  type ScheduledTask,
  taskIdOf,
} from '../../../src/pretend-aurora/scheduler/storage/store.ts';
import { wholeBlastRadius } from '../../support/whole-blast-radius.ts';
import { until } from './support/drill-cluster.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import { callScheduler } from './support/scheduler-call.ts';

const frameworkId = '11111111-2222-3333-4444-555555555555-0000';
const statuses = (Object.keys(scheduleStatuses) as ScheduleStatus[]).filter((status) => status !== 'INIT');
let lone: LoneScheduler;

afterEach(() => lone.close());

describe('the rules of aurora.md 11.3', () => {
  it('the simulated scheduler does to tasks of every status what the preview of a restore says', async () => {
    const committed = statuses.flatMap((status) => [taskIn(status, 0), taskIn(status, 1)]);
    const running = committed.filter((task) => task.assignedTask?.instanceId === 0).map(onMesos);
    const stranger = { ...onMesos(taskIn('RUNNING', 7)), taskId: 'x-y-z-0-unknown' };
    const predicted = wholeBlastRadius({
      backup: committed.map(rowOf),
      running: [...running, stranger].map(({ taskId, name }) => ({ taskId, name })),
    });
    lone = await startLoneScheduler({
      clusterName: 'c',
      flags: ['-reconciliation_initial_delay=365days'],
      world: { time: { msPerSecond: 20, msPerMinute: 60_000 } },
      log: [
        {
          kind: 'snapshot',
          snapshot: { timestamp: 1, tasks: committed, schedulerMetadata: { frameworkId } },
        },
      ],
      mesos: {
        frameworks: [
          { frameworkId, name: 'Aurora', failoverTimeoutSecs: 1, registeredAt: 1, unregisteredAt: 1 },
        ],
        agents: sceneAgents,
        tasks: [...running, stranger],
        completed: [],
        events: [],
      },
    });
    await untilLeading(lone);

    await callScheduler(lone.url, 'triggerExplicitTaskReconciliation', { settings: {} });
    await callScheduler(lone.url, 'triggerImplicitTaskReconciliation', {});
    const ids = (rows: readonly TaskRow[]) => rows.map(({ taskId }) => taskId).sort();
    await until('the kills', () => killed().length >= predicted.killed.length);
    await until('the replacements', () => replaced().length >= predicted.rescheduled.length);

    expect(killed()).toEqual(ids(predicted.killed));
    expect(replaced()).toEqual(ids(predicted.rescheduled));
    const left = lone.master.tasks().map(({ taskId }) => taskId);
    expect(left).toEqual(expect.arrayContaining(ids(predicted.kept)));
  });
});

function killed(): string[] {
  return lone.master
    .events()
    .flatMap((event) => (event.kind === 'killed' && event.taskId !== undefined ? [event.taskId] : []))
    .sort();
}

/** Tasks in whose place another one was made. */
function replaced(): string[] {
  return [...lone.scheduler.storage.store.tasks.values()]
    .flatMap(({ ancestorId }) => ancestorId ?? [])
    .sort();
}

function taskIn(status: ScheduleStatus, instance: number): ScheduledTask {
  const job = {
    key: { role: 'role', environment: 'prod', name: status.toLowerCase() },
    owner: 'op',
    tier: 'preemptible' as const,
    isService: true,
    command: 'true',
  };
  return taskOf(
    job,
    { instance, status, startedAt: 1 },
    { seed: 'test', release: simulatedReleaseOf('0.22.0') },
  );
}

function onMesos(task: ScheduledTask): MasterTask {
  return {
    taskId: taskIdOf(task),
    name: jobKeyText(jobKeyOf(task)),
    frameworkId,
    agentId: 'agent-1',
    state: 'TASK_RUNNING',
    at: 1,
  };
}

function rowOf(task: ScheduledTask): TaskRow {
  return {
    taskId: taskIdOf(task),
    jobKey: jobKeyOf(task),
    instanceId: task.assignedTask?.instanceId ?? 0,
    status: statusName(task.status ?? -1),
  };
}
