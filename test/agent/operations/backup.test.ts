import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdBackup } from '../../../src/agent/operations/hold-backup.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { placeBackup } from '../../../src/agent/operations/place-backup.ts';
import { receiveBackup } from '../../../src/agent/operations/receive-backup.ts';
import { takeOutBackup } from '../../../src/agent/operations/take-out-backup.ts';
import { contextOn } from '../support/operation-context.ts';
import { backupFixture, createTestHost, backupName as name, type TestHost } from '../support/test-host.ts';

let host: TestHost;
let context: OperationContext;
let params: { name: string; sha256: string };
beforeEach(async () => {
  host = await createTestHost();
  context = contextOn(host);
  params = { name, sha256: host.backupSha256 };
});
afterEach(() => host.dispose());

const heldFiles = async (...parts: string[]): Promise<readonly string[]> =>
  (await readdir(host.path('state', 'held', 'R1', ...parts))).sort();

describe('hold-backup', () => {
  test('copies the file into the hold directory', async () => {
    const { evidence } = await holdBackup.run(context, params);
    const after = await holdBackup.observe(context, params);

    expect(evidence).toEqual({
      path: host.path('state', 'held', 'R1', name),
      bytes: (await stat(backupFixture)).size,
    });
    expect(after).toEqual({ state: 'done', evidence });
    expect(await readFile(evidence.path)).toEqual(await readFile(backupFixture));
  });

  test('keeps nothing of a file that is not the one chosen', async () => {
    await writeFile(host.path('backups', name), 'written again');

    await expect(holdBackup.run(context, params)).rejects.toMatchObject({ code: 'backup-changed' });
    expect(await holdBackup.observe(context, params)).toEqual({ state: 'not-done' });
  });

  test('says that a file is gone', async () => {
    const other = { ...params, name: 'scheduler-backup-2020-01-01-00-00' };

    await expect(holdBackup.run(context, other)).rejects.toMatchObject({ code: 'backup-missing' });
  });

  test('does not follow a link out of the backup directory', async () => {
    const link = 'scheduler-backup-2020-01-01-00-00';
    await symlink(backupFixture, host.path('backups', link));

    await expect(holdBackup.run(context, { ...params, name: link })).rejects.toThrow(/ELOOP/);
  });

  test.each([
    '../../etc/passwd',
    'scheduler-backup-2026-11-23-16-38/../x',
    '',
    '.',
    'scheduler-backup-2026-11-23-16-38.keep',
  ])('refuses the name %j', async (bad) => {
    await expect(holdBackup.run(context, { ...params, name: bad })).rejects.toMatchObject({
      code: 'bad-name',
    });
  });

  test('does not exchange what it holds', async () => {
    await holdBackup.run(context, params);

    await expect(holdBackup.observe(context, { name, sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'held-differs',
    });
  });
});

describe('receive-backup', () => {
  test('believes an upload of the signed hash', async () => {
    const incoming = context.held.incomingPath('R1', name, params.sha256);
    await context.held.makeRoom(incoming);
    await copyFile(backupFixture, incoming);

    const { evidence } = await receiveBackup.run(context, params);

    expect(evidence.path).toBe(host.path('state', 'held', 'R1', name));
  });

  test('refuses without an upload, and one whose content is another', async () => {
    await expect(receiveBackup.run(context, params)).rejects.toMatchObject({ code: 'backup-missing' });

    const incoming = context.held.incomingPath('R1', name, params.sha256);
    await context.held.makeRoom(incoming);
    await writeFile(incoming, 'something else');

    await expect(receiveBackup.run(context, params)).rejects.toMatchObject({ code: 'backup-changed' });
  });
});

describe('place-backup and take-out-backup', () => {
  const target = (): string => host.path('backups', name);
  const emptyBackupDir = async (): Promise<void> => {
    await holdBackup.run(context, params);
    await unlink(target());
  };

  test('places with the mode of the directory and takes out again', async () => {
    await emptyBackupDir();
    await chmod(host.path('backups'), 0o750);

    const placed = await placeBackup.run(context, params);
    const mode = (await stat(target())).mode & 0o777;
    const takenOut = await takeOutBackup.run(context, params);

    expect(placed.evidence).toEqual({ path: target(), replaced: null });
    expect(mode).toBe(0o640);
    expect(takenOut.evidence).toEqual({ movedTo: host.path('state', 'held', 'R1', 'taken-out', name) });
    expect(await readdir(host.path('backups'))).toEqual([]);
    expect(await heldFiles('taken-out')).toEqual([name]);
  });

  test('finds the same content done, and leaves it when taking out', async () => {
    await holdBackup.run(context, params);

    const observed = await placeBackup.observe(context, params);
    const undone = await takeOutBackup.observe(context, params);

    expect(observed).toEqual({ state: 'done', evidence: { path: target(), replaced: null } });
    expect(undone).toEqual({ state: 'done', evidence: { movedTo: null } });
    expect(await readdir(host.path('backups'))).toEqual([name]);
  });

  test('keeps a file that has to make room and brings it back', async () => {
    await emptyBackupDir();
    await writeFile(target(), 'another backup of that minute', { mode: 0o600 });

    const placed = await placeBackup.run(context, params);
    const between = await readFile(target());
    await takeOutBackup.run(context, params);

    expect(placed.evidence.replaced).toBe(host.path('state', 'held', 'R1', 'replaced', name));
    expect(between).toEqual(await readFile(backupFixture));
    expect(await readFile(target(), 'utf8')).toBe('another backup of that minute');
    expect((await stat(target())).mode & 0o777).toBe(0o600);
  });

  test('does not take its own half-placed file for the one that was there', async () => {
    await emptyBackupDir();
    await writeFile(target(), 'original');
    await placeBackup.run(context, params);
    await writeFile(target(), 'torn');

    const again = await placeBackup.run(context, params);
    await takeOutBackup.run(context, params);

    expect(again.evidence.replaced).not.toBeNull();
    expect(await readFile(target(), 'utf8')).toBe('original');
  });

  test('does not take out what somebody else has put there since', async () => {
    await emptyBackupDir();
    await placeBackup.run(context, params);
    await writeFile(target(), 'a new backup of the scheduler');

    const { evidence } = await takeOutBackup.run(context, params);

    expect(evidence).toEqual({ movedTo: null });
    expect(await readFile(target(), 'utf8')).toBe('a new backup of the scheduler');
  });

  test('refuses a link or a directory under the name', async () => {
    await emptyBackupDir();
    await symlink('/etc/passwd', target());

    await expect(placeBackup.observe(context, params)).rejects.toMatchObject({ code: 'backup-not-a-file' });

    await unlink(target());
    await mkdir(target());

    await expect(placeBackup.observe(context, params)).rejects.toMatchObject({ code: 'backup-not-a-file' });
  });

  test('refuses what is not held', async () => {
    await expect(placeBackup.run(context, params)).rejects.toMatchObject({ code: 'backup-not-held' });
  });
});
