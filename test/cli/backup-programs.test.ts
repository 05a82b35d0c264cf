import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressText } from '../../src/cli/progress.ts';
import { fixturePath } from '../backups/fixtures.ts';
import { runBackup } from './support/off-line.ts';

const real = fixturePath('backups/real');
const [earlier, later] = ['scheduler-backup-2026-11-23-16-20', 'scheduler-backup-2026-11-23-16-38'];
const at = (text: string) => ({ now: () => Date.parse(text), sleep: () => Promise.resolve() });

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backups-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('backup inspect', () => {
  it('ends several files with a table of them', async () => {
    const { out, code } = await runBackup(['inspect', join(real, earlier), join(real, later)]);

    expect(out.split('\n').slice(-4)).toEqual([
      'VERDICT  WRITTEN (UTC)     TASKS  JOBS  SIZE    FILE',
      'ok       2026-11-23 16:20  7      4     4.8 kB  scheduler-backup-2026-11-23-16-20',
      'ok       2026-11-23 16:38  772    10    704 kB  scheduler-backup-2026-11-23-16-38',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('shows progress on a terminal only, and takes it away again', async () => {
    let now = 0;
    const clock = { now: () => (now += 600), sleep: () => Promise.resolve() };
    let screen = '';
    const write = (text: string) => (screen += text);

    await runBackup(['inspect', join(real, later)], { clock, screen: { isTTY: true, write } });
    const piped = await runBackup(['inspect', join(real, later)], { clock });

    expect(screen).toContain('\r\x1b[K');
    expect(screen).toMatch(/scheduler-backup-2026-11-23-16-38: \d+ %, .*\/s, \d+ s left/);
    expect(screen.endsWith('\r\x1b[K')).toBe(true);
    expect(piped.screen).toBe('');
  });

  it('ends with 130 when it is interrupted in the middle of a file, and says nothing more', async () => {
    const interrupted = new AbortController();
    let now = 0;
    const seen = await runBackup(['inspect', join(real, later), join(real, earlier)], {
      clock: { now: () => (now += 600), sleep: () => Promise.resolve() },
      screen: { isTTY: true, write: () => interrupted.abort() },
      begin: () => interrupted.signal,
    });

    expect(seen).toMatchObject({ out: '', err: '', code: 130 });
  });
});

describe('progress', () => {
  it.each([
    [{ read: 500, total: 1000, tookMs: 1000 }, '50 %, 500 bytes/s, 1 s left'],
    [{ read: 0, total: 1000, tookMs: 1000 }, /^0 %, 0 bytes\/s/],
    [{ read: 2000, total: 1000, tookMs: 1 }, '100 %, 2.0 MB/s, 0 s left'],
  ])('of %o', (so, text) => expect(progressText(so)).toMatch(text));
});

describe('backup diff', () => {
  it('names what came between two backups', async () => {
    const { out, code } = await runBackup(['diff', join(real, earlier), join(real, later)]);

    await expect(out).toMatchFileSnapshot('golden/backup-diff.txt');
    expect(code).toBe(1);
  });

  it('ends with 0 when nothing is different', async () => {
    const { out, code } = await runBackup(['diff', join(real, later), join(real, later)]);

    expect(out).toContain('0 s later\nNothing is different.');
    expect(code).toBe(0);
  });

  it('with --json is one object', async () => {
    const { out } = await runBackup(['diff', '--json', join(real, earlier), join(real, later)]);

    expect(JSON.parse(out)).toMatchObject({
      before: { atMs: 1795450836594 },
      diff: { tasks: { before: 7, after: 687 }, jobs: { removed: [], changed: [] } },
    });
  });

  it.each([
    ['a broken file', fixturePath('backups/odd/cut-third'), 2],
    ['a missing file', fixturePath('backups/none'), 3],
  ])('of %s is a sentence', async (_what, file, status) => {
    const { err, code } = await runBackup(['diff', join(real, earlier), file]);

    expect(err).toMatch(/^(The backup .* is broken|There is no file).*\n$/);
    expect(code).toBe(status);
  });
});

describe('backup watch --once', () => {
  it('says in one line how old the newest is, with numbers for monitoring', async () => {
    await copyFile(join(real, later), join(directory, later));

    const seen = await runBackup(['watch', '--once', directory], { clock: at('2026-11-23T17:00:00Z') });

    expect(seen.out).toBe(
      'BACKUPS OK: the newest whole backup is 21 min old and holds 772 tasks | age=1275s;7200;14400 tasks=772\n',
    );
    expect(seen.code).toBe(0);
  });

  it.each([
    ['2026-11-23T19:00:00Z', 1, 'WARNING: The newest whole backup'],
    ['2026-11-23T21:00:00Z', 2, 'CRITICAL: The newest whole backup'],
  ])('finds the newest too old at %s', async (now, status, line) => {
    await copyFile(join(real, later), join(directory, later));

    const seen = await runBackup(['watch', '--once', directory], { clock: at(now) });

    expect(seen.out.split('\n')[1]).toContain(line);
    expect(seen.code).toBe(status);
  });

  it('finds one that shrank, and a broken one that was written last', async () => {
    // By its own time the one with 7 tasks comes first: another hour is put into it, as a scheduler would.
    const small = await readFile(join(real, earlier));
    small.writeBigInt64BE(
      BigInt(Date.parse('2026-11-23T16:50:00Z')),
      small.indexOf(Buffer.from([10, 0, 1])) + 3,
    );
    await writeFile(join(directory, earlier), small);
    await copyFile(join(real, later), join(directory, later));
    await writeFile(join(directory, 'scheduler-backup-2026-11-23-16-59'), small.subarray(0, 1_000));

    const seen = await runBackup(['watch', '--once', '--json', directory], {
      clock: at('2100-01-01T00:00:00Z'),
    });

    const judged = JSON.parse(seen.out) as { findings: { code: string }[] };
    expect(judged.findings.map(({ code }) => code)).toEqual([
      'old-critical',
      'shrunk',
      'unusable-scheduler-backup-2026-11-23-16-59',
    ]);
  });

  it.each([
    [
      'no backup at all',
      (): Promise<unknown> => Promise.resolve(),
      2,
      'BACKUPS CRITICAL: There is no backup.',
    ],
    [
      'a gzip file alone',
      () => copyFile(fixturePath('backups/odd/gzip'), join(directory, later)),
      2,
      'BACKUPS CRITICAL: The only file is not a whole backup with a timestamp.',
    ],
  ])('finds %s', async (_what, make, status, line) => {
    await make();

    const seen = await runBackup(['watch', '--once', directory], { clock: at('2100-01-01T00:00:00Z') });

    expect(seen.out.split('\n')[0]).toBe(`${line} | age=U tasks=U`);
    expect(seen.code).toBe(status);
  });

  it('ends with 3 for a directory that is none', async () => {
    const seen = await runBackup(['watch', '--once', join(directory, 'none')]);

    expect(seen).toMatchObject({ code: 3, err: expect.stringContaining('cannot be read') });
  });

  it.each(['0s', 'soon', '10s', '1'])('refuses %s as an interval', async (interval) => {
    await expect(runBackup(['watch', '--interval', interval, directory])).rejects.toThrow(/such as 30m/);
  });
});

describe('backup watch', () => {
  it('says a finding once when it comes and once when it has gone', async () => {
    const interrupted = new AbortController();
    const looks = [
      '2026-11-23T17:00:00Z',
      '2026-11-23T19:00:00Z',
      '2026-11-23T19:01:00Z',
      '2026-11-23T17:01:00Z',
    ];
    let look = 0;
    await copyFile(join(real, later), join(directory, later));

    const { out, code } = await runBackup(['watch', directory], {
      clock: {
        now: () => Date.parse(looks[look] ?? ''),
        sleep: () => {
          look += 1;
          if (look === looks.length) interrupted.abort();
          return Promise.resolve();
        },
      },
      begin: () => interrupted.signal,
    });

    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^2026-11-23T17:00:00Z BACKUPS OK: /),
      expect.stringMatching(/^2026-11-23T19:00:00Z WARNING: The newest whole backup/),
      expect.stringMatching(/^2026-11-23T17:01:00Z gone: WARNING: The newest whole backup/),
    ]);
    expect(code).toBe(130);
  });

  it('ends with 130 on Ctrl-C, as a process', async () => {
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, 'backup', 'watch', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');

    expect(await ended).toBe(130);
  });
});
