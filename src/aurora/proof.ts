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
