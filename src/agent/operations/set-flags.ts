/** Replaces values of scheduler flags, with the original set aside once per restore. */
import { requireAccepted } from '../flags/check-flags.ts';
import { doneIf, type Operation } from './operation.ts';

export const setFlags: Operation<'set-flags'> = {
  observe: async ({ flags, restoreId }, params) =>
    doneIf<'set-flags'>(await flags.observeSet({ restoreId, flags: params.flags })),
  run: async ({ flags, config, restoreId }, params) => {
    requireAccepted(config.auroraVersion, params.flags);
    return { changed: true, evidence: await flags.set({ restoreId, flags: params.flags }) };
  },
};
