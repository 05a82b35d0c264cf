/** What an agent knows of its backups at once: decoded once, newest first, and never taken for another file's. */
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { type CountedLibrary, countedLibrary, namesOf } from './support/counted-library.ts';
import { backupFixture } from './support/test-host.ts';

const [first, second, third] = ['20', '30', '40'].map(
  (minute) => `scheduler-backup-2026-11-23-16-${minute}`,
) as [string, string, string];
const minimal = join(import.meta.dirname, '../fixtures/backups/odd/minimal');
/** Well after everything that these tests write: by its own times all of it has settled. */
const later = (): FakeClock => new FakeClock(Date.now() + 60_000);

let dir: string;
let clock: FakeClock;
let bytes: Buffer;
const opened: CountedLibrary[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backup-library-'));
  await mkdir(join(dir, 'backups'));
  bytes = await readFile(backupFixture);
  clock = later();
});
afterEach(async () => {
  for (const library of opened.splice(0)) library.close();
  await rm(dir, { recursive: true });
});

const at = (name: string): string => join(dir, 'backups', name);
function open(changes: Partial<Parameters<typeof countedLibrary>[0]> = {}): CountedLibrary {
  const library = countedLibrary({
    directory: join(dir, 'backups'),
    state: join(dir, 'backups.sqlite'),
    clock,
    ...changes,
  });
  opened.push(library);
  return library;
}
/** Until all that was noticed is read. */
async function readAll(library: CountedLibrary): Promise<void> {
  await library.look();
  await expect.poll(async () => (await namesOf(library)).reading).toEqual([]);
}

describe('what is known now', () => {
  test('names what is still read, reads the newest first, and is whole when asked again', async () => {
    // Told apart by what is behind the backup in them.
    const lengths = [first, third, second].map((name, index) => ({ name, bytes: bytes.length + index }));
    for (const { name, bytes: length } of lengths)
      await writeFile(at(name), Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]));
    const held = Promise.withResolvers<void>();
    const library = open({ onPiece: () => held.promise });

    const atOnce = await library.listKnown();
    held.resolve();
    await readAll(library);

    expect(atOnce).toMatchObject({ files: [], reading: [third, second, first].map((name) => ({ name })) });
    expect(library.decoded).toEqual([bytes.length + 1, bytes.length + 2, bytes.length]);
    expect((await namesOf(library)).known).toHaveLength(3);
  });

  test('is known after a restart, without decoding anything', async () => {
    for (const name of [first, second]) await copyFile(backupFixture, at(name));
    const before = open();
    const listed = await before.list();
    before.close();

    const after = open();
    const { files, reading } = await after.listKnown();

    expect([files, reading]).toEqual([listed, []]);
    expect(await after.list()).toEqual(listed);
    expect(await after.find(first)).toEqual(listed.find(({ name }) => name === first));
    expect(after.decoded).toEqual([]);
  });

  test('is decoded again by another decoder, and by the old one not at all', async () => {
    await copyFile(backupFixture, at(first));
    const old = open();
    await old.list();
    old.close();
    const better = open({ decoderVersion: 2 });

    await better.list();
    better.close();
    const back = open();
    await back.list();

    expect([old.decoded.length, better.decoded.length, back.decoded.length]).toEqual([1, 1, 0]);
  });

  test('tells a file that has another content under the same name and the same time', async () => {
    const when = new Date('2026-11-23T16:20:00Z');
    await copyFile(backupFixture, at(first));
    await utimes(at(first), when, when);
    const library = open();
    const [was] = await library.list();
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(40) ^ 1, 40);
    await writeFile(at('beside'), other);
    await utimes(at('beside'), when, when);
    await rename(at('beside'), at(first));

    const [is] = await library.list();

    expect(is?.report.sha256).not.toBe(was?.report.sha256);
    expect(library.decoded).toHaveLength(2);
  });

  test('goes on without a file that was rotated away while it waited', async () => {
    for (const name of [first, second]) await copyFile(backupFixture, at(name));
    const held = Promise.withResolvers<void>();
    const library = open({ onPiece: () => held.promise });
    await library.look();
    await unlink(at(first));

    const { reading } = await namesOf(library);
    held.resolve();
    await readAll(library);

    expect(reading).toEqual([second]);
    expect(await namesOf(library)).toEqual({ known: [second], reading: [] });
    expect(library.decoded).toHaveLength(1);
  });

  test('of a thousand files is read once, and known at once then', async () => {
    for (let file = 0; file < 1_000; file += 1) {
      const [hour, minute] = [Math.floor(file / 60), file % 60].map((part) => `${part}`.padStart(2, '0'));
      await copyFile(minimal, at(`scheduler-backup-2026-11-23-${hour}-${minute}`));
    }
    const before = open();
    await before.list();
    before.close();
    const after = open();

    const { files, reading } = await after.listKnown();

    expect([files.length, reading.length, before.decoded.length, after.decoded.length]).toEqual([
      1_000, 0, 1_000, 0,
    ]);
  });
});

