/** What giving a backup to a real scheduler, in a place where it can touch nothing, has shown. */
import { z } from 'zod';

export const backupProofSchema = z
  .object({
    sha256: z.string().describe('Of the backup.'),
    atMs: z.number().describe('When it ended.'),
    tookMs: z.number(),
    auroraVersion: z.string(),
    way: z.enum(['staged', 'recovery-tool']),
    verdict: z
      .enum(['proven', 'refuted', 'unknown'])
      .describe(
        '`refuted`: a scheduler does not take it, shows other tasks, or dies of it. `unknown`: the proof itself failed.',
      ),
    says: z.string().describe('One sentence for a person.'),
    tasks: z.number().nullable().describe('That the scheduler showed; null when it showed none.'),
  })
  .readonly()
  .meta({ id: 'BackupProof' });

export type BackupProof = z.infer<typeof backupProofSchema>;

export const proveStatusSchema = z.object({
  at: z.string().nullable().describe('Local time of day at which a proof begins by itself; null for never.'),
  running: z.string().nullable().describe('The name of the backup that is being proven.'),
  impossible: z.string().nullable().describe('Why this host cannot prove any; null when it can.'),
  recent: z.array(backupProofSchema).readonly().describe('Newest first, at most 20.'),
});

/** How a host proves backups. */
export type ProveStatus = Readonly<z.infer<typeof proveStatusSchema>>;

/** What people are told of several proofs of one backup: that one refuted it, or else what was found last. `null` of none. */
export function newestProof<T>(found: readonly T[], proofOf: (one: T) => BackupProof): T | null {
  const newest = [...found].sort((a, b) => proofOf(b).atMs - proofOf(a).atMs);
  return newest.find((one) => proofOf(one).verdict === 'refuted') ?? newest[0] ?? null;
}
