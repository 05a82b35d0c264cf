export const lifecycleStates = [
  'IDLE',
  'PREPARING_STORAGE',
  'STORAGE_PREPARED',
  'LEADER_AWAITING_REGISTRATION',
  'ACTIVE',
  'DEAD',
] as const;
type LifecycleState = (typeof lifecycleStates)[number];

/**
 * Where a scheduler is in its life; the gauges of `/vars` read it, and every change is a log line (aurora.md
 * 8.3).
 */
export class Lifecycle {
  private current: LifecycleState = 'IDLE';
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  get state(): LifecycleState {
    return this.current;
  }

  moveTo(next: LifecycleState): void {
    this.say(`SchedulerLifecycle state machine transition ${this.current} -> ${next}`);
    this.current = next;
  }
}
