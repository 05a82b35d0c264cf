import type { MethodTable } from './method-table.ts';
import { RpcFailure } from './rpc-failure.ts';

/** The calls that ask for a reconciliation (aurora.md 11.2). */
export const adminMethods: MethodTable = {
  triggerExplicitTaskReconciliation: async ({ storage, reconciler }, { settings }) => {
    storage.requireReady();
    if (settings === undefined) throw new RpcFailure('ERROR', null);
    if (settings.batchSize !== undefined && settings.batchSize <= 0) {
      throw new RpcFailure('INVALID_REQUEST', 'Invalid batch size.');
    }
    reconciler.explicit();
    return undefined;
  },
  // Looks at no storage: the driver is asked at once, and runs from when the log is won (`TaskReconciler`).
  triggerImplicitTaskReconciliation: async ({ storage, reconciler }) => {
    if (!storage.isReady) throw new RpcFailure('ERROR', 'Driver is not running.');
    reconciler.implicit();
    return undefined;
  },
};
