/** After the first reconciliation: going back to what was before is a restore of its own, with its own cost and gates. */
import { afterEach, describe, expect, it } from 'vitest';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { frameworkId, runningTasks } from '../support/pretend-scene.ts';
import { ana, bo, cy } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** R1 has completed and reconciled, and people are sorry. */
async function afterRestore(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  await engine.until('the end of R1', (state) => state.ended !== null, approving);
  engine.cluster.fileAway('R1');
  return engine;
}

const goBack = (engine: PretendEngine, of = 'R1') =>
  engine.service.returnToOld({
    of,
    channel: 'C1',
    userId: ana.userId,
    reason: 'the backup was the wrong one',
    incident: 'INC-4411',
  });

describe('going back to the log that a restore set aside', () => {
  it('says what it kills and starts, is signed twice, and ends with the tasks of before', async () => {
    const engine = await afterRestore();

    const answer = await goBack(engine);
    const state = await engine.until('the end of R2', (seen) => seen.ended !== null, approving, 'R2');

    expect(answer.ok).toBe(true);
    expect(state.proposal).toMatchObject({ of: 'R1', incident: 'INC-4411' });
    expect(state.facts.preview?.blast.killed).toBeGreaterThan(0);
    expect(state.facts['read-old-state']).toMatchObject({
      tasks: runningTasks.length,
      unchangedSincePlan: true,
    });
    expect(state.gates.commit?.signOffs).toHaveLength(2);
    expect(state.facts.soak?.observed).toMatchObject({
      killed: state.facts['read-old-state']?.blast.killed,
      rescheduled: state.facts['read-old-state']?.blast.rescheduled,
    });
    expect(state.ended?.outcome).toBe('completed');
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
    expect(engine.effects.filter(({ kind }) => kind === 'bring-back-log')).toHaveLength(3);
  });

  it('can be stopped at the second gate, and everything is as it was before it', async () => {
    const engine = await afterRestore();
    const before = engine.cluster.picture();
    await goBack(engine);
    await engine.until('the gate', (seen) => seen.gates.commit?.status === 'open', approving, 'R2');

    await engine.service.take('abort', { restoreId: 'R2', userId: cy.userId, reason: 'leave it' });
    const state = await engine.until('the end of R2', (seen) => seen.ended !== null, approving, 'R2');

    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('can be gone back on at its second look, which is clean', async () => {
    const engine = await afterRestore();
    const before = engine.cluster.picture();
    await goBack(engine);
    await engine.until(
      'the look',
      (seen) => seen.look !== null,
      (service, seen) => (seen.look === null ? approving(service, seen) : null),
      'R2',
    );

    await engine.service.take('go-back', { restoreId: 'R2', userId: bo.userId, reason: 'no' });
    await engine.service.take('go-back', { restoreId: 'R2', userId: cy.userId, reason: 'no' });
    const state = await engine.until(
      'the end of R2',
      (seen) => seen.ended !== null,
      () => null,
      'R2',
    );

    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('is refused before anything is touched when one host has lost its old log', async () => {
    const engine = await afterRestore();
    engine.cluster.host('aurora-2').setAsideBefore.clear();
    await goBack(engine);

    const state = await engine.until('the end of R2', (seen) => seen.ended !== null, approving, 'R2');

    expect(state.ended?.outcome).toBe('failed');
    expect(state.ended?.message).toContain('aurora-2: the log that R1 set aside is not there');
    expect(state.runs['stop-schedulers']).toBeUndefined();
  });

  it('is not offered while that restore goes on, nor when it was undone, nor for one that nobody knows', async () => {
    const engine = await openEngine();
    engines.push(engine);
    await engine.propose();
    await engine.startWorker();
    await engine.until('the gate', (seen) => seen.gates.commit?.status === 'open', approving);

    const early = await goBack(engine);
    await engine.service.take('abort', { restoreId: 'R1', userId: ana.userId, reason: 'no' });
    await engine.until('the end', (seen) => seen.ended !== null);
    const undone = await goBack(engine);
    const unknown = await goBack(engine, 'R77');

    expect(early).toMatchObject({ ok: false, refusal: { code: 'restore-open' } });
    expect(undone).toMatchObject({ ok: false, refusal: { code: 'nothing-set-aside' } });
    expect(unknown).toMatchObject({ ok: false, refusal: { code: 'unknown-restore' } });
  });
});
