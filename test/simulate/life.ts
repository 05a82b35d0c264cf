/**
 * One life of a bot's process. It is killed or frozen at a call of any port: before the call, or after what the call did and
 * before its answer. Between two calls a process does nothing that anybody else can see, so these are all places there are.
 */
import type { Clock } from '../../src/aurora/clock.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import { Mortality } from '../restore/support/mortality.ts';

/** What is to happen to it at one of its next calls. */
interface Doom {
  calls: number;
  readonly what: 'dies-before' | 'dies-after' | 'freezes';
}

export class Life {
  readonly owner: string;
  readonly #mortality = new Mortality();
  readonly #clock: Clock;
  #doom: Doom | null = null;
  #thawsAt = 0;
  /** Its clock is ahead of the world's, or behind. */
  clockAheadMs = 0;
  /** Its disk takes nothing more. */
  isDiskFull = false;

  constructor(owner: string, clock: Clock) {
    this.owner = owner;
    this.#clock = clock;
  }

  get isAlive(): boolean {
    return this.#mortality.isAlive;
  }

  /** Alive, and not frozen: whoever asks it is answered. */
  get isWell(): boolean {
    return this.isAlive && this.#clock.now() >= this.#thawsAt;
  }

  doom(doom: Doom): void {
    this.#doom = doom;
  }

  /** At once: with everything that it waits for. */
  die(): void {
    this.#mortality.die();
  }

  /** The same port as this process reaches it: nobody answers a dead one, and a frozen one hears nothing before it thaws. */
  reach<P extends object>(port: P, writes: readonly (keyof P)[] = []): P {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        const isWrite = writes.some((write) => write === name);
        return (...args: unknown[]) => this.#call(() => call(...args), isWrite);
      },
    });
  }

  #call(call: () => unknown, isWrite: boolean): unknown {
    const comes = this.#comes();
    if (comes === 'dies-before') this.die();
    if (!this.isAlive) return never();
    const answer = isWrite && this.isDiskFull ? Promise.reject(diskFull()) : call();
    if (!(answer instanceof Promise)) return answer;
    // It may have died in the call, and then nobody hears how that ended.
    answer.catch(() => undefined);
    if (comes === 'dies-after') {
      const dies = (): void => this.die();
      answer.then(dies, dies);
    }
    return this.#mortality.wrap(() => this.#whenThawed(answer))();
  }

  async #whenThawed<T>(answer: Promise<T>): Promise<T> {
    const settled = await Promise.allSettled([answer]);
    while (this.#clock.now() < this.#thawsAt) await this.#clock.sleep(this.#thawsAt - this.#clock.now());
    const [outcome] = settled;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  #comes(): Doom['what'] | null {
    if (this.#doom === null) return null;
    this.#doom.calls -= 1;
    if (this.#doom.calls > 0) return null;
    const { what } = this.#doom;
    this.#doom = null;
    if (what === 'freezes') this.#thawsAt = this.#clock.now() + frozenMs;
    return what;
  }
}

/** Long enough for its lease to pass to another one. */
const frozenMs = 60_000;

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function diskFull(): AuroraError {
  return new AuroraError({
    code: 'disk-full',
    message: 'No space left on device: /var/lib/aurora-chatops/bot.sqlite.',
    hint: 'Make room there.',
  });
}
