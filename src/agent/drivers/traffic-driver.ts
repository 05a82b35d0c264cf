/** Keeps outside traffic away from the scheduler's `-http_port`; the agent's own path stays open. */
import type { Effect } from './effect-command.ts';

export interface TrafficState {
  readonly state: 'open' | 'blocked' | 'not-managed';
  /** It is so for good. `false`: a change was cut short in its middle, and must be asked for again. */
  readonly settled: boolean;
}

export interface TrafficDriver {
  status(): Promise<TrafficState>;
  block(effect: Effect): Promise<void>;
  unblock(effect: Effect): Promise<void>;
  /** Blocks again what was blocked and has come open without `unblock` (a reboot). */
  blockAgain(): Promise<void>;
  /** Whether `blockAgain` had to, in this life of the agent or before it; told once. */
  takeBlockedAgain(): Promise<boolean>;
}
