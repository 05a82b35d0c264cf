/** New backups are noticed by a look every now and then, sooner when the system says so, and never too often. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchBackups } from '../../src/agent/backup-watch.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import { WatchedClock } from '../support/watched-clock.ts';

let dir: string;
let clock: WatchedClock;
let looks: number;
let look: () => Promise<{ settling: boolean }>;
const warnings: unknown[] = [];
const watched: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backup-watch-'));
  clock = new WatchedClock(1_000_000);
  looks = 0;
  warnings.length = 0;
  look = () => Promise.resolve({ settling: false });
});
afterEach(async () => {
  for (const one of watched.splice(0)) await one.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Goes on when the first look is over. */
const watchDirectory = async (directory = dir): Promise<void> => {
  const library = {
    look: () => {
      looks += 1;
      return look();
    },
  };
  watched.push(watchBackups({ library, directory, clock, warn: (fields) => warnings.push(fields['why']) }));
  await clock.passes(0);
};

/** Second by second, as it does. */
async function secondsPass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) await clock.passes(1_000);
}

test('looks at once, then every half minute', async () => {
  await watchDirectory(join(dir, 'nothing-here'));
  const atOnce = looks;
  await secondsPass(29);
  const before = looks;
  await secondsPass(1);

  expect([atOnce, before, looks]).toEqual([1, 1, 2]);
});

test('looks again soon while something is being written', async () => {
  look = () => Promise.resolve({ settling: true });
  await watchDirectory(join(dir, 'nothing-here'));
  await secondsPass(2);

  expect(looks).toBe(2);
});

test('looks sooner when the system says that something is new, and at most once a second', async () => {
  await watchDirectory();
  await clock.passes(1_000);

  await writeFile(join(dir, 'scheduler-backup-2026-11-23-16-20'), 'x');
  await expect.poll(() => looks).toBe(2);
  for (let file = 0; file < 20; file += 1) await writeFile(join(dir, `${file}`), 'x');
  await clock.passes(999);
  const early = looks;
  await clock.passes(1);

  expect(early).toBe(2);
  await expect.poll(() => looks).toBe(3);
});

test('leaves a directory alone that takes long to look at', async () => {
  look = () => {
    clock.pass(2_000);
    return Promise.resolve({ settling: true });
  };
  await watchDirectory();
  await secondsPass(39);
  const early = looks;
  await secondsPass(1);

  expect([early, looks]).toEqual([1, 2]);
});

test('goes on after a look that failed, and says why once', async () => {
  look = () => Promise.reject(new AuroraError({ code: 'x', message: 'Too many names.', hint: '' }));
  await watchDirectory(join(dir, 'nothing-here'));
  await secondsPass(90);

  expect(looks).toBe(4);
  expect(warnings).toEqual(['Too many names.']);
});
