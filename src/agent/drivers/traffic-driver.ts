/** Keeps outside traffic away from the scheduler's `-http_port`; the agent's own path stays open. */
import type { Effect } from './effect-command.ts';

export interface TrafficDriver {
  status(): Promise<'open' | 'blocked' | 'not-managed'>;
  block(effect: Effect): Promise<void>;
  unblock(effect: Effect): Promise<void>;
  /** Blocks again what was blocked and has come open without `unblock` (a reboot); `true` when it did. */
  blockAgain(): Promise<boolean>;
}
