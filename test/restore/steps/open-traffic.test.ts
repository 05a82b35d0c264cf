/** Traffic at the second look: let in by an approver where the policy allows it, and shut again on the way back. */
import { afterEach, expect, it } from 'vitest';
import { dee } from '../support/office.ts';
import { approving, openEngine, type People, type PretendEngine } from '../support/pretend-engine.ts';
import { clusterOf } from '../support/pretend-scene.ts';
import { bo, cy } from '../support/story.ts';

let engine: PretendEngine;
afterEach(() => engine.close());

const hesitating: People = (service, state) => (state.look === null ? approving(service, state) : null);
const traffic = () => engine.cluster.hosts.map((host) => host.traffic);
const everywhere = (state: 'open' | 'blocked') => engine.cluster.hosts.map(() => state);
const open = (userId: string) => engine.service.take('open-traffic', { restoreId: 'R1', userId });

async function beginUntilLook(lookTraffic?: 'allow'): Promise<void> {
  engine = await openEngine([clusterOf({ policy: lookTraffic === undefined ? {} : { lookTraffic } })]);
  await engine.propose();
  await engine.startWorker();
  await engine.until('the second look', (state) => state.look !== null, hesitating);
}

async function openForALook(): Promise<void> {
  await beginUntilLook('allow');
  expect(await open(bo.userId)).toMatchObject({ ok: true });
  await engine.until('open traffic', (state) => state.facts['open-traffic'] !== undefined, hesitating);
}

it('is let in by an approver, with the name in the record, and the second look stays open', async () => {
  await openForALook();

  const state = await engine.state();

  expect(traffic()).toEqual(everywhere('open'));
  expect(state.look).toMatchObject({ trafficBy: { name: 'bo' }, released: null });
  expect(state.notices).toEqual([]);
  expect(await open(cy.userId)).toMatchObject({ ok: false, refusal: { code: 'traffic-open-already' } });
});

it('is shut again before anything is put back, and open at the end as before', async () => {
  await openForALook();
  const back = { restoreId: 'R1', reason: 'a job is missing' };

  await engine.service.take('go-back', { ...back, userId: bo.userId });
  await engine.service.take('go-back', { ...back, userId: cy.userId });
  const state = await engine.until('the end', (seen) => seen.ended !== null, hesitating);

  const undone = [...state.operations.values()].filter(({ operationId }) => operationId.includes('.undo.'));
  const kinds = undone.map(({ kind }) => kind);
  expect(kinds.lastIndexOf('block-traffic')).toBeLessThan(kinds.indexOf('stop-scheduler'));
  expect(undone.filter(({ kind }) => kind === 'block-traffic').map(({ host }) => host)).toHaveLength(3);
  expect(traffic()).toEqual(everywhere('open'));
  expect(state.ended?.outcome).toBe('undone');
});

it('stays open when it is let go afterwards', async () => {
  await openForALook();

  expect(await engine.service.take('let-reconcile', { restoreId: 'R1', userId: bo.userId })).toMatchObject({
    ok: true,
  });
  const state = await engine.until('the end', (seen) => seen.ended !== null);

  expect(traffic()).toEqual(everywhere('open'));
  expect(state.ended?.outcome).toBe('completed');
});

it.each([
  ['where the policy does not say so', undefined, bo.userId, 'traffic-stays-shut'],
  ['for somebody who is no approver', 'allow', dee.userId, 'not-an-approver'],
] as const)('stays shut %s', async (_, allowed, userId, code) => {
  await beginUntilLook(allowed);

  expect(await open(userId)).toMatchObject({ ok: false, refusal: { code } });
  expect(traffic()).toEqual(everywhere('blocked'));
});

it('stays shut while somebody wants to go back', async () => {
  await beginUntilLook('allow');
  await engine.service.take('go-back', { restoreId: 'R1', userId: bo.userId, reason: 'a job is missing' });

  expect(await open(cy.userId)).toMatchObject({ ok: false, refusal: { code: 'going-back' } });
});
