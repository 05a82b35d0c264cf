/** A clock of a test that also tells when it is looked at: whoever counts an arrival by it has then seen the arrival. */
import { FakeClock } from '../restore/support/fake-clock.ts';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

export class WatchedClock extends FakeClock {
  #looks = 0;

  override now(): number {
    this.#looks += 1;
    return super.now();
  }

  /** Does this, and goes on when somebody has looked at the clock because of it. */
  async seen(act: () => void): Promise<void> {
    const before = this.#looks;
    act();
    while (this.#looks === before) await turn();
  }

  /** So much time passes, and whoever slept until then has looked what time it is. */
  async passes(ms: number): Promise<void> {
    this.pass(ms);
    const now = super.now();
    while (this.advance(now)) await turn();
    await turn();
  }
}
