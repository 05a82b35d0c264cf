/** A step that waits looks again as soon as ZooKeeper has something to say, and waits out no poll for it. */
import { expect, it } from 'vitest';
import type { LeaderFinder, LogReplica } from '../../../src/aurora/leader.ts';
import { createStepContext } from '../../../src/restore/engine/context.ts';
import { RestoreThread } from '../../../src/restore/engine/thread.ts';
import { waitForEmptyLogGroup } from '../../../src/restore/steps/shared/stop-all.ts';
import { openOffice } from '../support/office.ts';
import { untilStopGate } from '../support/story.ts';

it('the log group that empties is seen without a poll, and nobody listens any more afterwards', async () => {
  const office = await openOffice(untilStopGate());
  const lease = await office.store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1_000, now: 0 });
  if (lease === null) throw new Error('nobody else has it');
  let replicas: readonly LogReplica[] = [{ node: '0000000001', address: 'log-replica(1)@10.0.3.11:8083' }];
  const listeners = new Set<() => void>();
  const leader: LeaderFinder = {
    findLeader: () => Promise.resolve({ kind: 'none', candidates: [] }),
    listLogReplicas: () => {
      looks += 1;
      return Promise.resolve(replicas);
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  let looks = 0;
  const context = createStepContext({
    deps: {
      clock: { now: office.clock.now, sleep: (_ms, signal) => untilAborted(signal) },
      journal: office.store,
      leases: office.store,
      documents: office.store,
      people: office.people,
      grants: { sign: never },
      backups: { computeBlastRadius: never, digestStagedSet: never },
      clusters: new Map(),
      owner: 'test',
      onProgress: () => undefined,
      log: () => undefined,
    },
    access: {
      cluster: office.cluster,
      agents: [],
      leader,
      mesos: { listLiveTasks: never, listFrameworks: never },
    },
    thread: new RestoreThread({ journal: office.store, clock: office.clock }, lease, await office.state()),
    step: 'stop-schedulers',
    signal: new AbortController().signal,
  });

  const waited = waitForEmptyLogGroup(context);
  while (looks === 0) await new Promise((resolve) => setImmediate(resolve));
  replicas = [];
  for (const tell of listeners) tell();

  expect(await waited).toBe(0);
  expect(looks).toBe(2);
  expect(listeners.size).toBe(0);
  await office.close();
});

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve());
  });
}

function never(): never {
  throw new Error('nobody is asked for that here');
}
