import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackupWriter } from '../../../src/pretend-aurora/scheduler/recovery/backup-writer.ts';
import { readAsJava } from '../../../src/pretend-aurora/scheduler/storage/java-reader.ts';
import { snapshot } from '../../../src/thrift/structs.ts';
import { encodeStruct } from '../../../src/thrift/tbinary.ts';
import { until } from './support/drill-cluster.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import { callScheduler } from './support/scheduler-call.ts';

const real = path.join(import.meta.dirname, '../../fixtures/backups/real/scheduler-backup-2026-11-23-16-38');
let directory: string;
let lone: LoneScheduler | null = null;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'backups-'));
});
afterEach(async () => {
  await lone?.close();
  lone = null;
  fs.rmSync(directory, { recursive: true, force: true });
});

describe('backups of a simulated scheduler', () => {
  it('have the format of a real one, byte for byte', () => {
    const bytes = fs.readFileSync(real);
    const writer = new BackupWriter({ directory, keep: 48 });

    writer.write(readAsJava(snapshot, bytes), new Date('2026-11-23T16:38:00'));

    const [name = ''] = fs.readdirSync(directory);
    expect(name).toBe('scheduler-backup-2026-11-23-16-38');
    expect(fs.readFileSync(path.join(directory, name))).toEqual(bytes);
  });

  it('are kept by name: the first ones go, copies with the prefix count', () => {
    for (const name of ['scheduler-backup-2020-01-01-00-00', 'scheduler-backup-2020-01-01-00-00.keep']) {
      fs.writeFileSync(path.join(directory, name), '');
    }
    fs.writeFileSync(path.join(directory, 'temp_scheduler-backup-2020'), '');
    const writer = new BackupWriter({ directory, keep: 2 });

    writer.write({}, new Date('2026-11-23T16:38:00'));

    expect(fs.readdirSync(directory).sort()).toEqual([
      'scheduler-backup-2020-01-01-00-00.keep',
      'scheduler-backup-2026-11-23-16-38',
      'temp_scheduler-backup-2020',
    ]);
  });

  it('that cannot be written are only counted: the call says OK', async () => {
    lone = await startLoneScheduler({ clusterName: 'c' });
    await untilLeading(lone);
    fs.rmSync(path.join(lone.directory, 'backups'), { recursive: true });

    const reply = await callScheduler(lone.url, 'performBackup', {});

    const vars = (await (await fetch(`${lone.url}/vars.json`)).json()) as Record<string, number>;
    expect(reply.code).toBe('OK');
    expect([vars.scheduler_backup_success, vars.scheduler_backup_failed]).toEqual([0, 1]);
    const listed = await callScheduler(lone.url, 'listBackups', {});
    expect(listed).toMatchObject({ code: 'ERROR', messages: [undefined] });
  });

  it('come by themselves with snapshots, once a leader is registered', async () => {
    lone = await startLoneScheduler({
      clusterName: 'c',
      world: { time: { msPerSecond: 20, msPerHour: 100 } },
    });
    await untilLeading(lone);
    const { directory: home } = lone;

    const names = await until('a backup', () => {
      const found = fs
        .readdirSync(path.join(home, 'backups'))
        .filter((name) => name.startsWith('scheduler-'));
      return found.length > 0 && found;
    });

    const bytes = fs.readFileSync(path.join(home, 'backups', names[0] ?? ''));
    const decoded = readAsJava(snapshot, bytes);
    expect(Buffer.from(encodeStruct(snapshot, decoded))).toEqual(bytes);
    expect(decoded.schedulerMetadata?.frameworkId).toBe(lone.scheduler.storage.store.frameworkId);
  });
});

describe('reconciliation by timer', () => {
  it('comes after whole minutes, explicit first, implicit a spread later', async () => {
    lone = await startLoneScheduler({
      clusterName: 'c',
      world: { time: { msPerSecond: 20, msPerMinute: 50 } },
      flags: ['-reconciliation_initial_delay=119secs', '-reconciliation_schedule_spread=4mins'],
    });
    const runs = async () => (await (await fetch(`${lone?.url}/vars.json`)).json()) as Record<string, number>;

    const first = await until('the explicit run', async () => {
      const vars = await runs();
      return vars.reconciliation_explicit_runs === 1 && vars;
    });

    expect(first.reconciliation_implicit_runs).toBe(0);
    await until('the implicit run', async () => (await runs()).reconciliation_implicit_runs === 1);
  });

  it('with an interval under a minute kills the scheduler as it turns ACTIVE', async () => {
    lone = await startLoneScheduler({
      clusterName: 'c',
      flags: ['-reconciliation_explicit_interval=59secs'],
    });

    expect(await lone.exited).toBe(0);
  });
});
