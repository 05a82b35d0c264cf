/** The scheduler as a service of its host. */
import type { Effect } from './effect-command.ts';

export interface ServiceState {
  readonly state: 'running' | 'stopped';
  /** `null` when the service manager names none. */
  readonly pid: number | null;
  /** Nothing but `start` brings it back: no restart, no reboot, no hand. `null` when the driver cannot tell. */
  readonly held: boolean | null;
  /** Starts by the manager itself since somebody started it; `null` when it does not count them. */
  readonly restarts: number | null;
}

/** Each effect may be asked twice. None of them is believed: whoever asks looks at the host afterwards. */
export interface ServiceDriver {
  status(): Promise<ServiceState>;
  start(effect: Effect): Promise<void>;
  /** Asks the scheduler to end and keeps its manager from starting it again. */
  stop(effect: Effect): Promise<void>;
  /** SIGKILL, when it does not end. */
  kill(effect: Effect): Promise<void>;
}
