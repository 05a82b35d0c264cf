/** Whatever is wrong with what was kept costs another decoding, and no more. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeptReport, type KeptReports, openKeptReports } from '../../src/agent/kept-reports.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { type CountedLibrary, countedLibrary } from './support/counted-library.ts';
import { createMounts, fill, type Mounts } from './support/small-disk.ts';
import { backupFixture, backupName } from './support/test-host.ts';

const day = 86_400_000;
let dir: string;
let path: string;
let mounts: Mounts;
let report: KeptReport;
const opened: { close(): void }[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kept-reports-'));
  path = join(dir, 'state', 'backups.sqlite');
  await mkdir(dirname(path));
  mounts = createMounts();
  const { file: _file, ...rest } = await inspectBackup(backupFixture);
  report = rest;
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await mounts.dispose();
  await rm(dir, { recursive: true });
});

let warnings: string[] = [];
function open(changes: { decoderVersion?: number; rowsMax?: number } = {}): KeptReports {
  warnings = [];
  const kept = openKeptReports({
    path,
    decoderVersion: 1,
    warn: (fields, message) => warnings.push(`${message}: ${String(fields['why'])}`),
    ...changes,
  });
  opened.push(kept);
  return kept;
}
/** Opens what lies there, writes to it, and reads it as the next life of the agent does. */
function lifeAfter(): KeptReport | null {
  const kept = open();
  kept.keep('a', report, 0);
  kept.close();
  const said = warnings;
  const found = open().find('a');
  warnings = said;
  return found;
}

test('a report comes back as it was, to the decoder that found it, from a file for nobody else', async () => {
  open().keep('a', report, 0);
  opened.pop()?.close();

  expect(open().find('a')).toEqual(report);
  opened.pop()?.close();
  expect(open({ decoderVersion: 2 }).find('a')).toBeNull();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test('what has been gone for a week is forgotten; what was away for a day is not', () => {
  const kept = open();
  for (const version of ['stays', 'away', 'gone']) kept.keep(version, report, 0);

  kept.noteSeen(['stays', 'away'], 3 * day);
  kept.noteSeen(['stays'], 8 * day);

  expect(['stays', 'away', 'gone'].map((version) => kept.find(version) !== null)).toEqual([
    true,
    true,
    false,
  ]);
});

test('no more rows are kept than there may be names, those that were seen last', () => {
  const kept = open({ rowsMax: 100 });

  for (let row = 0; row < 500; row += 1) kept.keep(`${row}`, report, row);

  const known = Array.from({ length: 500 }, (_, row) => kept.find(`${row}`) !== null);
  expect(known.filter(Boolean).length).toBeLessThanOrEqual(110);
  expect(known.at(-1)).toBe(true);
});

describe('is put aside and begun anew', () => {
  const foreign = async (sql: string): Promise<void> => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  };
  test.each([
    ['garbage', () => writeFile(path, 'this is no database'.repeat(1_000))],
    ['a database of another program', () => foreign('CREATE TABLE report (x)')],
    [
      'one of a later version',
      async () => {
        open().keep('a', report, 0);
        opened.pop()?.close();
        await foreign('PRAGMA user_version = 2');
      },
    ],
    [
      'one whose pages were overwritten',
      async () => {
        const kept = open();
        for (let row = 0; row < 200; row += 1) kept.keep(`${row}`, report, 0);
        opened.pop()?.close();
        const size = (await stat(path)).size;
        const db = await import('node:fs/promises').then((fs) => fs.open(path, 'r+'));
        await db.write(Buffer.alloc(size - 4_096, 0xab), 0, size - 4_096, 4_096);
        await db.close();
      },
    ],
  ])('%s', async (_what, make) => {
    await make();

    const found = lifeAfter();

    expect(found).toEqual(report);
    expect(existsSync(`${path}.aside`)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('what was known of backups is put aside')]);
  });

  test('one that is damaged while it is open', async () => {
    const kept = open();
    for (let row = 0; row < 200; row += 1) kept.keep(`${row}`, report, 0);
    const other = new DatabaseSync(':memory:');
    other.close();
    kept.close();
    const again = open();
    await writeFile(path, Buffer.alloc(8_192, 0xab));

    const lost = again.find('7');
    again.keep('7', report, 0);

    expect([lost, again.find('7')]).toEqual([null, report]);
  });

  test('a row that is no report is found out anew', async () => {
    open().keep('a', report, 0);
    opened.pop()?.close();
    await foreign(`UPDATE report SET body = '{"bytes": "many"}'`);

    const kept = open();
    const lost = kept.find('a');
    kept.keep('a', report, 0);

    expect([lost, kept.find('a')]).toEqual([null, report]);
  });
});

describe('an agent goes on without keeping anything', () => {
  const listTwice = async (): Promise<CountedLibrary> => {
    await mkdir(join(dir, 'backups'), { recursive: true });
    await copyFile(backupFixture, join(dir, 'backups', backupName));
    const clock = new FakeClock(Date.now() + 60_000);
    const library = countedLibrary({ directory: join(dir, 'backups'), state: path, clock });
    opened.push(library);
    const [listed, again] = [await library.list(), await library.list()];
    const sha256 = createHash('sha256')
      .update(await import('node:fs/promises').then((fs) => fs.readFile(backupFixture)))
      .digest('hex');
    expect([listed, again].map(([file]) => file?.report.sha256)).toEqual([sha256, sha256]);
    return library;
  };

  test('where the state directory is read-only', async () => {
    await mounts.bind(dirname(path), dirname(path));
    await mounts.readOnly(dirname(path));

    const library = await listTwice();

    expect(library.decoded).toHaveLength(1);
    expect(library.warnings).toEqual([expect.stringMatching(/is not kept: .* read-only here \(EROFS\)/)]);
  });

  test('where the disk is full from the beginning, and where it fills up', async () => {
    await mounts.tmpfs(dirname(path), 512);
    await fill(dirname(path));
    const full = await listTwice();
    full.close();
    await rm(join(dirname(path), 'somebody-elses'));
    const kept = open();
    await fill(dirname(path));
    for (let row = 0; row < 500; row += 1) kept.keep(`${row}`, report, 0);

    expect(full.decoded).toHaveLength(1);
    expect(full.warnings).toHaveLength(1);
    expect(kept.find('499')).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/is not kept: .*(no room|disk failed|full)/i)]);
  });

  test('where another program has locked the database, or a directory has its name', async () => {
    const kept = open();
    kept.keep('a', report, 0);
    const second = await listTwice();
    kept.close();
    second.close();
    await rm(path);
    await mkdir(path);
    const third = await listTwice();

    expect([second, third].map(({ decoded, warnings: told }) => [decoded.length, told.length])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});
