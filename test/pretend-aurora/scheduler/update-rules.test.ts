import { describe, expect, it } from 'vitest';
import { type ScheduleStatus, scheduleStatuses } from '../../../src/aurora/tasks.ts';
import type { ScheduledTask } from '../../../src/pretend-aurora/scheduler/storage/store.ts';
import { decideUpdate } from '../../../src/pretend-aurora/scheduler/tasks/update-rules.ts';

function taskIn(status: ScheduleStatus, isService = true): ScheduledTask {
  return {
    status: scheduleStatuses[status],
    assignedTask: { taskId: 't', task: { isService, maxTaskFailures: 1 } },
  };
}

describe('a status update', () => {
  it('RUNNING of a task that the store does not know kills it', () => {
    expect(decideUpdate(undefined, 'TASK_RUNNING')).toMatchObject({ kill: true, status: null });
  });

  it('LOST of a task that the store does not know does nothing', () => {
    expect(decideUpdate(undefined, 'TASK_LOST')).toMatchObject({ kill: false, status: null });
  });

  it.each([
    'FINISHED',
    'FAILED',
    'KILLED',
    'LOST',
    'KILLING',
    'RESTARTING',
    'PREEMPTING',
    'DRAINING',
  ] as const)('RUNNING of a task that is %s kills it', (status) => {
    expect(decideUpdate(taskIn(status), 'TASK_RUNNING')).toMatchObject({ kill: true, status: null });
  });

  it.each(['PENDING', 'THROTTLED'] as const)('RUNNING of a %s task is rejected without a kill', (status) => {
    expect(decideUpdate(taskIn(status), 'TASK_RUNNING')).toMatchObject({ kill: false, illegal: true });
  });

  it.each(['ASSIGNED', 'STARTING', 'PARTITIONED'] as const)('RUNNING of a %s task keeps it', (status) => {
    expect(decideUpdate(taskIn(status), 'TASK_RUNNING')).toMatchObject({ kill: false, status: 'RUNNING' });
  });

  it.each(['ASSIGNED', 'STARTING', 'RUNNING', 'PARTITIONED', 'RESTARTING', 'DRAINING'] as const)(
    'LOST of a %s task starts it again, service or not',
    (status) => {
      expect(decideUpdate(taskIn(status, false), 'TASK_LOST')).toMatchObject({
        status: 'LOST',
        reschedule: true,
      });
    },
  );

  it('LOST of a task that is being killed ends it for good', () => {
    expect(decideUpdate(taskIn('KILLING'), 'TASK_LOST')).toMatchObject({ status: 'LOST', reschedule: false });
  });

  it.each([
    ['TASK_FINISHED', true, true],
    ['TASK_FINISHED', false, false],
    ['TASK_FAILED', true, true],
    ['TASK_FAILED', false, false],
  ] as const)('%s of a service (%s): replaced %s', (state, isService, reschedule) => {
    expect(decideUpdate(taskIn('RUNNING', isService), state)).toMatchObject({ reschedule });
  });
});
