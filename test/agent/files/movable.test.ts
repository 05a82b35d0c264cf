/** What can be moved aside where it is, on real mounts and with real attributes. Root only. */
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whyUnmovable } from '../../../src/agent/files/movable.ts';
import { createMounts, type Mounts, setAttribute } from '../support/small-disk.ts';

let dir: string;
let mounts: Mounts;
let attributes: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-movable-'));
  mounts = createMounts();
  attributes = [];
  await mkdir(path('around', 'db'), { recursive: true });
  await writeFile(path('around', 'db', 'CURRENT'), '');
  await writeFile(path('around', 'flags'), '');
});
afterEach(async () => {
  for (const attributed of attributes) await setAttribute('-ia', attributed);
  await mounts.dispose();
  await rm(dir, { recursive: true });
});

const path = (...parts: string[]): string => join(dir, ...parts);
const attribute = async (change: string, of: string): Promise<void> => {
  attributes.push(of);
  await setAttribute(change, of);
};

test.each(['db', 'flags', 'gone'])(
  '%s in a directory of its own can be, and nothing happens to it',
  async (name) => {
    expect(await whyUnmovable(path('around', name))).toBeNull();
    expect(await readdir(path('around'), { recursive: true })).toEqual(['db', 'flags', 'db/CURRENT']);
  },
);

test('an empty directory can be, and is still there', async () => {
  await mkdir(path('around', 'empty'));

  expect(await whyUnmovable(path('around', 'empty'))).toBeNull();
  expect(await readdir(path('around'))).toContain('empty');
});

test.each<[string, RegExp, () => Promise<void>]>([
  ['a file system of its own', /^is a mount point$/, async () => mounts.tmpfs(path('around', 'db'), 64)],
  [
    'a bind mount of the same device',
    /^is a mount point$/,
    async () => {
      await mkdir(path('elsewhere'));
      await mounts.bind(path('elsewhere'), path('around', 'db'));
    },
  ],
  ['an immutable log', /^may not be renamed \(EPERM\)$/, async () => attribute('+i', path('around', 'db'))],
  ['an append-only log', /^may not be renamed \(EPERM\)$/, async () => attribute('+a', path('around', 'db'))],
  ['an immutable directory around it', /which is immutable$/, async () => attribute('+i', path('around'))],
  ['an append-only directory around it', /\(EPERM\)$/, async () => attribute('+a', path('around'))],
  [
    'a directory around it that is read-only',
    /which is read-only for the agent$/,
    async () => {
      await rename(path('around'), path('was'));
      await mounts.bind(path('was'), path('around'));
      await mounts.readOnly(path('around'));
    },
  ],
  [
    'a link',
    /^is a symbolic link$/,
    async () => {
      await rename(path('around', 'db'), path('real'));
      await symlink(path('real'), path('around', 'db'));
    },
  ],
  [
    'a directory around it that is not there',
    /which is not there$/,
    async () => rm(path('around'), { recursive: true }),
  ],
])('%s cannot be, and the kernel says so of the rename too', async (_what, why, make) => {
  await make();

  expect(await whyUnmovable(path('around', 'db'))).toMatchObject({ why: expect.stringMatching(why) });
  if (!why.source.includes('link')) {
    await expect(rename(path('around', 'db'), path('around', 'db.set-aside-R1'))).rejects.toThrow();
  }
});

test.each(['+i', '+a'])('a flag file with %s cannot be', async (change) => {
  await attribute(change, path('around', 'flags'));

  expect(await whyUnmovable(path('around', 'flags'))).toMatchObject({
    remedy: expect.stringContaining(`lsattr -d ${path('around', 'flags')}`),
  });
  await expect(rename(path('around', 'flags'), path('moved'))).rejects.toThrow('EPERM');
});
