import { describe, expect, it } from 'vitest';
import type { BackupProof } from '../../../src/aurora/proof.ts';
import { provenBackup } from '../../../src/restore/preflight/checks/proven-backup.ts';
import type { Reading } from '../../../src/restore/preflight/reading.ts';
import { fine } from './readings.ts';

const proof: BackupProof = {
  sha256: 'ab',
  atMs: fine.now - 3_600_000,
  tookMs: 6_200,
  auroraVersion: '0.22.0',
  way: 'staged',
  verdict: 'proven',
  says: 'A scheduler runs on it and shows all 772 of its tasks.',
  tasks: 772,
};
/** What the first host has found. */
const found = (...recent: readonly BackupProof[]): Reading => ({
  ...fine,
  hosts: fine.hosts.map((seen, index) =>
    index === 0
      ? { ...seen, status: { ...seen.status, prove: { at: null, running: null, impossible: null, recent } } }
      : seen,
  ),
});

describe('the check for a backup that was refuted', () => {
  it('finds nothing where nobody tried, and with agents that do not tell', () => {
    expect(provenBackup.find(fine)).toEqual([]);
    expect(provenBackup.passes(fine)).toBe('No host has proven or refuted it.');
  });

  it('tells who has proven it, and how long it took', () => {
    const reading = found(proof);

    expect(provenBackup.find(reading)).toEqual([]);
    expect(provenBackup.passes(reading)).toContain('Proven restorable by Aurora 0.22.0 on aurora-1, 1 h ago');
    expect(provenBackup.passes(reading)).toContain('took 6 s');
  });

  it('warns of one that any way refuted, however often another has proven it', () => {
    const refuted = { ...proof, verdict: 'refuted', says: 'It dies.', atMs: proof.atMs - 1 } as const;

    const findings = provenBackup.find(found(proof, refuted));

    expect(findings).toMatchObject([
      { verdict: 'warn', message: 'Aurora 0.22.0 on aurora-1 refuted this backup. It dies.' },
    ]);
  });

  it('tells how long another one took, where this one was not tried', () => {
    const others = [
      { ...proof, sha256: 'cd' },
      { ...proof, sha256: 'ef', atMs: proof.atMs - 1, tookMs: 90_000 },
    ];

    expect(provenBackup.passes(found(...others))).toBe(
      'No host has proven or refuted it. Taking and loading another one took 6 s when Aurora 0.22.0 proved it on aurora-1, 1 h ago.',
    );
    expect(provenBackup.passes(found({ ...proof, sha256: 'cd', verdict: 'unknown' }))).not.toContain(
      'another',
    );
  });

  it('says nothing of other bytes', () => {
    expect(provenBackup.find(found({ ...proof, sha256: 'cd', verdict: 'refuted' }))).toEqual([]);
  });
});
