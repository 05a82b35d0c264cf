import type { Leases } from '../../../src/aurora/journal.ts';
import { RestoreWorker } from '../../../src/restore/engine/worker.ts';
import type { RestoreDeps } from '../../../src/restore/ports.ts';
import type { Office } from './office.ts';

/** A worker in this office. At a gate it asks Slack and the journal and nobody else: every other port says so. */
export function officeWorker(
  office: Office,
  changes: { leases?: Leases; log?: RestoreDeps['log'] } = {},
): RestoreWorker {
  const nobody = (): never => {
    throw new Error('at a gate no host and no file is asked');
  };
  const access = {
    cluster: office.cluster,
    agents: [],
    leader: { findLeader: nobody, listLogReplicas: nobody, watch: nobody, close: nobody },
    mesos: { listLiveTasks: nobody, listFrameworks: nobody },
  };
  return new RestoreWorker({
    clock: { now: office.clock.now, sleep: untilAborted },
    journal: office.store,
    leases: office.store,
    documents: office.store,
    people: office.people,
    grants: { sign: nobody },
    backups: { computeBlastRadius: nobody, digestStagedSet: nobody },
    clusters: new Map(['east', 'west'].map((name) => [name, access])),
    owner: 'test',
    onProgress: () => undefined,
    log: () => undefined,
    ...changes,
  });
}

/** A sleep that no time ends: the worker goes on when it is woken, or stops. */
function untilAborted(_ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted === true) resolve();
  signal?.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
