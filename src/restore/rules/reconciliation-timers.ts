/** When schedulers reconcile by themselves after a start: below 0.16 nobody can ask them to, and a policy may not want it. */
import { parseFlagDuration } from '../../aurora/flag-duration.ts';
import { releaseOf } from '../../aurora/releases.ts';

/** From the start of a scheduler, or rather from its registration, in milliseconds. */
export interface ReconciliationTimers {
  /** Tasks that the store has and Mesos has not are started again. */
  readonly explicitMs: number;
  /** Tasks that Mesos has and the store has not are killed. */
  readonly implicitMs: number;
}

/**
 * By the flags of one host, with Aurora's own values where they are not set; whole minutes, as schedulers count them
 * (aurora.md 11.2). Up to 0.8 the GC executor does both, within its interval.
 */
export function timersOf(
  auroraVersion: string,
  flags: Readonly<Record<string, string>>,
): ReconciliationTimers {
  const minutes = (flag: string, standard: string): number =>
    Math.floor((parseFlagDuration(flags[flag] ?? standard) ?? 0) / 60_000) * 60_000;
  if (releaseOf(auroraVersion).reconciliation === 'by-executor') {
    const within = minutes('executor_gc_interval', '1hrs');
    return { explicitMs: within, implicitMs: within };
  }
  const explicitMs = minutes('reconciliation_initial_delay', '1mins');
  return { explicitMs, implicitMs: explicitMs + minutes('reconciliation_schedule_spread', '30mins') };
}

/** The host that takes longest; any of them may lead. */
export function slowestTimers(all: readonly ReconciliationTimers[]): ReconciliationTimers {
  return {
    explicitMs: Math.max(0, ...all.map(({ explicitMs }) => explicitMs)),
    implicitMs: Math.max(0, ...all.map(({ implicitMs }) => implicitMs)),
  };
}
