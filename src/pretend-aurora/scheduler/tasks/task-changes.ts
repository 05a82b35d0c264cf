import { createHash } from 'node:crypto';
import { type ScheduleStatus, scheduleStatuses } from '../../../aurora/tasks.ts';
import { jobKeyOf, type ScheduledTask, taskIdOf } from '../storage/store.ts';

/** The task in its new status, with the event that says so. */
export function withStatus(
  task: ScheduledTask,
  status: ScheduleStatus,
  event: { at: number; scheduler: string; message?: string },
): ScheduledTask {
  const { at, scheduler, message } = event;
  const code = scheduleStatuses[status];
  return {
    ...task,
    status: code,
    failureCount: (task.failureCount ?? 0) + (status === 'FAILED' ? 1 : 0),
    taskEvents: [
      ...(task.taskEvents ?? []),
      { timestamp: at, status: code, ...(message !== undefined && { message }), scheduler },
    ],
  };
}

/**
 * A new task in the place of one that ended: same configuration and instance, PENDING, with its ancestor's
 * id.
 */
export function replacementOf(
  task: ScheduledTask,
  made: { taskId: string; at: number; scheduler: string; countsPartitions: boolean },
): ScheduledTask {
  const { task: config, instanceId } = task.assignedTask ?? {};
  const fresh: ScheduledTask = {
    assignedTask: { taskId: made.taskId, task: config, assignedPorts: {}, instanceId: instanceId ?? 0 },
    failureCount: task.failureCount ?? 0,
    taskEvents: [],
    ancestorId: taskIdOf(task),
    ...(made.countsPartitions && { timesPartitioned: 0 }),
  };
  const pending = withStatus(fresh, 'PENDING', {
    at: made.at,
    scheduler: made.scheduler,
    message: 'Rescheduled',
  });
  return { ...pending, failureCount: task.failureCount ?? 0 };
}

/**
 * `role-environment-job-instance-uuid`, every other character turned into `-` (mesos.md 5). Derived from the
 * seed: drills repeat.
 */
export function taskIdFor(task: ScheduledTask, seed: string): string {
  const { role, environment, name } = jobKeyOf(task);
  const instance = String(task.assignedTask?.instanceId ?? 0);
  return `${[role, environment, name, instance].join('-')}-${uuidFrom(seed)}`.replace(/[^A-Za-z0-9_-]/g, '-');
}

/** A uuid (version 4 in form) that depends on the text only. */
export function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
