import type { Settings } from './flags/settings.ts';
import type { TaskKeeper } from './tasks/task-keeper.ts';
import type { Timers } from './timers.ts';

const minuteMs = 60_000;

/**
 * The two reconciliations of a scheduler, by timer and by call (aurora.md 11.2). Each is counted when it is asked for; before
 * the scheduler has registered there is nobody to ask, and nothing happens then or later (aurora.md 16).
 */
export class Reconciler {
  explicitRuns = 0;
  implicitRuns = 0;
  private readonly keeper: () => TaskKeeper | null;

  /** `keeper` answers `null` until the scheduler has registered. */
  constructor(keeper: () => TaskKeeper | null) {
    this.keeper = keeper;
  }

  /**
   * Starts the timers. Everything is cut to whole minutes, and an interval of none passes the flag check and
   * then kills the scheduler: throws RangeError.
   */
  start(settings: Settings['reconciliation'], options: { msPerMinute: number; timers: Timers }): void {
    const { timers } = options;
    const realMs = (ms: number) => Math.floor(ms / minuteMs) * options.msPerMinute;
    const initialMs = realMs(settings.initialDelayMs);
    const everyExplicitMs = realMs(settings.explicitIntervalMs);
    const everyImplicitMs = realMs(settings.implicitIntervalMs);
    if (everyExplicitMs === 0 || everyImplicitMs === 0) {
      throw new RangeError('period must be greater than zero');
    }
    timers.every({ firstMs: initialMs, everyMs: everyExplicitMs }, () => this.explicit());
    timers.every({ firstMs: initialMs + realMs(settings.spreadMs), everyMs: everyImplicitMs }, () =>
      this.implicit(),
    );
  }

  explicit(): void {
    this.explicitRuns++;
    this.keeper()?.askAboutPlaced();
  }

  implicit(): void {
    this.implicitRuns++;
    this.keeper()?.askAboutAll();
  }
}
