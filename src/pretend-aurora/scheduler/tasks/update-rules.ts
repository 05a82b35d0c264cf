import { statusName, terminalStatuses } from '../../../aurora/tasks.ts';
import type { ScheduledTask } from '../storage/store.ts';

/** What a status update does to a task (aurora.md 11.3). */
interface Decision {
  /** The new status; `null` leaves the task as it is. */
  readonly status: string | null;
  readonly kill: boolean;
  readonly reschedule: boolean;
  /** The update is not allowed in this state; counted in `scheduler_illegal_task_state_transitions`. */
  readonly illegal: boolean;
}

const nothing: Decision = { status: null, kill: false, reschedule: false, illegal: false };

const statusOfMesosState: Readonly<Record<string, string>> = {
  TASK_STAGING: 'STARTING',
  TASK_STARTING: 'STARTING',
  TASK_RUNNING: 'RUNNING',
  TASK_FINISHED: 'FINISHED',
  TASK_FAILED: 'FAILED',
  TASK_KILLED: 'KILLED',
  TASK_KILLING: 'KILLED',
};

/**
 * Decides for a task of the store, or `undefined` for one that the store does not know. Not partition aware,
 * as by default.
 */
export function decideUpdate(task: ScheduledTask | undefined, mesosState: string): Decision {
  const update = statusOfMesosState[mesosState] ?? 'LOST';
  const runs = update === 'STARTING' || update === 'RUNNING';
  if (task === undefined) return runs ? { ...nothing, kill: true } : nothing;
  const status = task.status === undefined ? 'INIT' : statusName(task.status);
  if (terminalStatuses.has(status)) return runs ? { ...nothing, kill: true, illegal: true } : nothing;
  switch (status) {
    case 'PENDING':
    case 'THROTTLED':
      return { ...nothing, illegal: true };
    case 'KILLING':
      return runs ? { ...nothing, kill: true } : { ...nothing, status: update };
    case 'RESTARTING':
    case 'PREEMPTING':
    case 'DRAINING':
      return runs
        ? { ...nothing, kill: true, illegal: true }
        : { ...nothing, status: update, reschedule: true };
    default:
      return decidePlaced(task, { status, update });
  }
}

/** ASSIGNED, STARTING, RUNNING, PARTITIONED. */
function decidePlaced(task: ScheduledTask, { status, update }: { status: string; update: string }): Decision {
  switch (update) {
    case 'STARTING':
      return status === 'ASSIGNED' ? { ...nothing, status: update } : nothing;
    case 'RUNNING':
      return status === 'RUNNING' ? nothing : { ...nothing, status: update };
    case 'FINISHED':
      return { ...nothing, status: update, reschedule: isService(task) };
    case 'FAILED':
      return { ...nothing, status: update, reschedule: isService(task) || mayFailAgain(task) };
    case 'LOST':
      // Mesos' answer to a launch may be an error although something runs under that id: it is told to die.
      return { ...nothing, status: update, reschedule: true, kill: status === 'ASSIGNED' };
    default:
      return { ...nothing, status: update, reschedule: true };
  }
}

function isService(task: ScheduledTask): boolean {
  return task.assignedTask?.task?.isService ?? false;
}

function mayFailAgain(task: ScheduledTask): boolean {
  const limit = task.assignedTask?.task?.maxTaskFailures ?? 1;
  return limit === -1 || (task.failureCount ?? 0) + 1 < limit;
}
