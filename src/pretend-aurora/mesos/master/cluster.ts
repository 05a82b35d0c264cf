import type { Call, Push, Subscribe } from './protocol.ts';
import { emptyMasterState, type MasterEvent, type MasterState, type MasterTask } from './state.ts';

/** The pretend Mesos cluster: its tasks and who is told what. Decides; sockets and files are elsewhere. */
export class MesosCluster {
  readonly state: MasterState;
  private readonly now: () => number;
  private readonly onChange: () => void;
  private readonly newFrameworkId: () => string;
  private readonly schedulers = new Map<string, (push: Push) => void>();

  constructor(options: {
    state?: MasterState;
    now: () => number;
    newFrameworkId: () => string;
    /** Called after every change, before anybody is told of it. */
    onChange: () => void;
  }) {
    this.state = structuredClone(options.state ?? emptyMasterState());
    this.now = options.now;
    this.onChange = options.onChange;
    this.newFrameworkId = options.newFrameworkId;
    // A restarted master knows nobody's connection any more.
    for (const framework of this.state.frameworks) framework.unregisteredAt ??= this.now();
  }

  /**
   * Registers a scheduler and returns its framework id; a second scheduler of one framework replaces the
   * first, which is told so (`Master::failoverFramework`).
   */
  subscribe(request: Subscribe, tell: (push: Push) => void): string {
    const frameworkId = request.frameworkId ?? this.newFrameworkId();
    const known = this.state.frameworks.find((framework) => framework.frameworkId === frameworkId);
    if (known) known.unregisteredAt = null;
    else {
      this.state.frameworks.push({
        frameworkId,
        name: request.name,
        failoverTimeoutSecs: request.failoverTimeoutSecs,
        registeredAt: this.now(),
        unregisteredAt: null,
      });
    }
    this.schedulers.get(frameworkId)?.({ type: 'error', message: 'Framework failed over' });
    this.schedulers.set(frameworkId, tell);
    this.record({ kind: 'registered', frameworkId, detail: `${request.host} ${known ? 'known' : 'new'}` });
    this.onChange();
    tell({ type: 'subscribed', frameworkId, agents: this.state.agents });
    return frameworkId;
  }

  /** The scheduler that `tell` belongs to is gone; nothing happens when another one has replaced it. */
  disconnect(frameworkId: string, tell: (push: Push) => void): void {
    if (this.schedulers.get(frameworkId) !== tell) return;
    this.schedulers.delete(frameworkId);
    const framework = this.state.frameworks.find((one) => one.frameworkId === frameworkId);
    if (framework) framework.unregisteredAt = this.now();
    this.onChange();
  }

  call(call: Call): void {
    switch (call.type) {
      case 'launch':
        this.launch(call);
        break;
      case 'kill':
        this.kill(call.taskId, call.frameworkId);
        break;
      case 'reconcile':
        this.reconcile(call.frameworkId, call.taskIds);
        break;
    }
  }

  /** Starts a task; one whose id runs already is refused with TASK_ERROR, and the running one goes on. */
  launch(task: Omit<MasterTask, 'state' | 'at'>): void {
    if (this.find(task.taskId)) {
      this.record({ kind: 'duplicate', frameworkId: task.frameworkId, taskId: task.taskId });
      this.onChange();
      this.tell(task.frameworkId, { ...task, state: 'TASK_ERROR' });
      return;
    }
    const { taskId, name, frameworkId, agentId, tier } = task;
    const running = { taskId, name, frameworkId, agentId, state: 'TASK_RUNNING', at: this.now() };
    this.state.tasks.push(tier === undefined ? running : { ...running, tier });
    this.record({ kind: 'launched', frameworkId, taskId });
    this.onChange();
    this.tell(frameworkId, { taskId, agentId, state: 'TASK_STARTING' });
    this.tell(frameworkId, { taskId, agentId, state: 'TASK_RUNNING' });
  }

  /** Ends a running task because its framework asked; a task nobody knows is answered LOST. */
  kill(taskId: string, frameworkId: string): void {
    if (this.find(taskId)) this.end(taskId, { state: 'TASK_KILLED', kind: 'killed' });
    else this.tell(frameworkId, { taskId, agentId: '', state: 'TASK_LOST' });
  }

  /** The task fails by itself. */
  fail(taskId: string): void {
    this.end(taskId, { state: 'TASK_FAILED', kind: 'failed' });
  }

  /** The task is gone and nobody is told: its machine died unseen. */
  vanish(taskId: string): void {
    const task = this.remove(taskId);
    if (!task) return;
    this.record({ kind: 'gone', frameworkId: task.frameworkId, taskId });
    this.onChange();
  }

  /** A status update that comes by itself, as from an executor that was asked to report. */
  report(taskId: string): void {
    const task = this.find(taskId);
    if (task) this.tell(task.frameworkId, task);
  }

  private reconcile(frameworkId: string, taskIds: readonly string[] | null): void {
    const mine = this.state.tasks.filter((task) => task.frameworkId === frameworkId);
    if (taskIds === null) {
      for (const task of mine) this.tell(frameworkId, task);
      return;
    }
    const known = new Map(mine.map((task) => [task.taskId, task]));
    const lost = taskIds.filter((taskId) => !known.has(taskId));
    for (const taskId of lost) this.record({ kind: 'lost', frameworkId, taskId });
    if (lost.length > 0) this.onChange();
    for (const taskId of taskIds) {
      this.tell(frameworkId, known.get(taskId) ?? { taskId, agentId: '', state: 'TASK_LOST' });
    }
  }

  private end(taskId: string, how: { state: string; kind: MasterEvent['kind'] }): void {
    const task = this.remove(taskId);
    if (!task) return;
    const ended = { ...task, state: how.state, at: this.now() };
    this.state.completed.push(ended);
    this.record({ kind: how.kind, frameworkId: task.frameworkId, taskId });
    this.onChange();
    this.tell(task.frameworkId, ended);
  }

  private find(taskId: string): MasterTask | undefined {
    return this.state.tasks.find((task) => task.taskId === taskId);
  }

  private remove(taskId: string): MasterTask | undefined {
    const task = this.find(taskId);
    if (task) this.state.tasks.splice(this.state.tasks.indexOf(task), 1);
    return task;
  }

  private record(event: Omit<MasterEvent, 'at'>): void {
    this.state.events.push({ at: this.now(), ...event });
  }

  private tell(frameworkId: string, update: { taskId: string; state: string; agentId: string }): void {
    const { taskId, state, agentId } = update;
    this.schedulers.get(frameworkId)?.({ type: 'update', taskId, state, agentId });
  }
}
