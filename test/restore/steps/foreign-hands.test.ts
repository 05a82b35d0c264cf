/** Between two of our looks somebody else, or a restart, has been at the schedulers: noticed, named, and never guessed about. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { isOpen, isSigned, signing } from '../support/pretend-people.ts';
import { backupTasks, frameworkId } from '../support/pretend-scene.ts';
import { bo, cy } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const isStuck = (state: RestoreState): boolean => state.stuck !== null || state.ended !== null;

async function untilSigned(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  await engine.until('both sign-offs', isSigned, signing);
  return engine;
}

const kindsOf = (engine: PretendEngine) => engine.effects.map((effect) => effect.kind);

describe('while people decide about the commit', () => {
  it('somebody unloads what is staged: it is named, the sign-offs are void, and nothing is committed', async () => {
    const engine = await untilSigned();
    engine.cluster.host('aurora-1').staged = null;

    const state = await engine.until('a problem', isStuck, signing);

    expect(state.stuck).toMatchObject({
      code: 'foreign-unloaded',
      message: expect.stringContaining('somebody else unloaded it') as string,
    });
    expect(state.gates.commit).toMatchObject({ status: 'expired', signOffs: [] });
    expect(kindsOf(engine)).not.toContain('commit-recovery');
  });

  it('and once somebody has looked into it, it is staged again and signed again', async () => {
    const engine = await untilSigned();
    engine.cluster.host('aurora-1').staged = null;
    await engine.until('a problem', isStuck, signing);

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.takenBack).toMatchObject([{ to: 'find-elected', code: 'foreign-unloaded' }]);
    expect(kindsOf(engine).filter((kind) => kind === 'stage-backup')).toHaveLength(2);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('somebody edits what is staged: it stays stuck for as long as it is edited', async () => {
    const engine = await untilSigned();
    engine.cluster.host('aurora-1').staged = backupTasks.slice(1);

    const first = await engine.until('a problem', isStuck, signing);
    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const second = await engine.until(
      'a problem',
      (seen) => isStuck(seen) && seen.seq > first.seq + 1,
      signing,
    );

    expect(first.stuck).toMatchObject({
      code: 'foreign-edited',
      message: expect.stringContaining('3 tasks now, 4 then') as string,
    });
    expect(second.stuck?.code).toBe('foreign-edited');
  });

  it('and when it is as it was again, it has to be signed again', async () => {
    const engine = await untilSigned();
    engine.cluster.host('aurora-1').staged = backupTasks.slice(1);
    await engine.until('a problem', isStuck, signing);
    engine.cluster.host('aurora-1').staged = backupTasks;

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const open = await engine.until('the gate', isOpen);
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(open.gates.commit?.signOffs).toEqual([]);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('somebody commits: it is named, and everything can be put back as it was', async () => {
    const engine = await untilSigned();
    engine.cluster.applyCommit(engine.cluster.host('aurora-1'));

    const stuck = await engine.until('a problem', isStuck, signing);
    await engine.service.take('abort', {
      restoreId: 'R1',
      userId: cy.userId,
      reason: 'somebody else is at it',
    });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(stuck.stuck).toMatchObject({
      code: 'foreign-committed',
      message: expect.stringContaining(
        '4 tasks in its storage, and this restore has committed nothing',
      ) as string,
    });
    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.hosts.map((host) => host.log?.name)).toEqual(['old', 'old', 'old']);
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });

  it('the election moves: it is staged again, the sign-offs stand, and the commit is ordered again', async () => {
    const engine = await untilSigned();
    await engine.service.take('commit', {
      restoreId: 'R1',
      digest: (await engine.state()).gates.commit?.digest ?? '',
      userId: cy.userId,
      typedCluster: 'east',
    });
    engine.cluster.rejoin(engine.cluster.host('aurora-1'));

    const again = await engine.until(
      'the gate once more',
      (seen) => seen.takenBack.length > 0 && isOpen(seen) && seen.done.at(-1)?.name === 'summarise-staged',
    );
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(again.takenBack).toMatchObject([{ to: 'find-elected', code: 'leader-moved' }]);
    expect(again.gates.commit?.signOffs.map(({ person }) => person.userId)).toEqual([bo.userId, cy.userId]);
    expect(again.commitOrdered).toBeNull();
    expect(state.facts.commit?.host).toBe('aurora-2');
    expect(state.ended?.outcome).toBe('completed');
  });

  it('the election moves again and again: after three times a person is asked', async () => {
    const engine = await untilSigned();
    const elected = () => engine.cluster.look().host;
    for (let move = 1; move <= 4; move += 1) {
      const host = elected();
      if (host === null) throw new Error('nobody is elected');
      engine.cluster.rejoin(engine.cluster.host(host));
      if (move < 4)
        await engine.until(
          `move ${move}`,
          (seen) =>
            seen.takenBack.length === move && isOpen(seen) && seen.done.at(-1)?.name === 'summarise-staged',
        );
    }

    const state = await engine.until('a problem', isStuck, approving);

    expect(state.takenBack).toHaveLength(3);
    expect(state.stuck).toMatchObject({
      step: 'commit',
      code: 'leader-moved',
      hint: expect.stringContaining('already been retried 3 times') as string,
    });
    expect(kindsOf(engine)).not.toContain('commit-recovery');
  });
});
