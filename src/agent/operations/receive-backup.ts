/** Believes what the bot uploaded, when its hash is as signed, and holds it. */
import { rm } from 'node:fs/promises';
import { findHeld, keepBackup } from './keep-backup.ts';
import { doneIf, type Operation } from './operation.ts';

export const receiveBackup: Operation<'receive-backup'> = {
  observe: async (context, params) => doneIf<'receive-backup'>(await findHeld(context, params)),
  run: async (context, params) => {
    const from = context.held.incomingPath(context.restoreId, params.name, params.sha256);
    const evidence = await keepBackup(context, params, from);
    // The same bytes are held now. Crash here: they lie there twice, and the second copy goes within a day.
    await rm(from, { force: true });
    return { changed: true, evidence };
  },
};
