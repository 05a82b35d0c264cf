/** Between bots and agents: what is asked or answered comes late, twice, or never. */
import type { Clock } from '../../src/aurora/clock.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { OperationResult } from '../../src/aurora/operations.ts';
import type { Meddler, StreamMeddler } from '../restore/support/pretend-agent.ts';
import type { Random } from './random.ts';

export class Network {
  readonly #clock: Clock;
  readonly #random: Random;
  /** From 0 to 1: how likely it is that something happens to a request. */
  trouble = 0;
  /** Called once, when the next request is on its way: it lingers for so long, and whoever asked hears nothing. */
  lingers: (() => number) | null = null;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  readonly meddle: Meddler = async (_request, perform) => {
    const random = this.#random;
    const lingerMs = this.lingers?.();
    this.lingers = null;
    if (lingerMs !== undefined) {
      await this.#clock.sleep(lingerMs);
      return await perform();
    }
    if (!random.chance(this.trouble)) return await perform();
    switch (random.pick(['slow', 'cut', 'answer-lost', 'twice', 'late'] as const)) {
      case 'slow':
        await this.#clock.sleep(random.between(100, 20_000));
        return await perform();
      case 'cut':
        throw unreachable();
      case 'answer-lost':
        await perform();
        throw unreachable();
      case 'twice':
        return await firstOf(perform(), perform());
      case 'late':
        // Whoever asked has given up by then, and may have asked again, or be dead.
        void this.#clock
          .sleep(random.between(1_000, 90_000))
          .then(perform)
          .catch(() => undefined);
        throw unreachable();
    }
  };

  readonly breakStream: StreamMeddler = () =>
    this.#random.chance(this.trouble / 2)
      ? { passes: this.#random.between(0, 2), silent: this.#random.chance(0.3) }
      : null;
}

async function firstOf(
  one: Promise<OperationResult>,
  other: Promise<OperationResult>,
): Promise<OperationResult> {
  const [first] = await Promise.allSettled([one, other]);
  if (first.status === 'rejected') throw first.reason;
  return first.value;
}

function unreachable(): AuroraError {
  return new AuroraError({
    code: 'agent-unreachable',
    message: 'The agent does not answer.',
    hint: 'Look at the network.',
  });
}
