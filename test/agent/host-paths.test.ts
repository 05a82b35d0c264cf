import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lookAtPaths } from '../../src/agent/host-paths.ts';

let dir: string;
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'aurora-places-')));
  await mkdir(join(dir, 'lib', 'db'), { recursive: true });
  await mkdir(join(dir, 'lib', 'backups'));
  await mkdir(join(dir, 'etc'));
  await mkdir(join(dir, 'elsewhere'));
  await writeFile(join(dir, 'etc', 'aurora'), 'FLAGS=');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const pathsOf = (changes: { log?: string; flags?: string } = {}) => ({
  log: join(dir, changes.log ?? 'lib/db'),
  backups: join(dir, 'lib/backups'),
  flags: join(dir, changes.flags ?? 'etc/aurora'),
  state: join(dir, 'state'),
  mesosLog: process.execPath,
});

describe('where the agent works', () => {
  test('is beside the log and the flag file, in the backup directory and in its own', async () => {
    const seen = await lookAtPaths(pathsOf());

    expect(seen.roots).toEqual(['lib', 'lib/backups', 'etc', 'state'].map((path) => join(dir, path)));
    expect(seen.log).toEqual({ path: join(dir, 'lib/db'), real: join(dir, 'lib/db'), movable: true });
    expect(seen.flags).toMatchObject({ real: join(dir, 'etc/aurora'), movable: true });
    expect(seen.backups.real).toBe(join(dir, 'lib/backups'));
  });

  test('a log that is a link shows where it leads, and cannot be moved aside', async () => {
    await symlink(join(dir, 'elsewhere'), join(dir, 'lib', 'linked'));

    const { log } = await lookAtPaths(pathsOf({ log: 'lib/linked' }));

    expect(log).toMatchObject({
      path: join(dir, 'lib/linked'),
      real: join(dir, 'elsewhere'),
      movable: false,
      obstacle: { why: 'is a symbolic link' },
    });
  });

  test('a link on the way there is followed on both sides', async () => {
    await symlink(join(dir, 'lib'), join(dir, 'var'));

    const seen = await lookAtPaths(pathsOf({ log: 'var/db' }));

    expect(seen.roots[0]).toBe(join(dir, 'lib'));
    expect(seen.log).toMatchObject({ real: join(dir, 'lib/db'), movable: true });
  });

  test('what is not there has no real path', async () => {
    const seen = await lookAtPaths(pathsOf({ log: 'lib/gone', flags: 'nowhere/flags' }));

    expect(seen.log).toMatchObject({ real: null, movable: true });
    expect(seen.flags).toMatchObject({ real: null, movable: false });
  });

  test('a file system of its own cannot be renamed', async () => {
    const { log } = await lookAtPaths({ ...pathsOf(), log: '/proc' });

    expect(log).toMatchObject({ real: '/proc', movable: false });
  });
});
