import { describe, expect, test } from 'vitest';
import { describeWriter, explainForeign } from '../../src/aurora/backup-writer.ts';
import { releaseOf } from '../../src/aurora/releases.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url).pathname;
const backups = {
  '0.9.0': 'releases/0.9.0/backups/scheduler-backup-2026-11-23-17-02',
  '0.17.0': 'releases/0.17.0/backups/scheduler-backup-2026-11-23-17-08',
  '0.20.0': 'releases/0.20.0/backups/scheduler-backup-2026-11-23-17-16',
  '0.23.0': 'backups/real/scheduler-backup-2026-11-23-16-20',
} as const;
const writerIn = async (name: string) => {
  const { writer } = await inspectBackup(fixture(name));
  if (writer === undefined) throw new Error(`${name} tells no writer`);
  return writer;
};

describe('who wrote a recorded backup', () => {
  // The builds that were recorded name no version, but for the newest.
  test.each([
    ['0.9.0', { version: null, lifetime: { from: 6, to: 9 } }],
    ['0.17.0', { version: null, lifetime: { from: 14, to: 18 } }],
    ['0.20.0', { version: null, lifetime: { from: 20, to: 20 } }],
    ['0.23.0', { version: '0.23.0-SNAPSHOT', lifetime: { from: 21 } }],
  ] as const)('%s', async (release, expected) => {
    expect(await writerIn(backups[release])).toEqual({ ...expected, storesOnlyInDump: false });
  });

  test.each(['0.5.0-incubating', '0.8.0', '0.12.0', '0.17.0', '0.22.0'])(
    'the form of %s, written from its interface files, fits it',
    async (version) => {
      const writer = await writerIn(`backups/whole/written-as-${version}`);

      expect(explainForeign({ ...writer, version: null }, releaseOf(version))).toBeNull();
    },
  );

  test('a broken file tells none', async () => {
    expect((await inspectBackup(fixture('backups/odd/cut-third'))).writer).toBeUndefined();
  });
});

describe('whether a release may restore it', () => {
  const mayRestore = async (scheduler: string, name: string) =>
    explainForeign(await writerIn(name), releaseOf(scheduler)) === null;

  test.each([
    ['0.9.0', '0.9.0', true],
    ['0.17.0', '0.17.0', true],
    ['0.20.0', '0.20.0', true],
    ['0.17.0', '0.20.0', true],
    ['0.20.0', '0.17.0', true],
    // Taken with OK, as recorded, and every task has no processors, no resources, or no owner's role afterwards.
    ['0.9.0', '0.17.0', false],
    ['0.9.0', '0.20.0', false],
    ['0.20.0', '0.9.0', false],
    // Taken with OK, and then the scheduler dies at every start.
    ['0.17.0', '0.23.0', false],
    // Refused by the scheduler itself.
    ['0.17.0', '0.9.0', false],
  ] as const)('%s a backup of %s: %s', async (scheduler, writer, expected) => {
    expect(await mayRestore(scheduler, backups[writer])).toBe(expected);
  });

  test.each(['hydrate-none-legacy-zk', 'hydrate-quota-only'])(
    '0.20.0 not one whose stores are in the SQL dump alone (%s)',
    async (name) => {
      const path = `releases/0.17.0/backups/scheduler-backup-${name}`;

      expect(await mayRestore('0.17.0', path)).toBe(true);
      expect(explainForeign(await writerIn(path), releaseOf('0.20.0'))).toContain('SQL dump');
    },
  );

  test('a form that no release writes is named as that', () => {
    const writer = { version: null, lifetime: { from: 21, to: 9 }, storesOnlyInDump: false };

    expect(describeWriter(writer)).toBe('no release that is known');
    expect(explainForeign(writer, releaseOf('0.9.0'))).toContain('0.9.0');
  });
});