describe('a file that is being written', () => {
  beforeEach(() => {
    clock = new FakeClock(Date.now());
  });

  test('is not called broken before it has been left alone for a while, and is read then', async () => {
    await writeFile(at(first), bytes.subarray(0, 4_000));
    const library = open();

    const young = await namesOf(library);
    await appendFile(at(first), bytes.subarray(4_000, 8_000));
    clock.pass(1_900);
    const growing = await library.look();
    await appendFile(at(first), bytes.subarray(8_000));
    clock.pass(60_000);
    await readAll(library);
    const { files } = await library.listKnown();

    expect([young, growing]).toEqual([{ known: [], reading: [first] }, { settling: true }]);
    expect(library.decoded).toEqual([bytes.length]);
    expect(files[0]?.report.verdict).toBe('ok');
  });

  test('is read at once for who waits, and once more when it has settled', async () => {
    await writeFile(at(first), bytes.subarray(0, 4_000));
    const library = open();

    const [cut] = await library.list();
    const meanwhile = await namesOf(library);
    clock.pass(60_000);
    await readAll(library);
    library.close();
    const after = open();
    const [settled] = await after.list();

    expect([cut?.report.verdict, meanwhile.reading]).toEqual(['broken', [first]]);
    expect(settled?.report.verdict).toBe('broken');
    expect([library.decoded.length, after.decoded.length]).toEqual([2, 0]);
  });

  test('is told by being seen unchanged where the clock was set back', async () => {
    await copyFile(backupFixture, at(first));
    clock = new FakeClock(Date.now() - 86_400_000);
    const library = open();

    await library.look();
    clock.pass(1_000);
    const early = await namesOf(library);
    clock.pass(-3_600_000);
    await library.look();
    clock.pass(1_000);
    const setBack = await namesOf(library);
    clock.pass(1_000);
    await readAll(library);

    expect([early.reading, setBack.reading]).toEqual([[first], [first]]);
    expect(await namesOf(library)).toEqual({ known: [first], reading: [] });
    expect(library.decoded).toHaveLength(1);
  });
});

describe('what somebody waits for', () => {
  test('goes before what nobody waits for, which gives way in its middle and is read later', async () => {
    const long = Buffer.concat([bytes, Buffer.alloc(1_000_000)]);
    await writeFile(at(third), long);
    await copyFile(backupFixture, at(first));
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const library = open({
      onPiece: (soFar) => {
        if (soFar === 0) return undefined;
        begun.resolve();
        return held.promise;
      },
    });
    await library.look();
    await begun.promise;

    const found = library.find(first);
    // It looks at one file, and each of these at two: somebody waits for it by now.
    for (let looks = 0; looks < 5; looks += 1)
      expect((await namesOf(library)).reading.toSorted()).toEqual([first, third]);
    held.resolve();
    const { report } = await found;
    await readAll(library);

    expect(report.verdict).toBe('ok');
    expect(library.decoded.toSorted((a, b) => a - b).slice(-1)).toEqual([long.length]);
    expect(library.decoded).toHaveLength(3);
  });

  test('streams the tasks of a file that is still read without waiting for it', async () => {
    await copyFile(backupFixture, at(first));
    const held = Promise.withResolvers<void>();
    const library = open({ onPiece: () => held.promise });
    await library.look();

    const rows = await Array.fromAsync(await library.openTasks(first));

    expect(rows.length).toBeGreaterThan(0);
    held.resolve();
  });

  test('is refused when the agent stops, and does not wait for ever', async () => {
    for (const name of [first, second]) await copyFile(backupFixture, at(name));
    const held = Promise.withResolvers<void>();
    const library = open({ onPiece: () => held.promise });
    const found = [library.find(second), library.find(first)].map((one) =>
      one.catch((error: unknown) => error),
    );
    await expect.poll(() => library.decoded.length).toBe(1);

    library.close();
    held.resolve();

    expect(await found[1]).toMatchObject({ code: 'agent-stops' });
    expect(library.decoded).toHaveLength(1);
  });
});
