/** What may lie in a host's directories instead of what was chosen there: nothing of it may hold the agent up. Root only. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import {
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withPlain } from '../../../src/agent/files/plain-file.ts';
import { judgeNamedFiles } from '../../../src/agent/flags/named-files.ts';
import { lookAtPaths } from '../../../src/agent/host-paths.ts';
import { bringBackLog } from '../../../src/agent/operations/bring-back-log.ts';
import { holdBackup } from '../../../src/agent/operations/hold-backup.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { placeBackup } from '../../../src/agent/operations/place-backup.ts';
import { setAsideLog } from '../../../src/agent/operations/set-aside-log.ts';
import { takeOutBackup } from '../../../src/agent/operations/take-out-backup.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { decodeBackup } from '../../../src/backups/decode-backup.ts';
import { type CountedLibrary, countedLibrary } from '../support/counted-library.ts';
import { contextOn } from '../support/operation-context.ts';
import { createTestHost, backupName as name, type TestHost } from '../support/test-host.ts';

const tebibyte = 1024 ** 4;
let host: TestHost;
let context: OperationContext;
beforeEach(async () => {
  host = await createTestHost();
  context = contextOn(host);
});
const libraries: CountedLibrary[] = [];
afterEach(async () => {
  for (const opened of libraries.splice(0)) opened.close();
  await host.dispose();
});

const params = () => ({ name, sha256: host.backupSha256 });
const backup = (): string => host.path('backups', name);
const library = (directory = host.path('backups')) => {
  const opened = countedLibrary({
    directory,
    clock: systemClock,
    state: host.path('backups.sqlite'),
    bytesMax: host.config.bounds.uploadBytes,
  });
  libraries.push(opened);
  return opened;
};
const makeFifo = (path: string): void => {
  execFileSync('mkfifo', [path]);
};

/** Each with what is said of it. */
const odd: readonly (readonly [string, string, RegExp, (path: string) => unknown])[] = [
  ['a named pipe', 'not-a-file', /is a named pipe, not a plain file/, makeFifo],
  ['a link', 'not-a-file', /is a symbolic link/, (path) => symlink('/etc/passwd', path)],
  ['a directory', 'not-a-file', /is a directory/, (path) => mkdir(path)],
  [
    'a device',
    'not-a-file',
    /is a device/,
    (path) => {
      execFileSync('mknod', [path, 'c', '1', '5']);
    },
  ],
  [
    'a socket',
    'not-a-file',
    /is a socket/,
    async (path) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(host.path('s'), resolve));
      await rename(host.path('s'), path);
      await new Promise((resolve) => server.close(resolve));
    },
  ],
  ['a file of a terabyte', 'file-too-long', /is 1099511627776 bytes long/, (path) => sparse(path, tebibyte)],
  ['a file that is all holes', 'file-hollow', /and 0 are on the disk/, (path) => sparse(path, 1024 ** 3)],
];

async function sparse(path: string, bytes: number): Promise<void> {
  await writeFile(path, '');
  await truncate(path, bytes);
}

describe.each(odd)('%s in place of the chosen backup', (_what, code, says, make) => {
  test('is refused in a sentence by whatever reads it', async () => {
    await unlink(backup());
    await make(backup());

    const refusal = { code, message: expect.stringMatching(says) as string };
    await expect(holdBackup.run(context, params())).rejects.toMatchObject(refusal);
    await expect(withPlain(backup(), async () => undefined)).rejects.toMatchObject(refusal);
  });

  test('does not keep others from being listed', async () => {
    await rename(backup(), host.path('backups', 'scheduler-backup-2026-11-23-16-20'));
    await make(backup());

    const listed = await library().list();

    const [found] = listed.filter((file) => file.name === name);
    expect(listed.find(({ report }) => report.verdict === 'ok')?.report.sha256).toBe(host.backupSha256);
    if (code === 'not-a-file') expect(found).toBeUndefined();
    else expect(found?.report).toMatchObject({ verdict: 'broken', reasons: [expect.stringMatching(says)] });
  });

  test('is not placed over, and does not hold undo up', async () => {
    await holdBackup.run(context, params());
    await placeBackup.run(context, params());
    await unlink(backup());
    await make(backup());

    const { evidence } = await takeOutBackup.run(context, params());

    expect(evidence.movedTo).toBeNull();
    expect(await readdir(host.path('backups'))).toContain(name);
    await expect(placeBackup.run(context, params())).rejects.toThrow();
  });
});

