import { afterEach, describe, expect, it } from 'vitest';
import type { Lease, Leases } from '../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../src/restore/events.ts';
import type { RestoreDeps } from '../../src/restore/ports.ts';
import { RestoreWorker } from '../../src/restore/worker.ts';
import { type Office, openOffice } from './support/office.ts';
import { cy, minute, startedAt, untilOrdered } from './support/story.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A worker in this office. At a gate it asks Slack and the journal and nobody else: every other port says so. */
function startWorker(office: Office, leases: Leases = office.store): RestoreWorker {
  const nobody = (): never => {
    throw new Error('at a gate no host and no file is asked');
  };
  const access = {
    cluster: office.cluster,
    agents: [],
    leader: { findLeader: nobody, listLogReplicas: nobody, close: nobody },
    mesos: { listLiveTasks: nobody, listFrameworks: nobody },
  };
  const deps: RestoreDeps = {
    clock: { now: office.clock.now, sleep: untilAborted },
    journal: office.store,
    leases,
    documents: office.store,
    people: office.people,
    grants: { sign: nobody },
    backups: { computeBlastRadius: nobody, digestStagedSet: nobody },
    clusters: new Map([['east', access]]),
    owner: 'test',
    onProgress: () => undefined,
    log: () => undefined,
  };
  const worker = new RestoreWorker(deps);
  ends.push(() => worker.stop());
  return worker;
}

/** A sleep that no time ends: the worker goes on when it is woken, or stops. */
function untilAborted(_ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted === true) resolve();
  signal?.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

/** Resolves with what the journal gained once its newest event is of this type. */
async function gained(
  office: Office,
  since: number,
  type: RestoreEvent['type'],
): Promise<readonly RestoreEvent[]> {
  const { promise, resolve } = Promise.withResolvers<readonly RestoreEvent[]>();
  const look = async (): Promise<void> => {
    const events = (await office.events()).slice(since);
    if (events.at(-1)?.type === type) resolve(events);
  };
  const forget = office.store.onAppend(() => void look());
  await look();
  return await promise.finally(forget);
}

describe('the worker, at the instant of the commit', () => {
  it('voids the gate when a signer was deactivated since the order', async () => {
    const office = await openOffice(untilOrdered());
    ends.push(office.close);
    const { seq } = await office.state();
    office.people.bar(cy, 'deactivated people never count');

    startWorker(office).wake('R1');
    const events = await gained(office, seq, 'gate-opened');

    expect(events).toMatchObject([
      { type: 'refused', what: 'commit', code: 'signer-fell' },
      { type: 'gate-expired', gate: 'commit' },
      { type: 'gate-opened', gate: 'commit' },
    ]);
    expect(await office.state()).toMatchObject({ commitOrdered: null, gates: { commit: { signOffs: [] } } });
  });

  it('does not send it when Slack took longer to answer than the window was open', async () => {
    const office = await openOffice(untilOrdered());
    ends.push(office.close);
    const { seq } = await office.state();
    office.people.whileAsking = () => {
      office.clock.at = startedAt + 15 * minute;
      return Promise.resolve();
    };

    startWorker(office).wake('R1');
    const events = await gained(office, seq, 'gate-opened');

    expect(events.map((event) => event.type)).toEqual(['gate-expired', 'gate-opened']);
  });

  it('leaves it to the worker that holds the lease', async () => {
    const office = await openOffice(untilOrdered());
    ends.push(office.close);
    const before = await office.events();
    await office.store.acquire({ cluster: 'east', owner: 'another', ttlMs: 60_000, now: startedAt });
    const asked = Promise.withResolvers<Lease | null>();
    const worker = startWorker(office, {
      ...office.store,
      acquire: async (request) => {
        const lease = await office.store.acquire(request);
        asked.resolve(lease);
        return lease;
      },
    });

    worker.wake('R1');
    const lease = await asked.promise;
    await worker.stop();

    expect(lease).toBeNull();
    expect(await office.events()).toEqual(before);
  });
});
