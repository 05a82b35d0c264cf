import { letGo, readNote } from '../held-copies.ts';
import { requireErrand } from './hold-copy.ts';
import { doneIf, type Operation } from './operation.ts';

export const releaseCopy: Operation<'release-copy'> = {
  observe: async ({ config, restoreId }, { sha256 }) => {
    requireErrand({ restoreId }, sha256);
    const note = await readNote(config.paths.state, restoreId);
    return doneIf<'release-copy'>(note === null ? { movedTo: null } : null);
  },
  run: async ({ config, restoreId, clock }) => {
    const movedTo = await letGo(config.paths.state, restoreId, clock.now());
    return { changed: movedTo !== null, evidence: { movedTo } };
  },
};
