/** What writing leaves when it fails in its middle, on real small file systems. Root only. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyLogDirectory } from '../../../src/agent/files/copy-log.ts';
import { copyDurably, moveDurably, writeDurably } from '../../../src/agent/files/durable-file.ts';
import { explainSystemError } from '../../../src/aurora/system-errors.ts';
import { createMounts, type Mounts } from '../support/small-disk.ts';

const large = Buffer.alloc(200 * 1024, 7);
let dir: string;
let mounts: Mounts;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-durable-'));
  mounts = createMounts();
  await mounts.tmpfs(path('small'), 256);
});
afterEach(async () => {
  await mounts.dispose();
  await rm(dir, { recursive: true });
});

const path = (...parts: string[]): string => join(dir, ...parts);
const said = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  return explainSystemError(error)?.message ?? String(error);
};

test('a file that does not fit is not there, nor any part of it, and the room is free again', async () => {
  await writeFile(path('small', 'a'), large);

  const sentence = await said(writeDurably(path('small', 'b'), large));

  expect(sentence).toBe(`There is no room left on the disk of ${path('small', 'b')} (ENOSPC).`);
  expect(await readdir(path('small'))).toEqual(['a']);
});

test('a file that was there before stays as it was', async () => {
  await writeFile(path('small', 'a'), 'before');
  await writeFile(path('small', 'b'), large);

  await said(writeDurably(path('small', 'a'), large));

  expect(await readFile(path('small', 'a'), 'utf8')).toBe('before');
});

test('a copy that does not fit is a second name for the same file', async () => {
  await writeFile(path('small', 'a'), large);

  await copyDurably(path('small', 'a'), path('small', 'b'));

  expect((await stat(path('small', 'b'))).ino).toBe((await stat(path('small', 'a'))).ino);
  expect(await readdir(path('small'))).toEqual(['a', 'b']);
});

test('a copy from another disk that does not fit is none', async () => {
  await writeFile(path('a'), Buffer.alloc(300 * 1024));

  expect(await said(copyDurably(path('a'), path('small', 'b')))).toContain('(ENOSPC)');
  expect(await readdir(path('small'))).toEqual([]);
});

test('a move to a full disk leaves the file where it was', async () => {
  await writeFile(path('a'), Buffer.alloc(300 * 1024));

  expect(await said(moveDurably(path('a'), path('small', 'b')))).toContain('(ENOSPC)');
  expect(await readdir(path('small'))).toEqual([]);
  expect((await stat(path('a'))).size).toBe(300 * 1024);
});

test('a log that does not fit leaves no part of its directory', async () => {
  await mkdir(path('log'));
  for (const name of ['000003.log', '000004.log']) await writeFile(path('log', name), large);

  expect(
    await said(
      copyLogDirectory({ from: path('log'), beside: path('small', 'part'), to: path('small', 'log') }),
    ),
  ).toContain('(ENOSPC)');
  expect(await readdir(path('small'))).toEqual([]);
});
