import { aggregateOf, amountsOf } from '../tasks/amounts.ts';
import type { MethodTable } from './method-table.ts';
import { RpcFailure } from './rpc-failure.ts';

/** Other AuroraAdmin calls: what releases a reconciliation, and the smallest write there is. */
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
  triggerImplicitTaskReconciliation: async ({ storage, reconciler }) => {
    storage.requireReady();
    reconciler.implicit();
    return undefined;
  },
  setQuota: async ({ storage, release }, { ownerRole, quota, session }) => {
    storage.requireReady();
    // Releases that insist on a session key take any, and fall over without one.
    if (release.sessionKey && session === undefined) throw new RpcFailure('ERROR', null);
    if (ownerRole === undefined || ownerRole.trim() === '') {
      throw new RpcFailure('INVALID_REQUEST', 'Role must not be blank');
    }
    const completed = aggregateOf(amountsOf(quota), release.quotaResources);
    await storage.write({ save: { quotaConfigurations: [{ role: ownerRole, quota: completed }] } });
    return undefined;
  },
};
