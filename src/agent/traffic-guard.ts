/**
 * What was blocked stays blocked, also when somebody flushes the rules of the whole host: it is looked at with every status,
 * which a bot asks for again and again while people decide. Only what was blocked and never opened is blocked again.
 */
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import type { AuditLog } from './audit-log.ts';
import type { TrafficDriver } from './drivers/traffic-driver.ts';

export interface TrafficGuard {
  /** When it last had to be blocked again, in this life of the agent; `null` when never. Never throws. */
  look(): Promise<number | null>;
}

interface GuardParts {
  readonly traffic: TrafficDriver;
  readonly clock: Clock;
  readonly audit: AuditLog;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** Nothing is looked at before `look`. */
export function createTrafficGuard({ traffic, clock, audit, warn }: GuardParts): TrafficGuard {
  let blockedAgainAt: number | null = null;
  return {
    look: async () => {
      try {
        await traffic.blockAgain();
        if (await traffic.takeBlockedAgain()) {
          blockedAgainAt = clock.now();
          audit.write({ at: blockedAgainAt, event: 'traffic-blocked-again' });
          warn({}, 'outside traffic had come open and is blocked again');
        }
      } catch (error) {
        // The status says that it is open, to whoever asked.
        warn({ err: messageOf(error) }, 'outside traffic could not be looked at');
      }
      return blockedAgainAt;
    },
  };
}
