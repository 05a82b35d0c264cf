/** What a restore leaves on a real host, by names, owners and modes, under the packaged unit. Root only; see namespace-host.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recoveryFlags } from '../../../src/aurora/restore-flags.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { installPackagedAgent } from '../support/packaged-agent.ts';
import { createSchedulerHost, home, type SchedulerHost } from '../support/scheduler-host.ts';
import { backupName as name } from '../support/test-host.ts';

const log = `${home}/scheduler/db`;
const backup = `${home}/scheduler/backups/${name}`;
const sibling = `${home}/scheduler/backups/scheduler-backup-2026-11-23-16-20`;
const dropIns = '/etc/systemd/system/aurora-scheduler.service.d';
const flags = recoveryFlags('0.22.0');

let host: SchedulerHost;
beforeAll(async () => {
  host = await createSchedulerHost();
  await installPackagedAgent(host);
  writeOn(host.machine, sibling, 'another backup');
  await host.machine.ask('chown', 'aurora:aurora', sibling);
  await host.machine.ask('chmod', '640', sibling);
  await host.machine.ask('chmod', '664', '/etc/default/aurora-scheduler');
  await host.machine.ask('chown', 'root:aurora', '/etc/default/aurora-scheduler');
  await host.machine.ask('cp', '-a', backup, '/srv/backup');
  // Not all of one mode: a scheduler's umask may have changed since.
  await host.machine.ask('chmod', '660', `${log}/CURRENT`);
});
afterAll(() => host.dispose());

let restore = 'R1';
const perform = async (...[kind, params]: Parameters<SchedulerHost['request']>): Promise<void> => {
  const result = await host.client.perform(host.request(kind, params, { restoreId: restore }));
  expect(result, JSON.stringify(result)).toMatchObject({ state: 'done' });
};
const chosen = () => ({ name, sha256: host.backupSha256 });

/** Owner and mode by name; what a restore says that it leaves is left out. */
const tree = async (): Promise<Readonly<Record<string, string>>> => {
  const places = ['/etc/default', '/etc/systemd', `${home}/scheduler`];
  const found = await host.machine.ask('find', ...places, '-printf', '%p\t%u:%g %m\n');
  const lines = found
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]);
  return Object.fromEntries(
    lines.filter(([path]) => !/\.(set-aside|changed|restored|failed)-R\d/.test(path)).sort(),
  );
};
/** LevelDB numbers its files. */
const kinds = (entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(entries).map(([path, what]) => [
      path.startsWith(log) ? path.replace(/\d+/g, 'N') : path,
      what,
    ]),
  );

const goIn = async (): Promise<void> => {
  await perform('stop-scheduler', { graceMs: 10_000 });
  await perform('block-traffic', {});
  await perform('set-flags', { flags });
  await perform('set-aside-log', {});
  await perform('initialize-log', {});
  await perform('place-backup', chosen());
  await perform('start-scheduler', {});
  await perform('stop-scheduler', { graceMs: 10_000 });
};

test('an abort leaves the host as it was', async () => {
  restore = 'R1';
  await perform('hold-backup', chosen());
  // A file of that name that the restore has to make room for, and bring back.
  await host.machine.ask('cp', '-a', sibling, backup);
  const before = await tree();

  await goIn();
  await perform('put-back-log', {});
  await perform('take-out-backup', chosen());
  await perform('restore-flags', {});
  await perform('unblock-traffic', {});
  await perform('start-scheduler', {});

  expect(await tree()).toEqual(before);
  expect(await host.machine.ask('cat', backup)).toBe('another backup');
});

test('a restore leaves a log, a flag file and a backup with the owners and modes of those that were there', async () => {
  restore = 'R2';
  await host.machine.ask('cp', '-a', '/srv/backup', backup);
  await host.machine.ask('chmod', '640', backup);
  await perform('hold-backup', chosen());
  const before = await tree();
  await host.machine.ask('rm', backup);

  await goIn();
  const { [`${log}/N.ldb`]: table, ...expected } = kinds(before);
  expect(table).toBe('aurora:aurora 644');
  expect(kinds(await tree())).toEqual({
    ...expected,
    // The scheduler is held down between two starts.
    [dropIns]: 'root:root 755',
    [`${dropIns}/50-aurora-chatops-hold.conf`]: 'root:root 644',
  });
  await perform('restore-flags', {});
  await perform('unblock-traffic', {});
  await perform('start-scheduler', {});

  expect(kinds(await tree())).toEqual(expected);
});

test('a host that had no log gets one that its scheduler may write, and an abort leaves it that', async () => {
  restore = 'R3';
  await perform('stop-scheduler', { graceMs: 10_000 });
  await host.machine.ask('mv', log, '/srv/log');
  await perform('set-aside-log', {});
  await perform('initialize-log', {});
  const made = await tree();
  await perform('put-back-log', {});
  const left = await tree();
  await host.machine.ask('rmdir', log);
  await host.machine.ask('mv', '/srv/log', log);

  expect(made[log]).toBe(made[`${home}/scheduler`]);
  expect(made[`${log}/LOCK`]).toMatch(/^aurora:aurora /);
  expect(left[log]).toBe(made[`${home}/scheduler`]);
});

test('a directory of drop-ins that was there stays, however empty', async () => {
  restore = 'R4';
  await perform('start-scheduler', {});
  await host.machine.ask('mkdir', '-m', '711', dropIns);
  const before = await tree();
  await perform('stop-scheduler', { graceMs: 10_000 });
  await perform('start-scheduler', {});

  expect(before[dropIns]).toBe('root:root 711');
  expect(await tree()).toEqual(before);
});
