/**
 * What a scheduler in a place of its own makes of backups, against what real ones did with the same bytes: one of each kind, all of
 * them with PROVE_BACKUPS=all. Needs root.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { BackupProof } from '../../../src/aurora/proof.ts';
import { fixturePath, oddBackups, readJson } from '../../backups/fixtures.ts';
import { createProvingHost } from './support/proving-host.ts';

type OddBackup = ReturnType<typeof oddBackups>[number];

const all = process.env['PROVE_BACKUPS'] === 'all';

/** These two hold tasks without task events: staged with OK, and every scheduler that loads them dies (README of the fixtures). */
const killers: readonly string[] = ['hostile-names', 'unknown-fields'];

const odd = someOf(oddBackups(), kindOf);

/** Elements that kill; the rest of the table is played by `life-rules.test.ts`. */
const unlivable = z
  .array(z.object({ file: z.string().optional(), what: z.string() }))
  .parse(readJson('backups/lived-on/table.json'))
  .filter(({ what }) => what === 'scheduler dies at start')
  .flatMap(({ file }) => file ?? [])
  .slice(0, all ? undefined : 1);

const host = createProvingHost();
afterAll(() => host.dispose());

test('a good backup is proven by both ways, and what is known is told', async () => {
  const both = createProvingHost({ prove: { way: 'both' } });
  const name = both.addBackup(fixturePath('backups/real/scheduler-backup-2026-11-23-16-38'), 38);

  const { code, proofs, stderr } = await both.prove(name);
  both.dispose();

  expect(stderr).toBe('');
  expect(proofs).toMatchObject([
    { verdict: 'proven', way: 'staged', tasks: 772, auroraVersion: '0.22.0' },
    { verdict: 'proven', way: 'recovery-tool', tasks: 772 },
  ]);
  expect(code).toBe(0);
});

test('there is a kind for each way in which a scheduler can take a backup', () => {
  expect(new Set(odd.map(kindOf))).toEqual(
    new Set(['refused', 'fails', 'empty', 'misread', 'kills', 'lives']),
  );
});

describe('odd backups', () => {
  test.each(odd)('$file: as the recorded scheduler answered', async (backup) => {
    const name = host.addBackup(fixturePath(`backups/odd/${backup.file}`), 1);

    const { proofs } = await host.prove(name);

    expect(proofs).toMatchObject([expectedOf(backup)]);
  });
});

describe('backups that are whole and cannot be lived on', () => {
  test.each(all ? ['base', ...unlivable] : unlivable)('%s', async (file) => {
    const name = host.addBackup(fixturePath(`backups/lived-on/${file}`), 2);

    const { proofs } = await host.prove(name);

    expect(proofs).toMatchObject([{ verdict: file === 'base' ? 'proven' : 'refuted' }]);
  });
});

/** How the recorded scheduler took it. */
function kindOf({ file, realScheduler: { stageRecovery, queryRecovery } }: OddBackup): string {
  if (typeof stageRecovery !== 'object') return 'fails';
  if (stageRecovery.responseCode !== 'OK') return 'refused';
  if (queryRecovery === undefined || queryRecovery.tasks === 0) return 'empty';
  if ('None' in queryRecovery.byStatus) return 'misread';
  return killers.includes(file) ? 'kills' : 'lives';
}

function expectedOf(backup: OddBackup): Partial<BackupProof> {
  const { queryRecovery } = backup.realScheduler;
  return kindOf(backup) === 'lives' && queryRecovery !== undefined
    ? { verdict: 'proven', tasks: queryRecovery.tasks }
    : { verdict: 'refuted' };
}

/** The first of each kind; every one when all are wanted. */
function someOf<T>(backups: readonly T[], kind: (one: T) => string): readonly T[] {
  const kinds = backups.map(kind);
  return backups.filter((_backup, index) => all || kinds.indexOf(kinds[index] ?? '') === index);
}
