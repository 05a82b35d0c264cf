/** Where releases differ beyond what they answer: backups, counters, ends. Against the recordings of each. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inspectBackup } from '../../../src/backups/inspect-backup.ts';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { RpcFailure } from '../../../src/pretend-aurora/scheduler/api/rpc-failure.ts';
import { Recovery } from '../../../src/pretend-aurora/scheduler/recovery/recovery.ts';
import { type DrillCluster, startDrillCluster, until } from './support/drill-cluster.ts';
import { type LoneScheduler, startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures');
const ofReleases = (name: string) => path.join(fixtures, 'releases', name);
const recorded = ['0.9.0', '0.17.0', '0.20.0'] as const;

let lone: LoneScheduler | null = null;
let cluster: DrillCluster | null = null;
afterEach(async () => {
  await Promise.all([lone?.close(), cluster?.close()]);
  lone = null;
  cluster = null;
});

describe.each(recorded)('%s', (auroraVersion) => {
  it('has no counter that the real one does not have', async () => {
    lone = await startLoneScheduler({ auroraVersion, clusterName: 'c' });
    await untilLeading(lone);
    const real = JSON.parse(
      fs.readFileSync(ofReleases(`${auroraVersion}/vars/leader.json`), 'utf8'),
    ) as object;

    const vars = (await (await fetch(`${lone.url}/vars.json`)).json()) as object;

    // These appear with their first use, or were left out of the recording.
    const known = new Set([
      ...Object.keys(real),
      'scheduler_illegal_task_state_transitions',
      'jvm_prop_sun.java.command',
    ]);
    expect(Object.keys(vars).filter((name) => !known.has(name))).toEqual([]);
  });

  it('writes backups that are known as its own', async () => {
    lone = await startLoneScheduler({ auroraVersion, clusterName: 'c' });
    await untilLeading(lone);
    await lone.scheduler.storage.write({
      save: { tasks: [{ status: 2, assignedTask: { taskId: 't', task: taskOf(auroraVersion) } }] },
    });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${lone.url}/api`, { method: 'POST', headers, body: performBackup });

    const [name = ''] = fs.readdirSync(path.join(lone.directory, 'backups'));
    const { writer } = await inspectBackup(path.join(lone.directory, 'backups', name));

    const { minor } = simulatedReleaseOf(auroraVersion);
    expect(writer?.lifetime.from ?? 0).toBeLessThanOrEqual(minor);
    expect(writer?.lifetime.to ?? Infinity).toBeGreaterThanOrEqual(minor);
  });

  it.each(foreignBackups(auroraVersion))('stages the backup of $writtenBy as recorded', ({ file, stage }) => {
    const recovery = new Recovery(path.dirname(file), simulatedReleaseOf(auroraVersion));
    const said = (): [string, readonly (string | null)[]] => {
      try {
        recovery.stage(path.basename(file));
        return ['OK', []];
      } catch (thrown) {
        if (!(thrown instanceof RpcFailure)) throw thrown;
        return [thrown.code, [thrown.text]];
      }
    };

    expect(said()).toEqual(stage);
  });
});

describe('an elected scheduler that cannot register', () => {
  it.each(['0.9.0', '0.17.0'])('of %s writes empty backups, and good ones go', async (auroraVersion) => {
    const good = ['scheduler-backup-2020-01-01-00-00', 'scheduler-backup-2020-01-02-00-00'];
    lone = await startLoneScheduler({
      auroraVersion,
      clusterName: 'c',
      flags: ['-max_saved_backups=2', '-max_registration_delay=360mins'],
      world: {
        time: { msPerSecond: 20, msPerHour: 200 },
        mesos: { address: 'zk://elsewhere/mesos', url: 'http://127.0.0.1:1' },
      },
      prepare: (directory) => {
        fs.mkdirSync(path.join(directory, 'backups'));
        for (const name of good) fs.writeFileSync(path.join(directory, 'backups', name), 'good');
      },
    });
    const backups = path.join(lone.directory, 'backups');

    await until('the oldest to go', () => !fs.existsSync(path.join(backups, good[0] ?? '')));

    const made = fs.readdirSync(backups).find((name) => !good.includes(name)) ?? '';
    const report = await inspectBackup(path.join(backups, made));
    expect(report).toMatchObject({ complete: true, frameworkId: null, tasks: { total: 0 } });
  });
});

describe('a master address without a path', () => {
  it.each([
    ['0.9.0', false],
    ['0.17.0', true],
  ])('stops %s half way: SIGTERM does nothing, pages answer %s', async (auroraVersion, answers) => {
    cluster = await startDrillCluster({ auroraVersion });
    const [host] = cluster.hosts;
    if (host === undefined) throw new Error('no host');
    cluster.setFlags(host, { mesos_master_address: 'zk://localhost:2181', native_log_quorum_size: '1' });
    const own = cluster;

    await own.control(host, 'start');
    await until('the deadlock', () => own.output(host).includes('Expecting a (chroot) path'));
    await until('the pages to be as recorded', async () => ((await own.vars(host)) !== null) === answers);
    await own.control(host, 'stop');

    expect(own.pid(host)).not.toBeNull();
  });
});

const performBackup = '[1,"performBackup",1,1,{}]';

function taskOf(auroraVersion: string) {
  const { taskResources, repeatsJobKey } = simulatedReleaseOf(auroraVersion);
  const job = { role: 'www', environment: 'prod', name: 'web' };
  return {
    job,
    owner: { user: 'op', ...(repeatsJobKey && { role: job.role }) },
    ...(taskResources !== 'set' && { numCpus: 1, ramMb: 1, diskMb: 1 }),
    ...(taskResources !== 'scalars' && { resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }] }),
  };
}

/** Backups of the other recorded releases, and what this one said to each. */
function foreignBackups(
  release: string,
): { writtenBy: string; file: string; stage: [string, readonly (string | null)[]] }[] {
  const files: Readonly<Record<string, string>> = {
    '0.9.0': ofReleases('0.9.0/backups/scheduler-backup-2026-11-23-17-02'),
    '0.17.0': ofReleases('0.17.0/backups/scheduler-backup-2026-11-23-17-08'),
    '0.20.0': ofReleases('0.20.0/backups/scheduler-backup-2026-11-23-17-16'),
  };
  const answer = z.tuple([z.string(), z.array(z.string().nullable())]);
  return z
    .array(z.object({ writtenBy: z.string(), stage: answer }))
    .parse(JSON.parse(fs.readFileSync(ofReleases(`${release}/foreign-backups.json`), 'utf8')))
    .flatMap(({ writtenBy, stage }) => {
      const file = files[writtenBy];
      return file === undefined ? [] : [{ writtenBy, file, stage }];
    });
}
