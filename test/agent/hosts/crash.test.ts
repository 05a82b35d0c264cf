/**
 * kill -9 of the agent inside the operations of a real host: before and after each command by which its drivers change it.
 * The command itself lives on, as it does on a real host. Root only; see namespace-host.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationKind, OperationParams } from '../../../src/aurora/operations.ts';
import { recoveryFlags } from '../../../src/aurora/restore-flags.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { type Interruptions, interruptionsOf, patient } from '../support/interruptions.ts';
import { createSchedulerHost, defaultFile, type SchedulerHost } from '../support/scheduler-host.ts';

const unit = 'aurora-scheduler.service';
const flagPath = '/etc/default/aurora-scheduler';

let host: SchedulerHost;
let agent: Interruptions;
beforeAll(async () => {
  host = await createSchedulerHost({
    drivers: {
      service: { kind: 'systemd', unit, systemctl: '/usr/local/sbin/systemctl-patient' },
      traffic: { kind: 'nftables', nft: '/usr/local/sbin/nft-patient' },
    },
  });
  writeOn(host.machine, '/usr/local/sbin/systemctl-patient', patient('/usr/bin/systemctl', '$1'), 0o755);
  writeOn(
    host.machine,
    '/usr/local/sbin/nft-patient',
    patient('/usr/sbin/nft', '$(cut -d" " -f1 <<<"$1")'),
    0o755,
  );
  writeOn(
    host.machine,
    `/etc/systemd/system/${unit}`,
    '[Service]\nExecStart=/usr/local/sbin/aurora-scheduler-startup\nUser=aurora\nRestart=always\n',
  );
  await host.machine.ask('systemctl', 'daemon-reload');
  agent = interruptionsOf(host);
});
afterAll(() => host.dispose());

const perform = async <K extends OperationKind>(kind: K, params: OperationParams[K]): Promise<void> => {
  expect(await host.client.perform(host.request(kind, params))).toMatchObject({ state: 'done' });
};
const show = async (property: string): Promise<string> =>
  (await host.machine.ask('systemctl', 'show', unit, '-P', property)).trim();

interface Case {
  readonly kind: OperationKind;
  readonly params: OperationParams[OperationKind];
  /** What must be so before. */
  prepare(): Promise<void>;
  /** Throws when the host is not as the operation makes it. */
  check(): Promise<void>;
}

const cases = {
  stop: {
    kind: 'stop-scheduler',
    params: { graceMs: 10_000 },
    prepare: () => perform('start-scheduler', {}),
    check: async () => {
      expect(await show('ActiveState')).toBe('inactive');
      expect((await host.machine.run('systemctl', 'start', unit)).stderr).toMatch(/Assertion failed/);
    },
  },
  start: {
    kind: 'start-scheduler',
    params: {},
    prepare: () => perform('stop-scheduler', { graceMs: 10_000 }),
    check: async () => {
      expect(await show('ActiveState')).toBe('active');
      expect(await show('NRestarts')).toBe('0');
    },
  },
  block: {
    kind: 'block-traffic',
    params: {},
    prepare: () => perform('unblock-traffic', {}),
    check: async () => {
      expect((await host.machine.ask('nft', 'list', 'ruleset')).match(/reject/g)).toHaveLength(1);
    },
  },
  unblock: {
    kind: 'unblock-traffic',
    params: {},
    prepare: () => perform('block-traffic', {}),
    check: async () => {
      expect(await host.machine.ask('nft', 'list', 'ruleset')).not.toContain('reject');
    },
  },
} satisfies Record<string, Case>;

describe.each<[keyof typeof cases, readonly string[]]>([
  ['stop', ['daemon-reload', 'stop']],
  ['start', ['daemon-reload', 'reset-failed', 'start']],
  ['block', ['add']],
  ['unblock', ['add']],
])('kill -9 in %s', (name, verbs) => {
  const found: Case = cases[name];
  const points = verbs.flatMap((verb) => [`before-${verb}`, `after-${verb}`]);

  test.each(points)('%s: once, and answered for', async (point) => {
    await agent.start();
    await found.prepare();

    const { meanwhile, result } = await agent.interruptAt(point, host.request(found.kind, found.params));

    expect(meanwhile).toMatchObject({ state: 'running' });
    expect(result).toMatchObject({ state: 'done', changed: true });
    await found.check();
  });
});

describe.each(['before', 'after'] as const)('kill -9 just %s', (when) => {
  const changed = defaultFile
    .replace('zk://zk:2181/mesos', 'zk://localhost:1111/mesos/master')
    .replace('=1mins', '=360mins -reconciliation_initial_delay=365days');

  test('set-flags in /etc/default: once, and answered for', async () => {
    writeOn(host.machine, flagPath, defaultFile);
    await agent.start({ kind: 'set-flags', when });
    const flags = recoveryFlags('0.22.0');
    const request = host.request('set-flags', { flags }, { restoreId: `R-${when}` });
    await agent.interrupt(request, () => agent.held());

    await agent.start();
    const result = await agent.settled(request);

    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(`${host.lines(flagPath).join('\n')}\n`).toBe(changed);
    expect(`${host.lines(`${flagPath}.set-aside-R-${when}`).join('\n')}\n`).toBe(defaultFile);
  });

  test('restore-flags in /etc/default: once, and answered for', async () => {
    await agent.start({ kind: 'restore-flags', when });
    const request = host.request('restore-flags', {}, { restoreId: `R-${when}` });
    await agent.interrupt(request, () => agent.held());

    await agent.start();
    const result = await agent.settled(request);

    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(`${host.lines(flagPath).join('\n')}\n`).toBe(defaultFile);
    expect(`${host.lines(`${flagPath}.changed-R-${when}`).join('\n')}\n`).toBe(changed);
  });
});
