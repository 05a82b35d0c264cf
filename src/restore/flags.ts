/**
 * Flags of recovery mode (aurora.md 7.4): a Mesos address with a path that holds no masters, so that nothing
 * registers; a registration delay in a unit every release takes; and reconciliation far away.
 */
export const recoveryFlags: Readonly<Record<string, string>> = Object.freeze({
  mesos_master_address: 'zk://localhost:1111/mesos/master',
  max_registration_delay: '360mins',
  reconciliation_initial_delay: '365days',
});

/** For the first normal start after a commit: what kills tasks is the first reconciliation (aurora.md 14 B). */
export const heldReconciliationFlags: Readonly<Record<string, string>> = Object.freeze({
  reconciliation_initial_delay: '365days',
});
