/** The mount of a name, as the kernel tells it and as it follows from where the name is: both must agree. */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { mountAround, mountOf, parseMounts, tellsMountIds } from '../../../src/agent/files/mounts.ts';

test.each(['/', '/proc', '/proc/self', '/dev', '/dev/shm', '/sys', '/etc/passwd', tmpdir()])(
  '%s is on the same mount either way',
  async (path) => {
    const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));

    expect(mountAround(mounts, path)).toMatchObject(await mountOf(path));
  },
);

test('this kernel tells', async () => {
  expect(await tellsMountIds()).toBe(true);
});

test('of mounts around a path the deepest counts, and of two at one place the later', () => {
  const mounts = parseMounts(
    [
      '21 1 8:1 / / rw - ext4 /dev/sda1 rw',
      '30 21 8:2 / /var rw shared:1 - ext4 /dev/sda2 rw',
      '31 30 8:3 / /var/lib/my\\040aurora rw - ext4 /dev/sda3 rw',
      '32 31 0:50 / /var/lib/my\\040aurora rw - tmpfs tmpfs rw',
      'half a line',
      '',
    ].join('\n'),
  );

  const idOf = (path: string) => mountAround(mounts, path)?.id;

  expect(idOf('/etc')).toBe(21);
  expect(idOf('/variable')).toBe(21);
  expect(idOf('/var')).toBe(30);
  expect(idOf('/var/lib/my')).toBe(30);
  expect(idOf('/var/lib/my aurora/db')).toBe(32);
});
