/** What agents of this version and of the one before answer when they are asked what they know now. */
import { beforeAll, expect, test } from 'vitest';
import { parseBackupList, parseKnownBackups } from '../../src/agent/protocol.ts';
import type { BackupReport } from '../../src/aurora/backups.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { backupFixture, backupName as name } from './support/test-host.ts';

let report: BackupReport;
beforeAll(async () => {
  report = await inspectBackup(backupFixture);
});
const read = () => ({ name, bytes: 9, mtimeMs: 1, report });
const unread = { name: 'scheduler-backup-2026-11-23-16-39', bytes: 8, mtimeMs: 2, reading: true };

test('an agent of before, which does not know the question, has read everything', () => {
  expect(parseKnownBackups({ backups: [read()] })).toEqual({ files: [read()], reading: [] });
});

test('what is read is told from what is not', () => {
  const known = parseKnownBackups({ backups: [read(), unread] });

  expect(known).toEqual({ files: [read()], reading: [unread] });
});

test.each([
  ['neither read nor being read', { name, bytes: 9, mtimeMs: 1 }],
  ['not being read', { ...unread, reading: false }],
  ['without a length', { ...unread, bytes: 'long' }],
  ['null', null],
])('a file that is %s is not an answer of an agent', (_what, file) => {
  expect(() => parseKnownBackups({ backups: [file] })).toThrow();
});

test('a bot of before, which asks without it, is sent nothing that it cannot read', () => {
  expect(parseBackupList({ backups: [read()] })).toEqual([read()]);
  expect(() => parseBackupList({ backups: [unread] })).toThrow();
});
