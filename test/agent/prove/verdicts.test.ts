/** What a scheduler in a place of its own makes of backups, against what real ones did with the same bytes. Needs root. */
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { BackupProof } from '../../../src/aurora/proof.ts';
import { fixturePath, oddBackups, readJson } from '../../backups/fixtures.ts';
import { createProvingHost } from './support/proving-host.ts';

/** One of each kind of element that kills; the rest of the table is played by `life-rules.test.ts`. */
const unlivable = z
  .array(z.object({ file: z.string().optional(), what: z.string() }))
  .parse(readJson('backups/lived-on/table.json'))
  .filter(({ what }) => what === 'scheduler dies at start')
  .flatMap(({ file }) => file ?? [])
  .filter((_file, index) => index % 5 === 0);

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

describe('odd backups', () => {
  test.each(oddBackups())('$file: as the recorded scheduler answered', async ({ file, realScheduler }) => {
    const name = host.addBackup(fixturePath(`backups/odd/${file}`), 1);

    const { proofs } = await host.prove(name);

    expect(proofs).toMatchObject([expectedOf(file, realScheduler)]);
  });
});

describe('backups that are whole and cannot be lived on', () => {
  test.each(['base', ...unlivable])('%s', async (file) => {
    const name = host.addBackup(fixturePath(`backups/lived-on/${file}`), 2);

    const { proofs } = await host.prove(name);

    expect(proofs).toMatchObject([{ verdict: file === 'base' ? 'proven' : 'refuted' }]);
  });
});

/** These two hold tasks without task events: staged with OK, and every scheduler that loads them dies (README of the fixtures). */
const killers: readonly string[] = ['hostile-names', 'unknown-fields'];

function expectedOf(
  file: string,
  { stageRecovery, queryRecovery }: ReturnType<typeof oddBackups>[number]['realScheduler'],
): Partial<BackupProof> {
  const staged = typeof stageRecovery === 'object' && stageRecovery.responseCode === 'OK';
  const misread =
    queryRecovery === undefined || queryRecovery.tasks === 0 || 'None' in queryRecovery.byStatus;
  if (!staged || misread || killers.includes(file)) return { verdict: 'refuted' };
  return { verdict: 'proven', tasks: queryRecovery.tasks };
}
