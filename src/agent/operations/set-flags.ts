/** Replaces values of scheduler flags, with the original set aside once per restore. */
import { doneIf, type Operation } from './operation.ts';

export const setFlags: Operation<'set-flags'> = {
  observe: async ({ flags, restoreId }, params) =>
    doneIf<'set-flags'>(await flags.observeSet({ restoreId, flags: params.flags })),
  run: async ({ flags, restoreId }, params) => ({
    changed: true,
    evidence: await flags.set({ restoreId, flags: params.flags }),
  }),
};
