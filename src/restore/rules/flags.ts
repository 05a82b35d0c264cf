import type { Release } from '../../aurora/releases.ts';
import { releaseOf } from '../../aurora/releases.ts';

type FlagChanges = Readonly<Record<string, string | null>>;

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

/** Up to 0.8 the GC executor kills what the store does not know, and there is no reconciliation to put off. */
function held(release: Release): FlagChanges {
  return release.reconciliation === 'by-executor'
    ? { gc_executor_path: null }
    : { reconciliation_initial_delay: never };
}
