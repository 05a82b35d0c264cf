/**
 * Traffic that is blocked by rules in the kernel. Rules end with the boot and a restore does not: a marker in the agent's state
 * directory says that it is blocked. It is written after the rules and removed before them, so that a marker without rules
 * tells of a boot, or of somebody who flushed them, and of nothing else.
 */
import type { Effect } from './effect-command.ts';
import type { TrafficDriver } from './traffic-driver.ts';
import type { Blocked, TrafficMarker } from './traffic-marker.ts';

/** Each effect may be asked again, whatever an interrupted one has left. */
interface PacketRules {
  /** Of ours in the kernel: all and nothing else, none, or a part of them. */
  read(): Promise<'blocked' | 'open' | 'unclear'>;
  block(effect: Effect): Promise<void>;
  unblock(effect: Effect): Promise<void>;
  /** What a boot needs to block again. */
  describe(operationId: string): Blocked;
}

export function markedTraffic(marker: TrafficMarker, rules: PacketRules): TrafficDriver {
  // A look must not block again what is being opened at that moment.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    status: async () => {
      const found = await rules.read();
      return {
        state: found === 'blocked' ? 'blocked' : 'open',
        settled: found !== 'unclear' && marker.exists() === (found === 'blocked'),
      };
    },
    block: (effect) =>
      inTurn(async () => {
        await rules.block(effect);
        // Crash here: it is blocked, and not for good; whoever looks sees that and asks again.
        await marker.write(rules.describe(effect.operationId));
      }),
    unblock: (effect) =>
      inTurn(async () => {
        await marker.remove();
        await rules.unblock(effect);
      }),
    blockAgain: () =>
      inTurn(async () => {
        if (!marker.exists() || (await rules.read()) === 'blocked') return;
        await rules.block({ operationId: 'after-boot' });
        await marker.noteBlockedAgain();
      }),
    takeBlockedAgain: () => marker.takeNote(),
  };
}
