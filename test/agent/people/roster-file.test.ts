import { chmod, chown, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRosterFile } from '../../../src/agent/people/roster-file.ts';
import { createSigners, idOf } from '../../signing/signers.ts';

const signers = createSigners();
let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roster-'));
  path = join(dir, 'people.yaml');
  await writeFile(path, signers.rosterYaml, { mode: 0o644 });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the roster of a host', () => {
  test('is read again when it changes: a leaver counts no more at once', async () => {
    const file = createRosterFile(path);
    const before = await file.read();
    await writeFile(path, signers.rosterWithout('bo'));
    const after = await file.read();

    expect([before.people.has(idOf.bo), after.people.has(idOf.bo)]).toEqual([true, false]);
    expect(after.hash).not.toBe(before.hash);
  });

  test.each<[string, RegExp, () => Promise<void>]>([
    ['can be written by its group', /can be written by others/, () => chmod(path, 0o664)],
    ['can be written by everybody', /can be written by others/, () => chmod(path, 0o646)],
    [
      'belongs to another account',
      /belongs to another account \(uid 65534\)/,
      () => chown(path, 65534, 65534),
    ],
    ['is not there', /cannot be read/, () => rm(path)],
    [
      'has become a directory',
      /cannot be read/,
      () =>
        rm(path)
          .then(() => mkdir(path))
          .then(() => undefined),
    ],
    ['is longer than any roster', /cannot be read/, () => truncate(path, 4 * 1024 ** 2 + 1)],
    ['says nothing that can be understood', /is wrong/, () => writeFile(path, 'people: [')],
    [
      'is a link, maybe to a place of somebody else',
      /cannot be read/,
      async () => {
        await writeFile(join(dir, 'other.yaml'), signers.rosterYaml);
        await rm(path);
        await symlink(join(dir, 'other.yaml'), path);
      },
    ],
  ])('counts nobody when it %s, though it was good before', async (_what, says, change) => {
    const file = createRosterFile(path);
    await file.read();
    await change();

    await expect(file.read()).rejects.toMatchObject({
      code: 'roster-invalid',
      message: expect.stringMatching(says),
    });
  });
});
