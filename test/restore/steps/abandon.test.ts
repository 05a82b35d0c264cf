/** A restore that nobody can bring to its end does not keep its cluster for ever. */
import { afterEach, describe, expect, it } from 'vitest';
import { dee } from '../support/office.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { ana, bo } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

describe('a host that is gone for good', () => {
  it('keeps the restore from being put back, and an approver ends it as it is, so that the cluster is free', async () => {
    const engine = await openEngine();
    engines.push(engine);
    await engine.propose();
    await engine.startWorker();
    await engine.until('the gate', (state) => state.gates.commit?.status === 'open', approving);
    engine.cluster.host('aurora-3').agentUp = false;
    const leave = (userId: string, typedCluster: string) =>
      engine.service.take('abandon', { restoreId: 'R1', userId, reason: 'its disk is dead', typedCluster });
    await engine.service.take('abort', { restoreId: 'R1', userId: ana.userId, reason: 'aurora-3 burns' });

    const early = await leave(bo.userId, 'east');
    const stuck = await engine.until('a problem', (state) => state.stuck !== null);
    const stranger = await leave(dee.userId, 'east');
    const mistyped = await leave(bo.userId, 'west');
    const done = await leave(bo.userId, 'east');
    const state = await engine.state();
    const next = await engine.service.list({ open: true, cluster: 'east' });

    expect(early).toMatchObject({ ok: false, refusal: { code: 'not-stuck' } });
    expect(stuck.phase).toBe('undo');
    expect(stranger).toMatchObject({ ok: false, refusal: { code: 'not-an-approver' } });
    expect(mistyped).toMatchObject({ ok: false, refusal: { code: 'wrong-name' } });
    expect(done.ok).toBe(true);
    expect(state.ended).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('is not put back') as string,
    });
    expect(next).toEqual({ restores: [], ended: [], unreadable: [] });
  });

  it('does not let anybody leave it as it is while everything can still be put back', async () => {
    const engine = await openEngine();
    engines.push(engine);
    await engine.propose();
    await engine.startWorker();
    await engine.until('the stop', (state) => state.facts['stop-schedulers'] !== undefined, approving);
    engine.cluster.host('aurora-3').agentUp = false;
    await engine.until('a problem', (state) => state.stuck !== null, approving);

    const refused = await engine.service.take('abandon', {
      restoreId: 'R1',
      userId: bo.userId,
      reason: 'its disk is dead',
      typedCluster: 'east',
    });

    expect(refused).toMatchObject({ ok: false, refusal: { code: 'put-back-first' } });
  });
});
