import { afterEach, describe, expect, it } from 'vitest';
import type { Lease, Leases } from '../../../src/aurora/journal.ts';
import type { RestoreWorker } from '../../../src/restore/engine/worker.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { type Office, openOffice } from '../support/office.ts';
import { officeWorker } from '../support/office-worker.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { bo, cy, minute, startedAt, untilLook, untilOrdered, untilStopGate } from '../support/story.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function startWorker(office: Office, leases: Leases = office.store): RestoreWorker {
  const worker = officeWorker(office, { leases });
  ends.push(() => worker.stop());
  return worker;
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

describe('the worker, at the end of the second look', () => {
  const end = startedAt + 30 * minute;
  const reminded = [...untilLook(), { type: 'look-reminded', until: end } as const];

  it('reminds once more when the bot was away meanwhile: nobody could be heard', async () => {
    const office = await openOffice(reminded);
    ends.push(office.close);
    const { seq } = await office.state();
    office.clock.at = end + 60 * minute;

    startWorker(office).wake('R1');
    const events = await gained(office, seq, 'look-reminded');

    expect(events).toEqual([{ type: 'look-reminded', until: end + 70 * minute }]);
  });
});

it('the worker records that the configuration names other approvers than the restore goes by', async () => {
  const office = await openOffice(untilStopGate({ policy: { approvers: ['UGONE'], approverGroups: [] } }));
  ends.push(office.close);
  const { seq } = await office.state();

  startWorker(office).wake('R1');
  const events = await gained(office, seq, 'approvers-changed');

  const { approvers, approverGroups } = office.cluster.policy;
  expect(events).toEqual([{ type: 'approvers-changed', approvers, approverGroups }]);
  expect((await office.state()).approvers).toEqual({ approvers, approverGroups });
});

describe('the worker, at the instant of the commit', () => {
  it('takes the sign-off of a signer who was deactivated since the order, and the order with it', async () => {
    const office = await openOffice(untilOrdered());
    ends.push(office.close);
    const { seq } = await office.state();
    office.people.bar(cy, 'deactivated people never count');

    startWorker(office).wake('R1');
    const events = await gained(office, seq, 'sign-off-fell');

    expect(events).toMatchObject([
      { type: 'refused', what: 'commit', code: 'signer-fell' },
      { type: 'sign-off-fell', gate: 'commit', person: cy },
    ]);
    expect(await office.state()).toMatchObject({
      commitOrdered: null,
      gates: { commit: { status: 'open', signOffs: [{ person: bo }] } },
    });
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

  it('asks for the lease once a call, and not without a pause, while another one holds it', async () => {
    const office = await openOffice(untilOrdered());
    ends.push(office.close);
    const asked: number[] = [];
    const worker = startWorker(office, {
      ...office.store,
      acquire: () => {
        asked.push(asked.length);
        // So that a loop without a pause ends in a failure and not in a test that never ends.
        return asked.length < 50 ? Promise.resolve(null) : new Promise<null>(() => undefined);
      },
    });

    worker.wake('R1');
    worker.wake('R1');
    await new Promise((resolve) => setImmediate(resolve));
    const calls = asked.length;
    if (calls < 50) await worker.stop();
    else ends.pop();

    expect(calls).toBeLessThanOrEqual(2);
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

describe('a worker and its lease', () => {
  async function begin(): Promise<PretendEngine> {
    const engine = await openEngine();
    ends.push(engine.close);
    await engine.propose();
    return engine;
  }

  it('writes nothing more, and changes no host, after another one took over in the middle of a step', async () => {
    const engine = await begin();
    const stalled = Promise.withResolvers<void>();
    const lateRequest = Promise.withResolvers<void>();
    await engine.startWorker({
      owner: 'stalled',
      // Its timer does not come round any more, and it does not notice.
      leases: (leases) => ({ ...leases, renew: () => Promise.resolve(true) }),
    });
    // The first request to stop a scheduler leaves the stalled one late, when another one has long gone on.
    engine.meddling.with = async (request, perform) => {
      if (request.kind !== 'stop-scheduler' || request.grant.payload.fence > 1) return await perform();
      await stalled.promise;
      return await perform().finally(() => lateRequest.resolve());
    };
    await engine.until('a stop', (state) => state.current === 'stop-schedulers', approving);
    await engine.until(
      'its requests',
      (state) =>
        [...state.operations.values()].filter((operation) => operation.kind === 'stop-scheduler').length ===
        3,
    );
    const before = await engine.state();
    engine.clock.pass(20_000);

    await engine.startWorker({ owner: 'heir' });
    const taken = await engine.until('the next step', (state) => state.current === 'set-aside-log');
    stalled.resolve();
    await lateRequest.promise;
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(taken.seq).toBeGreaterThan(before.seq);
    expect(state.ended?.outcome).toBe('completed');
    expect(state.runs['stop-schedulers']?.attempt).toBe(2);
    expect(engine.effects.filter((effect) => effect.operationId.includes('.stop-schedulers.'))).toHaveLength(
      3,
    );
    expect(engine.writers).toEqual(['stalled', 'heir']);
  });

  it('starts over when the store does not answer a renewal, and ends the restore', async () => {
    const engine = await begin();
    let failures = 0;
    await engine.startWorker({
      leases: (leases) => ({
        ...leases,
        renew: (lease, times) => {
          failures += 1;
          return failures === 2
            ? Promise.reject(new Error('database is locked'))
            : leases.renew(lease, times);
        },
      }),
    });

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.ended?.outcome).toBe('completed');
    expect(engine.mistakes).toEqual([expect.stringContaining('lease not renewed')]);
  });

  it('whose lease runs out while it waits at a gate takes it again before it goes on', async () => {
    const engine = await begin();
    await engine.startWorker();
    const gate = await engine.until('the gate', (state) => state.gates.stop?.status === 'open');
    const other = await engine.store.acquire({
      cluster: 'east',
      owner: 'bot',
      ttlMs: 1_000,
      now: engine.clock.now(),
    });
    const noticedAt = engine.clock.now() + 10_000;
    await engine.until('a renewal', () => engine.clock.now() >= noticedAt);
    const waiting = await engine.state();

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(waiting.seq).toBe(gate.seq);
    expect(other?.fence).toBe(2);
    expect(state.ended?.outcome).toBe('completed');
    expect(engine.mistakes).toEqual([]);
  });
});
