/** Node's timers cannot wait longer; a year of reconciliation delay is then simply never reached in a drill. */
const longestMs = 2 ** 31 - 1;

/** The timers of one scheduler process, all ended at once. */
export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();
  private stopped = false;

  after(ms: number, run: () => void): void {
    if (this.stopped || ms > longestMs) return;
    const timer = setTimeout(() => {
      this.running.delete(timer);
      run();
    }, ms);
    this.running.add(timer);
  }

  /** First after `firstMs`, then every `everyMs` (at least one). */
  every({ firstMs, everyMs }: { firstMs: number; everyMs: number }, run: () => void): void {
    this.after(firstMs, () => {
      run();
      this.every({ firstMs: Math.max(1, everyMs), everyMs }, run);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }
}
