import { computeBlastRadius } from '../backups/blast-radius.ts';
import { digestStagedSet } from '../backups/digest.ts';
import type { BackupCraft } from '../restore/ports.ts';

/** What the heart asks about backups, answered by the room that knows. */
export const backupCraft: BackupCraft = { computeBlastRadius, digestStagedSet };
