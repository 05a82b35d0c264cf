import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { holdErrand } from '../../aurora/errands.ts';
import { AuroraError } from '../../aurora/errors.ts';
import { readNote, writeNote } from '../held-copies.ts';
import { requireBackupName } from '../names.ts';
import { copyIntoHold, findHeld } from './keep-backup.ts';
import { doneIf, type Operation, type OperationContext } from './operation.ts';

export const holdCopy: Operation<'hold-copy'> = {
  observe: async (context, params) => {
    requireErrand(context, params.sha256);
    const held = await findHeld(context, params);
    // The note comes last: without it the copy is not shown to anybody.
    const note = held === null ? null : await readNote(context.config.paths.state, context.restoreId);
    return doneIf<'hold-copy'>(note === null ? null : held);
  },
  run: async (context, params) => {
    const { config, clock, restoreId } = context;
    const { name, sha256, by, why } = params;
    const evidence =
      (await findHeld(context, params)) ??
      (await copyIntoHold(context, params, join(config.paths.backups, requireBackupName(name))));
    const { size } = await stat(evidence.path);
    const copy = { sha256, name, bytes: size, by, why, atMs: clock.now() };
    await writeNote(config.paths.state, restoreId, copy);
    return { changed: true, evidence };
  },
};

/** A copy lies where its content says: a grant for another place is a mistake, or worse. */
export function requireErrand({ restoreId }: Pick<OperationContext, 'restoreId'>, sha256: string): void {
  if (restoreId === holdErrand(sha256)) return;
  throw new AuroraError({
    code: 'bad-name',
    message: 'That is not the request for this backup.',
    hint: 'Run the same release of the bot and of this agent.',
  });
}
