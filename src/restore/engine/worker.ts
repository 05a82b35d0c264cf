/** Which restores are carried out here: one runner for each that is open. */
import type { RestoreDeps } from '../ports.ts';
import { Runner } from './runner.ts';

export class RestoreWorker {
  readonly #deps: RestoreDeps;
  readonly #runners = new Map<string, Runner>();
  #state: 'new' | 'works' | 'stopped' = 'new';

  constructor(deps: RestoreDeps) {
    this.#deps = deps;
  }

  /** Takes up every restore that has not ended. */
  async start(): Promise<void> {
    for (const { restoreId } of await this.#deps.journal.listRestores({ open: true })) this.wake(restoreId);
    if (this.#state === 'new') this.#state = 'works';
  }

  /** It has taken up what was open, and takes up what comes. */
  get works(): boolean {
    return this.#state === 'works';
  }

  /** Something was decided, or a restore is new: look at it now. */
  wake(restoreId: string): void {
    if (this.#state === 'stopped') return;
    const running = this.#runners.get(restoreId);
    if (running !== undefined) {
      running.wake();
      return;
    }
    const runner = new Runner(this.#deps, restoreId);
    this.#runners.set(restoreId, runner);
    void runner.run().finally(() => this.#runners.delete(restoreId));
  }

  /** Stops between two journal writes; what an agent is doing goes on and is found again later. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    const runners = [...this.#runners.values()];
    for (const runner of runners) runner.stop();
    await Promise.all(runners.map((runner) => runner.ended));
  }
}