test('a file that grows while it is read ends where it ended', async () => {
  const seen = await withPlain(backup(), async (file) => {
    let bytes = 0;
    for await (const chunk of file.chunks()) {
      bytes += chunk.length;
      appendFileSync(backup(), chunk);
    }
    return { bytes, was: file.bytes };
  });

  expect(seen.bytes).toBe(seen.was);
});

test('a file that is exchanged for another one goes on being the one that was opened', async () => {
  const sha256 = await withPlain(backup(), async (file) => {
    await rm(backup());
    await writeFile(backup(), 'another');
    return (await decodeBackup(file.chunks())).sha256;
  });

  expect(sha256).toBe(host.backupSha256);
});

test('a backup with many names is decoded once', async () => {
  for (const minute of ['20', '21', '22']) {
    await link(backup(), host.path('backups', `scheduler-backup-2026-11-23-16-${minute}`));
  }
  const counting = library();

  const listed = await counting.list();

  expect(listed.map(({ report }) => report.file)).toEqual(
    listed.map((file) => host.path('backups', file.name)),
  );
  expect([listed.length, counting.decoded.length]).toEqual([4, 1]);
});

test('a directory with more names than are looked at is said to be one, not read in part', async () => {
  await mkdir(host.path('full'));
  for (let count = 0; count <= 20_000; count += 1) writeFileSync(host.path('full', String(count)), '');
  const says = {
    code: 'too-many-names',
    message: expect.stringContaining('holds more than 20000 names') as string,
  };
  const full = { ...host.config.paths, log: host.path('full', 'db'), backups: host.path('full') };
  const crowded = { ...context, config: { ...context.config, paths: { ...full, log: host.path('full') } } };

  await expect(setAsideLog.run(crowded, {})).rejects.toMatchObject(says);
  await expect(library(full.backups).list()).rejects.toMatchObject(says);
  expect((await lookAtPaths(full)).log).toMatchObject({
    movable: false,
    obstacle: { why: expect.stringContaining('holds more than 20000 names') as string },
  });
});

test('names that are no text, or would forge a line, are foreign to a log and shown as question marks', async () => {
  await writeFile(host.path('db', '000001.log\nAll is well'), '');
  const raw = Buffer.concat([Buffer.from(host.path('db', '')), Buffer.from('/\xff\xfe', 'latin1')]);
  await (await open(raw, 'w')).close();

  await expect(setAsideLog.run(context, {})).rejects.toMatchObject({
    code: 'log-foreign',
    details: { foreign: ['000001.log?All is well', '??'] },
  });
});

test('what is none of the log’s is not copied with an old one', async () => {
  await setAsideLog.run(contextOn(host, 'R0'), {});
  makeFifo(host.path('db.set-aside-R0', '000012.log'));

  await expect(bringBackLog.run(context, { of: 'R0' })).rejects.toMatchObject({ code: 'log-foreign' });
  expect(await readdir(host.dir)).not.toContain('db.bringing-R1');
});

test('a named pipe as a file that a flag names is a fault, not a wait', async () => {
  makeFifo(host.path('tiers.json'));

  const faults = await judgeNamedFiles(host.config, { tier_config: host.path('tiers.json') });

  expect(faults.map(({ says }) => says)).toEqual([expect.stringContaining('is not a plain file')]);
});
