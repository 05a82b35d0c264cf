/** What a restore makes of a scheduler's flags, and nothing else: the bot asks for it, and an agent takes no other. */
import type { Release } from './releases.ts';
import { releaseOf } from './releases.ts';

type FlagChanges = Readonly<Record<string, string | null>>;
type FlagValues = Readonly<Record<string, string>>;

/** Longer than any restore; a unit that every release takes. */
const never = '365days';

/**
 * Flags of recovery mode (aurora.md 7.4), `null` for one that must go: a Mesos address with a path that holds no
 * masters, so that nothing registers; a registration delay in a unit every release takes; nothing that reconciles;
 * where an unregistered scheduler writes backups, none of them, or empty ones would push good ones out; and a session that
 * outlives the pause in which a big backup is staged (aurora.md 16).
 */
export function recoveryFlags(auroraVersion: string): FlagChanges {
  const release = releaseOf(auroraVersion);
  return {
    mesos_master_address: 'zk://localhost:1111/mesos/master',
    max_registration_delay: '360mins',
    ...held(release),
    ...(release.backsUpUnregistered && { backup_interval: never }),
    ...(release.shortSession && { zk_session_timeout: '40secs' }),
  };
}

/** For the first normal start after a commit: what kills tasks is the first reconciliation (aurora.md 14 B). */
export function heldReconciliationFlags(auroraVersion: string): FlagChanges {
  return held(releaseOf(auroraVersion));
}

/** With the scheduler's own quorum the tool would wait for peers that must not run (mesos.md 2.5). */
export const recoveryToolFlags = Object.freeze({ native_log_quorum_size: '1' });

/** True for one of the two sets that a restore writes, whole. */
export function isRestoreChange(auroraVersion: string, flags: FlagChanges): boolean {
  return [recoveryFlags(auroraVersion), heldReconciliationFlags(auroraVersion)].some((wanted) =>
    sameFlags(wanted, flags),
  );
}

/** How much of recovery mode a flag file has: all of it, a part that would do harm if it stayed, or nothing. */
export function recoveryIn(auroraVersion: string, values: FlagValues): 'whole' | 'part' | 'none' {
  const wanted = recoveryFlags(auroraVersion);
  if (Object.entries(wanted).every(([flag, value]) => (values[flag] ?? null) === value)) return 'whole';
  // A site may have the other ones of its own accord.
  return ['mesos_master_address', 'reconciliation_initial_delay'].some(
    (flag) => values[flag] !== undefined && values[flag] === wanted[flag],
  )
    ? 'part'
    : 'none';
}

/** True when both say the same of the same flags. */
export function sameFlags(a: FlagChanges, b: FlagChanges): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && a[name] === b[name]);
}

/** Up to 0.8 the GC executor kills what the store does not know, and there is no reconciliation to put off. */
function held(release: Release): FlagChanges {
  return release.reconciliation === 'by-executor'
    ? { gc_executor_path: null }
    : { reconciliation_initial_delay: never };
}
