/** Copies a backup of this host out of rotation's reach. */
import { join } from 'node:path';
import { requireBackupName } from '../names.ts';
import { copyIntoHold, findHeld } from './keep-backup.ts';
import { doneIf, type Operation } from './operation.ts';

export const holdBackup: Operation<'hold-backup'> = {
  observe: async (context, params) => doneIf<'hold-backup'>(await findHeld(context, params)),
  run: async (context, params) => {
    const from = join(context.config.paths.backups, requireBackupName(params.name));
    return { changed: true, evidence: await copyIntoHold(context, params, from) };
  },
};
