import { describe, expect, test } from 'vitest';
import { mayHaveFlag } from '../../src/aurora/flag-lifetimes.ts';
import { minorOf } from '../../src/aurora/releases.ts';
import {
  heldReconciliationFlags,
  isRestoreChange,
  recoveryFlags,
  recoveryIn,
} from '../../src/aurora/restore-flags.ts';

describe('the flags of recovery mode', () => {
  test.each(['0.5.0', '0.8.0', '0.9.0', '0.12.0', '0.17.0', '0.20.0', '0.22.0', '0.25.0'])(
    'of %s are all flags that it takes',
    (version) => {
      const minor = minorOf(version) ?? 0;
      const set = Object.entries(recoveryFlags(version)).filter(([, value]) => value !== null);

      expect(set.length).toBeGreaterThanOrEqual(2);
      expect(set.filter(([name]) => !mayHaveFlag(minor, name))).toEqual([]);
    },
  );

  test('take the GC executor away, where there is one', () => {
    expect(recoveryFlags('0.8.0')).toMatchObject({ gc_executor_path: null });
    expect(heldReconciliationFlags('0.8.0')).toEqual({ gc_executor_path: null });
  });

  test('hold reconciliation, where there is one', () => {
    expect(recoveryFlags('0.9.0')).toMatchObject({ reconciliation_initial_delay: '365days' });
    expect(heldReconciliationFlags('0.9.0')).toEqual({ reconciliation_initial_delay: '365days' });
  });

  test('keep a release that backs up unregistered from rotating good backups away', () => {
    expect(recoveryFlags('0.17.0')).toHaveProperty('backup_interval', '365days');
    expect(recoveryFlags('0.20.0')).not.toHaveProperty('backup_interval');
  });

  test('keep the session of an old release through the pause in which a big backup is staged', () => {
    for (const version of ['0.5.0', '0.9.0', '0.12.0', '0.18.0']) {
      expect(recoveryFlags(version)).toHaveProperty('zk_session_timeout', '40secs');
      expect(heldReconciliationFlags(version)).not.toHaveProperty('zk_session_timeout');
    }
    for (const version of ['0.19.0', '0.23.0']) {
      expect(recoveryFlags(version)).not.toHaveProperty('zk_session_timeout');
    }
  });
});

describe.each(['0.5.0', '0.8.0', '0.9.0', '0.17.0', '0.22.0', '0.25.0'])('of %s', (version) => {
  const recovery = recoveryFlags(version);
  const values = Object.fromEntries(
    Object.entries(recovery).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );

  test('a restore sets those two sets, whole, and no other', () => {
    expect(isRestoreChange(version, { ...recovery })).toBe(true);
    expect(isRestoreChange(version, heldReconciliationFlags(version))).toBe(true);
    expect(isRestoreChange(version, {})).toBe(false);
    expect(isRestoreChange(version, { ...recovery, cluster_name: 'east' })).toBe(false);
    for (const name of Object.keys(recovery)) {
      expect(isRestoreChange(version, { ...recovery, [name]: 'other' })).toBe(false);
    }
  });

  test('recovery mode is all of its flags', () => {
    const own = { cluster_name: 'east', mesos_master_address: 'zk://zk:2181/mesos', gc_executor_path: '/gc' };
    const { gc_executor_path: _gone, ...set } = { ...own, ...values };

    expect(recoveryIn(version, { ...set, ...values })).toBe('whole');
    expect(recoveryIn(version, own)).toBe('none');
    expect(recoveryIn(version, { ...own, zk_session_timeout: '40secs' })).toBe('none');
    expect(recoveryIn(version, { ...set, max_registration_delay: '1mins' })).toBe('part');
  });
});
