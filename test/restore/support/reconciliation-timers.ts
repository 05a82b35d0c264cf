/** When a leader reconciles by itself: how, and by which flags, depends on the release (aurora.md 11.2). */
import { parseFlagDuration } from '../../../src/aurora/flag-duration.ts';
import type { Release } from '../../../src/aurora/releases.ts';

type Kind = 'explicit' | 'implicit';

/** Longer than any restore: as good as never. */
const held = '365days';

export class ReconciliationTimers {
  #timers: { readonly kind: Kind; readonly at: number }[] = [];

  /** A leader has registered with these flags. Where it can be called for, a test does not wait for timers. */
  start(of: { flags: Readonly<Record<string, string>>; release: Release; now: number }): void {
    const { flags, release, now } = of;
    const ms = (flag: string): number => parseFlagDuration(flags[flag] ?? '0ms') ?? 0;
    if (release.reconciliation === 'by-executor') {
      const at = now + ms('executor_gc_interval');
      if (flags['gc_executor_path'] !== undefined) this.#set({ explicit: at, implicit: at });
      return;
    }
    if (flags['reconciliation_initial_delay'] === held) return;
    const explicit = now + ms('reconciliation_initial_delay');
    const spreadMs = release.reconciliation === 'by-timer' ? ms('reconciliation_schedule_spread') : 0;
    this.#set({ explicit, implicit: explicit + spreadMs });
  }

  /** The leader is gone, and its timers with it. */
  stop(): void {
    this.#timers = [];
  }

  /** What has become due, in order, each once. */
  takeDue(now: number): readonly Kind[] {
    const due = this.#timers.filter(({ at }) => at <= now);
    this.#timers = this.#timers.filter(({ at }) => at > now);
    return due.map(({ kind }) => kind);
  }

  #set(at: Readonly<Record<Kind, number>>): void {
    this.#timers = [
      { kind: 'explicit', at: at.explicit },
      { kind: 'implicit', at: at.implicit },
    ];
  }
}
