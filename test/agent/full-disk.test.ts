/**
 * A host whose disk is full, by the real agent on real small file systems: what is refused before it is begun, what is left of what
 * failed in its middle, and that it can still be put back. Root only.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bringBackLog } from '../../src/agent/operations/bring-back-log.ts';
import { holdBackup } from '../../src/agent/operations/hold-backup.ts';
import { placeBackup } from '../../src/agent/operations/place-backup.ts';
import { setAsideLog } from '../../src/agent/operations/set-aside-log.ts';
import { takeOutBackup } from '../../src/agent/operations/take-out-backup.ts';
import type { OperationKind, OperationParams } from '../../src/aurora/operations.ts';
import { recoveryFlags } from '../../src/aurora/restore-flags.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { contextOn } from './support/operation-context.ts';
import { createMounts, fill, type Mounts } from './support/small-disk.ts';
import { backupName, createTestHost, type TestHost } from './support/test-host.ts';

const mib = 1024;
let mounts: Mounts;
let host: TestHost;
beforeEach(() => {
  mounts = createMounts();
});
afterEach(async () => {
  await mounts.dispose();
  await host.dispose();
});

const chosen = () => ({ name: backupName, sha256: host.backupSha256 });
/** Everything of the host on one file system of that size. */
const onOneDisk = async (kib: number): Promise<void> => {
  host = await createTestHost({ prepare: (dir) => mounts.tmpfs(dir, kib) });
};

describe('a backup is held only where there is room for all of its restore', () => {
  test('log, placed copy and held copy on one disk are added up', async () => {
    await onOneDisk(64 * mib);
    await writeFile(host.path('backups', backupName), Buffer.alloc(20 * mib * 1024));
    await fill(host.dir, 30 * mib);

    const refused = holdBackup.run(contextOn(host), chosen());

    await expect(refused).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(
        /^There is not enough room on the disk of the log, the backups, paths\.state and the flag file: 30 MiB free, 56 MiB needed \(.*20 MiB for the placed copy of the backup, 20 MiB for the held copy and 16 MiB to spare\)\. Nothing was touched\.$/,
      ),
    });
    expect(await readdir(host.dir)).not.toContain('state');
  });

  test('on two disks each has its own', async () => {
    host = await createTestHost();
    await mounts.tmpfs(host.path('state'), 10 * mib);

    await expect(holdBackup.run(contextOn(host), chosen())).rejects.toMatchObject({
      message: expect.stringMatching(
        /^There is not enough room on the disk of paths\.state: 10 MiB free, 16 MiB/,
      ),
    });
  });

  test('a disk without inodes is full too', async () => {
    host = await createTestHost();
    await mounts.tmpfs(host.path('state'), 64 * mib, 40);

    await expect(holdBackup.run(contextOn(host), chosen())).rejects.toMatchObject({
      message: expect.stringMatching(/disk of paths\.state takes only 39 more files \(df -i\)/),
    });
  });
});

describe('what is refused when the schedulers are stopped already', () => {
  test('a backup is not placed on a full disk', async () => {
    await onOneDisk(64 * mib);
    const context = contextOn(host);
    await holdBackup.run(context, chosen());
    await rm(host.path('backups', backupName));
    await fill(host.path('backups'), 1);

    await expect(placeBackup.run(context, chosen())).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readdir(host.path('backups'))).toEqual(['somebody-elses']);
  });

  test('a log is not brought back beside a full disk', async () => {
    await onOneDisk(64 * mib);
    await setAsideLog.run(contextOn(host, 'R1'), {});
    await writeFile(host.path('db.set-aside-R1', '000012.ldb'), Buffer.alloc(30 * mib * 1024));
    const context = contextOn(host, 'R2');

    await expect(bringBackLog.run(context, { of: 'R1' })).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('30 MiB for a copy of the old log'),
    });
    expect(await readdir(host.dir)).not.toContain('db');
  });
});

describe('a host with a full disk is put back', () => {
  let agent: AgentInProcess;
  afterEach(() => agent.close());

  const perform = async <K extends OperationKind>(kind: K, params: OperationParams[K]) =>
    await agent.client.perform(host.request(kind, params));

  test('log, flags and backup, with the room that the agent has kept', async () => {
    await onOneDisk(64 * mib);
    agent = await startAgentHere(host);
    const flagsBefore = await readFile(host.path('flags'), 'utf8');
    expect(await perform('hold-backup', chosen())).toMatchObject({ state: 'done' });
    expect(await perform('set-flags', { flags: recoveryFlags('0.22.0') })).toMatchObject({
      state: 'done',
    });
    expect(await perform('set-aside-log', {})).toMatchObject({ state: 'done' });
    await rm(host.path('backups', backupName));
    expect(await perform('place-backup', chosen())).toMatchObject({ state: 'done' });
    await fill(host.dir);

    const results = [
      await perform('put-back-log', {}),
      await perform('take-out-backup', chosen()),
      await perform('restore-flags', {}),
    ];

    expect(results.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    expect(await readFile(host.path('flags'), 'utf8')).toBe(flagsBefore);
    expect((await readdir(host.path('backups'))).filter((name) => name !== 'somebody-elses')).toEqual([]);
    expect(await agent.client.readStatus()).toMatchObject({ host: 'aurora-1' });
  });

  test('when even that is used up, the sentence names the path and what to do', async () => {
    await onOneDisk(64 * mib);
    agent = await startAgentHere(host);
    await rm(host.path('state', 'ballast'));
    await fill(host.dir);

    await expect(fillJournal()).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(
        /There is no room left on the disk of .*\/state\/(operations\.sqlite|audit\.jsonl) \(/,
      ),
      hint: expect.stringContaining('df -h'),
    });
    expect(await agent.client.readStatus()).toMatchObject({ host: 'aurora-1' });
  });

  test('a backup taken out to another disk that is full is its held copy under another name', async () => {
    host = await createTestHost();
    await mounts.tmpfs(host.path('state'), 64 * mib);
    agent = await startAgentHere(host);
    const context = contextOn(host);
    await holdBackup.run(context, chosen());
    await rm(host.path('backups', backupName));
    await placeBackup.run(context, chosen());
    await fill(host.path('state'), 8);

    const { evidence } = await takeOutBackup.run(context, chosen());

    const [held, takenOut] = await Promise.all([
      stat(host.path('state', 'held', 'R1', backupName)),
      stat(evidence.movedTo ?? ''),
    ]);
    expect(takenOut.ino).toBe(held.ino);
    expect(await readdir(host.path('backups'))).toEqual([]);
  });

  /** Until SQLite has used what its file had to spare. */
  const fillJournal = async (): Promise<void> => {
    for (let turn = 0; turn < 2_000; turn += 1) {
      await agent.client.perform(
        host.request('set-flags', { flags: recoveryFlags('0.22.0') }, { operationId: `R1.set.${turn}` }),
      );
    }
  };
});
