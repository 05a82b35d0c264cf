/** What all checks together say: every refusal is named, warnings stop nothing, and the list is kept. */
import { describe, expect, it } from 'vitest';
import { preflightChecks } from '../../../src/restore/preflight/checks.ts';
import { type Check, refuse, warn } from '../../../src/restore/preflight/finding.ts';
import { judgePreflight } from '../../../src/restore/preflight/judge.ts';
import { failure, fine, withFlagsOnAll, withHost, withStatusOnAll } from './readings.ts';

describe('all checks together', () => {
  it('let a cluster through in which all is well, and keep what they saw', () => {
    const { checks, refusal } = judgePreflight(fine);

    expect(refusal).toBeNull();
    expect(checks.map(({ name }) => name)).toEqual(preflightChecks.map(({ name }) => name));
    expect(checks.every(({ verdict, message }) => verdict === 'pass' && message !== '')).toBe(true);
  });

  it('stop nothing for a warning', () => {
    const { checks, refusal } = judgePreflight(withStatusOnAll({ traffic: 'not-managed' }));

    expect(refusal).toBeNull();
    expect(checks.filter(({ verdict }) => verdict === 'warn').map(({ host }) => host)).toEqual([
      'aurora-1',
      'aurora-2',
      'aurora-3',
    ]);
  });

  it('refuse with the code, the sentence and the hint of the one thing that is wrong', () => {
    const { refusal } = judgePreflight(withHost({ status: { mesosLog: { present: false } } }));

    expect(refusal).toMatchObject({
      code: 'host-unfit',
      message: 'aurora-2: `mesos-log` is missing.',
      hint: "Install it, or set paths.mesosLog in the agent's configuration.",
    });
  });

  it('name every refusal, each with its hint, under the code of the first', () => {
    const reading = withHost({ status: { mesosLog: { present: false } }, clockAheadMs: -60_000 });
    const flags = withFlagsOnAll({ cluster_name: 'east', native_log_quorum_size: '1' }).hosts;
    const hosts = reading.hosts.map((seen, index) => ({
      ...seen,
      status: { ...seen.status, flags: flags[index]?.status.flags ?? seen.status.flags },
    }));

    const { refusal } = judgePreflight({ ...reading, hosts, frameworks: { ok: true, value: [] } });

    expect(refusal?.code).toBe('host-unfit');
    expect(refusal?.message).toMatch(
      /^4 things stand in the way of this restore\. \(1\) aurora-2: `mesos-log` is missing\. Install it.* \(2\) aurora-1, aurora-2 and aurora-3: -native_log_quorum_size is 1, .* \(3\) aurora-2: the clock is 60 s behind .* \(4\) The Mesos master does not know framework fw-1/,
    );
    expect(refusal?.hint).toBe('When all of them are fixed, propose it again; no host was touched.');
    expect(refusal?.details['checks']).toEqual([
      { name: 'mesos-log present', hosts: ['aurora-2'] },
      { name: 'quorum size', hosts: ['aurora-1', 'aurora-2', 'aurora-3'] },
      { name: 'clock skew', hosts: ['aurora-2'] },
      { name: 'framework failover time', hosts: [] },
    ]);
  });

  it('take the code of what was found before that of the check', () => {
    const { refusal } = judgePreflight({ ...fine, logGroup: failure('zookeeper-no-auth', 'No.') });

    expect(refusal?.code).toBe('zookeeper-no-auth');
  });

  it('go on after one has refused: a warning behind it is not lost', () => {
    const table: Check[] = [
      { name: 'first', code: 'one', find: () => [refuse('No.', 'Mend it.')], passes: () => '' },
      { name: 'second', code: 'two', find: () => [warn('Hm.', 'Look.')], passes: () => '' },
      { name: 'third', code: 'three', find: () => [], passes: () => 'Fine.' },
    ];

    const { checks, refusal } = judgePreflight(fine, table);

    expect(checks).toEqual([
      { name: 'first', verdict: 'refuse', message: 'No.', hint: 'Mend it.' },
      { name: 'second', verdict: 'warn', message: 'Hm.', hint: 'Look.' },
      { name: 'third', verdict: 'pass', message: 'Fine.', hint: '' },
    ]);
    expect(refusal?.code).toBe('one');
  });
});
