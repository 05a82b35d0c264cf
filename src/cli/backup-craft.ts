import { computeBlastRadius } from '../backups/blast-radius.ts';
import { stagedSetDigest } from '../backups/digest.ts';
import type { BackupCraft } from '../restore/ports.ts';

/** What the heart asks about backups, answered by the room that knows. Rows are small; a set of them is held at a time. */
export const backupCraft: BackupCraft = {
  computeBlastRadius: async ({ backup, running }) =>
    computeBlastRadius({ backup: await Array.fromAsync(backup), running }),
  digestStagedSet: async (rows) => {
    const all = await Array.fromAsync(rows);
    return { digest: stagedSetDigest(all), tasks: all.length };
  },
};
