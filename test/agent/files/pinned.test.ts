/** Which links are followed on the way to a directory, and what is given away there. Root only. */
import {
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory, writeDurably } from '../../../src/agent/files/durable-file.ts';
import { inDirectory, listAllNames, listNames } from '../../../src/agent/files/pinned.ts';
import { explainSystemError } from '../../../src/aurora/system-errors.ts';

const account = 4242;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-pinned-'));
  await mkdir(path('real', 'below'), { recursive: true });
  await writeFile(path('real', 'below', 'a'), '');
});
afterEach(() => rm(dir, { recursive: true }));

const path = (...parts: string[]): string => join(dir, ...parts);
const names = (of: string): Promise<readonly string[]> => inDirectory(of, listAllNames);

test.each<[string, () => Promise<void>]>([
  ['absolute', () => symlink(path('real'), path('link'))],
  ['relative', () => symlink('../'.concat(dir.split('/').at(-1) ?? '', '/real'), path('link'))],
  [
    'in a sticky directory, by root',
    async () => {
      await chmod(dir, 0o1777);
      await symlink(path('real'), path('link'));
    },
  ],
])('a link that only root can have made is followed: %s', async (_what, make) => {
  await make();

  expect(await names(path('link', 'below'))).toEqual(['a']);
  expect(await names(path('link'))).toEqual(['below']);
});

test.each<[string, () => Promise<void>]>([
  ['in a directory of its own', () => chown(dir, account, account)],
  ['in a directory that everybody may write', () => chmod(dir, 0o777)],
  ['in a directory that its group may write', () => chmod(dir, 0o770)],
  [
    'of its own in a sticky directory',
    async () => {
      await chmod(dir, 0o1777);
      await lchown(path('link'), account, account);
    },
  ],
])('a link that another account may change is not followed: %s', async (_what, open) => {
  await symlink(path('real'), path('link'));
  await open();

  for (const through of [path('link'), path('link', 'below')]) {
    await expect(names(through)).rejects.toMatchObject({ code: 'path-not-safe' });
    await expect(writeDurably(join(through, 'b'), '')).rejects.toMatchObject({ code: 'path-not-safe' });
  }
});

test('a circle of links ends', async () => {
  await symlink(path('two'), path('one'));
  await symlink(path('one'), path('two'));

  await expect(names(path('one'))).rejects.toMatchObject({ code: 'path-not-safe' });
});

test('a directory that is renamed meanwhile goes on being the one that was opened', async () => {
  await inDirectory(path('real'), async (real) => {
    await rename(path('real'), path('moved'));
    await mkdir(path('real'));
    expect((await listNames(real, 10)).names).toEqual(['below']);
  });
});

test('errors name the path that people know', async () => {
  const said = await names(path('real', 'gone')).catch(
    (error: unknown) => explainSystemError(error)?.message,
  );
  const write = await writeDurably(path('real', 'below', 'a', 'b'), '').catch(
    (error: unknown) => explainSystemError(error)?.message,
  );

  expect(said).toBe(`${path('real', 'gone')} does not exist (ENOENT).`);
  expect(write).toBe(`Something on the way to ${path('real', 'below', 'a')} is not a directory (ENOTDIR).`);
});

test('nothing that is made runs as its owner', async () => {
  await writeDurably(path('file'), '', { mode: 0o6755, uid: account, gid: account });
  await makeDirectory({ path: path('directory'), identity: { mode: 0o6755, uid: account, gid: account } });

  expect((await lstat(path('file'))).mode & 0o7777).toBe(0o755);
  expect((await lstat(path('directory'))).mode & 0o7777).toBe(0o2755);
});

test('a directory that another one took the place of is not given away', async () => {
  const making = makeDirectory({
    path: path('new'),
    identity: { mode: 0o755, uid: account, gid: account },
    fill: async () => {
      await rename(path('new'), path('stolen'));
      await rename(path('real'), path('new'));
    },
  });

  await expect(making).rejects.toMatchObject({ code: 'directory-exchanged' });
  expect((await lstat(path('new'))).uid).toBe(0);
});
