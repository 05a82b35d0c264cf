/** Believes what the bot uploaded, when its hash is as signed, and holds it. */
import { findHeld, moveIntoHold } from './keep-backup.ts';
import { doneIf, type Operation } from './operation.ts';

export const receiveBackup: Operation<'receive-backup'> = {
  observe: async (context, params) => doneIf<'receive-backup'>(await findHeld(context, params)),
  run: async (context, params) => {
    const from = context.held.incomingPath(context.restoreId, params.name, params.sha256);
    return { changed: true, evidence: await moveIntoHold(context, params, from) };
  },
};
