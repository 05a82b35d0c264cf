import { jobKeyText, type ScheduleStatus, slaveAssignedStatuses, statusName } from '../../../aurora/tasks.ts';
import type { Call } from '../../mesos/master/protocol.ts';
import type { LogStorage } from '../storage/log-storage.ts';
import { jobKeyOf, type ScheduledTask, taskIdOf } from '../storage/store.ts';
import type { Timers } from '../timers.ts';
import { amountsOf } from './amounts.ts';
import { replacementOf, taskIdFor, withStatus } from './task-changes.ts';
import { decideUpdate } from './update-rules.ts';

/** What fits on a machine of the pretend cluster; a task that wants more stays PENDING. */
const agentCpus = 64;

interface Agent {
  readonly agentId: string;
  readonly hostname: string;
}

/**
 * Keeps the tasks of an ACTIVE scheduler as they should be: takes status updates, kills, launches and
 * replaces.
 */
export class TaskKeeper {
  private readonly storage: LogStorage;
  private readonly call: (call: Call) => void;
  private readonly options: {
    frameworkId: string;
    agents: readonly Agent[];
    countsPartitions: boolean;
    host: string;
    seed: string;
    now: () => number;
    timers: Timers;
    launchDelayMs: number;
    transientTimeoutMs: number;
  };
  private turn: Promise<void> = Promise.resolve();
  illegalTransitions = 0;

  constructor(storage: LogStorage, call: (call: Call) => void, options: TaskKeeper['options']) {
    this.storage = storage;
    this.call = call;
    this.options = options;
  }

  /** What happens by itself once the scheduler is ACTIVE: kills are sent again, waiting tasks are placed. */
  start(): void {
    const { timers, launchDelayMs, transientTimeoutMs } = this.options;
    for (const task of this.storage.store.tasks.values()) {
      const status = nameOf(task);
      if (status === 'KILLING') this.kill(taskIdOf(task));
      if (transientStatuses.has(status)) {
        timers.after(transientTimeoutMs, () => this.giveUpOn(taskIdOf(task), status));
      }
    }
    timers.after(launchDelayMs, () => this.placePending());
  }

  /** A status update of the master. */
  takeUpdate(taskId: string, mesosState: string): void {
    this.inTurn(async () => {
      const task = this.storage.store.tasks.get(taskId);
      const decision = decideUpdate(task, mesosState);
      if (decision.illegal) this.illegalTransitions++;
      if (decision.kill) this.kill(taskId);
      if (task === undefined || decision.status === null) return;
      await this.end(task, decision.status as ScheduleStatus, decision.reschedule);
    });
  }

  /** "Tell me about these": every task that should have a place on a machine. */
  askAboutPlaced(): void {
    const placed = [...this.storage.store.tasks.values()].filter((task) =>
      slaveAssignedStatuses.has(nameOf(task)),
    );
    this.call({
      type: 'reconcile',
      frameworkId: this.options.frameworkId,
      taskIds: placed.map(taskIdOf),
    });
  }

  /** "Tell me about everything that you run for me". */
  askAboutAll(): void {
    this.call({ type: 'reconcile', frameworkId: this.options.frameworkId, taskIds: null });
  }

  private giveUpOn(taskId: string, status: string): void {
    this.inTurn(async () => {
      const task = this.storage.store.tasks.get(taskId);
      if (task === undefined || nameOf(task) !== status) return;
      this.kill(taskId);
      await this.end(task, 'LOST', status !== 'KILLING');
    });
  }

  private async end(task: ScheduledTask, status: ScheduleStatus, reschedule: boolean): Promise<void> {
    const { now, host, seed, timers, launchDelayMs, countsPartitions } = this.options;
    const changed = withStatus(task, status, { at: now(), scheduler: host });
    const saved = [changed];
    if (reschedule) {
      const taskId = taskIdFor(task, `${seed} ${taskIdOf(task)}`);
      saved.push(replacementOf(changed, { taskId, at: now(), scheduler: host, countsPartitions }));
      timers.after(launchDelayMs, () => this.placePending());
    }
    await this.storage.write({ save: { tasks: saved } });
  }

  private placePending(): void {
    this.inTurn(async () => {
      const { agents, now, host, frameworkId } = this.options;
      const pending = [...this.storage.store.tasks.values()].filter(
        (task) => waitingStatuses.has(nameOf(task)) && cpusOf(task) <= agentCpus,
      );
      for (const task of pending) {
        const agent = agents[(task.assignedTask?.instanceId ?? 0) % Math.max(1, agents.length)];
        if (agent === undefined) return;
        const assigned = withStatus(task, 'ASSIGNED', { at: now(), scheduler: host });
        const placed = {
          ...assigned,
          assignedTask: { ...assigned.assignedTask, slaveId: agent.agentId, slaveHost: agent.hostname },
        };
        await this.storage.write({ save: { tasks: [placed] } });
        const tier = task.assignedTask?.task?.tier;
        this.call({
          type: 'launch',
          frameworkId,
          taskId: taskIdOf(task),
          name: jobKeyText(jobKeyOf(task)),
          agentId: agent.agentId,
          ...(tier !== undefined && { tier }),
        });
      }
    });
  }

  private kill(taskId: string): void {
    this.call({ type: 'kill', frameworkId: this.options.frameworkId, taskId });
  }

  /** One change at a time; a failed write has already ended the scheduler. */
  private inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(work).catch(() => undefined);
  }
}

const waitingStatuses = new Set(['PENDING', 'THROTTLED']);
/** States that must not last (`-transient_task_state_timeout`). */
const transientStatuses = new Set(['ASSIGNED', 'PREEMPTING', 'RESTARTING', 'KILLING', 'DRAINING']);

function nameOf(task: ScheduledTask): string {
  return task.status === undefined ? '' : statusName(task.status);
}

function cpusOf(task: ScheduledTask): number {
  return amountsOf(task.assignedTask?.task).numCpus;
}
