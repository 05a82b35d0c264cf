/** Undo of `set-flags`: the original flag file again, byte for byte. */
import { doneIf, type Operation } from './operation.ts';

export const restoreFlags: Operation<'restore-flags'> = {
  observe: async ({ flags, restoreId }) => doneIf<'restore-flags'>(await flags.observeRestored(restoreId)),
  run: async ({ flags, restoreId }) => ({ changed: true, evidence: await flags.restore(restoreId) }),
};
