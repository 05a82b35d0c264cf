/** The bots of a run: one or two of them over one store, each started again some time after it was killed. */
import type { FakeClock } from '../restore/support/fake-clock.ts';
import { type Bot, type BotWorld, createBot } from './bot.ts';
import { Life } from './life.ts';
import type { Random } from './random.ts';

export class Crew {
  readonly #world: BotWorld;
  readonly #clock: FakeClock;
  readonly #random: Random;
  readonly #bots = new Map<string, Bot>();
  #lives = 0;

  constructor(world: BotWorld, random: Random) {
    this.#world = world;
    this.#clock = world.clock;
    this.#random = random;
  }

  /** Those that run, or seem to. */
  get bots(): readonly Bot[] {
    return [...this.#bots.values()];
  }

  /** Starts the bot of this name, unless one lives; whoever starts it again does so as long as it dies at its start. */
  async start(name: string): Promise<void> {
    if (this.#bots.get(name)?.life.isAlive === true) return;
    this.#lives += 1;
    const bot = createBot(this.#world, new Life(`${name}, life ${this.#lives}`, this.#clock));
    this.#bots.set(name, bot);
    await bot.start();
  }

  /** The life that works on the cluster; `null` while none does. */
  get worker(): Life | null {
    return this.#world.leases.worker;
  }

  /** One that answers people now; `null` while none does. */
  ready(): Bot | null {
    const well = this.bots.filter(({ life }) => life.isWell);
    return well.length === 0 ? null : this.#random.pick(well);
  }

  /** The service manager of each host: it starts again what has died, after a while. */
  async watchOver(name: string): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#random.between(2_000, 40_000));
      if (this.#bots.get(name)?.life.isAlive === false) void this.start(name);
    }
  }

  /** At once, all of them: the run is over. */
  end(): void {
    for (const { life } of this.bots) life.die();
  }
}
