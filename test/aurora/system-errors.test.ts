/** What the system says, as the person on call reads it. */
import { mkdir, mkdtemp, open, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import { aboutPath, explainSystemError, isFull } from '../../src/aurora/system-errors.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aurora-errors-'));
  await mkdir(join(dir, 'full', 'inside'), { recursive: true });
  await writeFile(join(dir, 'file'), 'no database, and longer than the header of one');
});
afterAll(() => rm(dir, { recursive: true }));

const thrown = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};
/** As Node throws it for one call of the system. */
const systemError = (code: string, path = '/var/lib/aurora/db'): Error =>
  Object.assign(new Error(`${code}: as the system says it, write`), { code, syscall: 'write', path });

describe('real failures', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a file that does not exist', () => open(join(dir, 'none')), /\/none does not exist \(ENOENT\)\.$/],
    [
      'a directory with something in it',
      () => rmdir(join(dir, 'full')),
      /\/full is there already, with something in it \(ENOTEMPTY\)\.$/,
    ],
    [
      'the target of a rename, by its own name',
      async () => {
        await mkdir(join(dir, 'empty'));
        await rename(join(dir, 'empty'), join(dir, 'full'));
      },
      /\/full is there already, with something in it/,
    ],
    [
      'a name that is too long',
      () => open(join(dir, 'n'.repeat(300))),
      /is longer than its file system takes \(ENAMETOOLONG\)\.$/,
    ],
    [
      'a file on the way',
      () => open(join(dir, 'file', 'x')),
      /Something on the way to .*\/file\/x is not a directory/,
    ],
    ['a directory in place of a file', () => writeFile(dir, ''), /is a directory \(EISDIR\)\.$/],
  ])('%s', async (_what, work, sentence) => {
    const explained = explainSystemError(await thrown(work));

    expect(explained?.message).toMatch(sentence);
    expect(explained?.hint).toMatch(/\.$/);
  });

  it('a database that is none', async () => {
    const path = join(dir, 'file');
    const error = await thrown(() => new DatabaseSync(path).exec('PRAGMA journal_mode = WAL'));

    expect(explainSystemError(aboutPath(error, path))?.message).toBe(`${path} is damaged (SQLITE_NOTADB).`);
  });

  it('a database that cannot be opened', async () => {
    const path = join(dir, 'none', 'bot.sqlite');
    const error = await thrown(() => new DatabaseSync(path));

    expect(explainSystemError(aboutPath(error, path))?.message).toBe(
      `The database ${path} cannot be opened (SQLITE_CANTOPEN).`,
    );
  });
});

it.each([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'EBUSY',
  'EXDEV',
  'EFBIG',
  'ESTALE',
  'ELOOP',
])('%s is a sentence with its path, and a remedy', (code) => {
  const explained = explainSystemError(systemError(code));

  expect(explained?.message).toMatch(new RegExp(`/var/lib/aurora/db.* \\(${code}\\)\\.$`));
  expect(explained?.hint).toMatch(/^[A-Z].*\.$/);
});

it.each(['EMFILE', 'ENFILE'])('%s is about no path', (code) => {
  expect(explainSystemError(systemError(code))?.message).not.toContain('/var');
});

it('only what has no room is a full disk', () => {
  expect(isFull(systemError('EDQUOT'))).toBe(true);
  expect(isFull(systemError('EIO'))).toBe(false);
});

it('an error of the product stays as it is, and a mistake is none of these', () => {
  const own = new AuroraError({ code: 'x', message: 'Own.', hint: 'Do.' });

  expect(explainSystemError(own)).toBe(own);
  expect(explainSystemError(new TypeError('x is undefined'))).toBeNull();
  expect(explainSystemError('text')).toBeNull();
});
