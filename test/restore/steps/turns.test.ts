/** What people can do on the way beside signing: leave tasks out, pause, resume; and what costs more by then. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { dee } from '../support/office.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { isOpen, isSigned, signing } from '../support/pretend-people.ts';
import { backupTasks } from '../support/pretend-scene.ts';
import { ana, bo, cy, minute } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const isStuck = (state: RestoreState): boolean => state.stuck !== null || state.ended !== null;

async function begin(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  return engine;
}

async function edit(engine: PretendEngine, who: { userId: string }, taskIds: readonly string[]) {
  const state = await engine.state();
  return await engine.service.take('leave-out', {
    restoreId: 'R1',
    digest: state.gates.commit?.digest ?? '',
    userId: who.userId,
    jobs: [],
    taskIds,
    reason: 'stopped on purpose',
  });
}

const [first] = backupTasks;
if (first === undefined) throw new Error('the pretend backup holds tasks');

describe('leaving tasks out', () => {
  it('voids the sign-offs, is read back, signed again, and the restored cluster does not have them', async () => {
    const engine = await begin();
    const before = await engine.until('both sign-offs', isSigned, signing);

    const answer = await edit(engine, bo, [first.taskId]);
    const again = await engine.until(
      'the new summary',
      (seen) => seen.facts['summarise-staged']?.leftOut === 1 && isOpen(seen),
    );
    const state = await engine.until(
      'the end',
      (seen) => seen.ended !== null,
      (service, seen) => {
        // Bo edited, so cy and ana are the two pairs of eyes here; ana proposed and fills one place with bo.
        const gate = seen.gates.commit;
        if (gate?.status !== 'open' || seen.phase === 'undo') return approving(service, seen);
        const vote = { restoreId: 'R1', gate: 'commit' as const, digest: gate.digest, comment: '' };
        if (gate.signOffs.length === 0) return service.take('sign-off', { ...vote, userId: bo.userId });
        if (gate.signOffs.length === 1) return service.take('sign-off', { ...vote, userId: cy.userId });
        return approving(service, seen);
      },
    );

    expect(answer.ok).toBe(true);
    expect(again.gates.commit?.signOffs).toEqual([]);
    expect(again.gates.commit?.digest).not.toBe(before.gates.commit?.digest);
    expect(again.facts['summarise-staged']).toMatchObject({ tasks: backupTasks.length - 1 });
    expect(state.facts['verify-restored']).toMatchObject({ tasks: backupTasks.length - 1 });
    expect(state.ended?.outcome).toBe('completed');
  });

  it('makes the editor a co-author: with the requester they fill one place, and a third person is needed', async () => {
    const engine = await begin();
    await engine.until('the gate', isOpen, signing);
    await edit(engine, bo, [first.taskId]);
    const { gates } = await engine.until('the gate again', (seen) => seen.edits.length === 1 && isOpen(seen));
    const vote = {
      restoreId: 'R1',
      gate: 'commit' as const,
      digest: gates.commit?.digest ?? '',
      comment: '',
    };
    await engine.service.take('sign-off', { ...vote, userId: ana.userId });
    const shared = await engine.service.take('sign-off', { ...vote, userId: bo.userId });

    const two = await engine.service.take('commit', {
      restoreId: 'R1',
      digest: vote.digest,
      userId: ana.userId,
      typedCluster: 'east',
    });
    await engine.service.take('sign-off', { ...vote, userId: cy.userId });
    const three = await engine.service.take('commit', {
      restoreId: 'R1',
      digest: vote.digest,
      userId: ana.userId,
      typedCluster: 'east',
    });

    expect(shared).toMatchObject({ ok: false, refusal: { code: 'fills-no-place' } });
    expect(two).toMatchObject({ ok: false, refusal: { code: 'sign-offs-missing' } });
    expect(three.ok).toBe(true);
  });

  it.each([
    ['a task that is not staged', ['nobody-knows-this'], 'edit-unknown-task'],
    ['nothing', [], 'edit-empty'],
    ['everything', backupTasks.map((task) => task.taskId), 'edit-leaves-nothing'],
  ])('refuses %s, and the sign-offs stand', async (_what, taskIds, code) => {
    const engine = await begin();
    await engine.until('both sign-offs', isSigned, signing);

    const answer = await edit(engine, bo, taskIds);

    expect(answer).toMatchObject({ ok: false, refusal: { code } });
    expect((await engine.state()).gates.commit?.signOffs).toHaveLength(2);
  });

  it('is put back like anything else when the restore is stopped afterwards', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    await engine.until('the gate', isOpen, signing);
    await edit(engine, bo, [first.taskId]);
    await engine.until('the gate again', (seen) => seen.edits.length === 1 && isOpen(seen));

    await engine.service.take('abort', { restoreId: 'R1', userId: ana.userId, reason: 'wrong backup' });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });
});

describe('the cost at the moment of the commit', () => {
  it('has grown beyond what was signed: nothing is sent, it says what changed, and it is signed again', async () => {
    const engine = await begin();
    await engine.until('both sign-offs', isSigned, signing);
    for (let n = 0; n < 9; n += 1) engine.cluster.live.set(`new-prod-late-${n}`, 'new/devel/late');

    const back = await engine.until('the turn', (seen) => seen.takenBack.length > 0, approving);
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(back.takenBack).toMatchObject([
      {
        code: 'cost-grew',
        message: expect.stringMatching(/\d+ tasks would be killed now, \d+ when it was signed/) as string,
      },
    ]);
    expect(state.ended?.outcome).toBe('completed');
    expect(engine.effects.filter(({ kind }) => kind === 'commit-recovery')).toHaveLength(1);
  });

  it('has grown within the band: it is what was signed', async () => {
    const engine = await begin();
    await engine.until('both sign-offs', isSigned, signing);
    engine.cluster.live.set('late-1', 'new/devel/late');

    const state = await engine.until('the commit', (seen) => seen.facts.commit !== undefined, approving);

    expect(state.takenBack).toEqual([]);
  });

  it('would kill a production job that it did not kill when it was signed: one task is too many', async () => {
    const engine = await begin();
    await engine.until('both sign-offs', isSigned, signing);
    engine.cluster.live.set('late-1', 'ads/prod/bidder');

    const state = await engine.until('the turn', (seen) => seen.takenBack.length > 0, approving);

    expect(state.takenBack[0]?.message).toContain(
      'ads/prod/bidder would be killed now, and it is a production job.',
    );
  });
});

describe('a pause', () => {
  it('lets what is under way end, begins nothing, and goes on when an approver resumes it', async () => {
    const engine = await begin();
    await engine.until('the stop', (seen) => seen.current === 'stop-schedulers', approving);
    await engine.service.take('pause', { restoreId: 'R1', userId: ana.userId, reason: 'breathe' });
    const later = engine.clock.now() + 10 * minute;
    const paused = await engine.until('ten minutes', () => engine.clock.now() >= later, approving);

    const own = await engine.service.take('resume', { restoreId: 'R1', userId: dee.userId });
    await engine.service.take('resume', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(paused.done.at(-1)?.name).toBe('stop-schedulers');
    expect(own.ok).toBe(false);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('does not spend the time of the second look', async () => {
    const engine = await begin();
    await engine.until(
      'the look',
      (seen) => seen.look !== null,
      (service, seen) => (seen.look === null ? approving(service, seen) : null),
    );
    await engine.service.take('pause', { restoreId: 'R1', userId: ana.userId, reason: 'ask ads' });
    engine.clock.pass(120 * minute);
    const refused = await engine.service.take('let-reconcile', { restoreId: 'R1', userId: bo.userId });

    await engine.service.take('resume', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.state();

    expect(refused).toMatchObject({ ok: false, refusal: { code: 'paused' } });
    expect(state.look?.released).toBeNull();
    expect((state.look?.until ?? 0) - engine.clock.now()).toBeGreaterThan(0);
  });

  it('does not keep anybody from stopping the restore', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    await engine.until('the gate', isOpen, signing);
    await engine.service.take('pause', { restoreId: 'R1', userId: ana.userId, reason: 'breathe' });

    await engine.service.take('abort', { restoreId: 'R1', userId: ana.userId, reason: 'enough' });
    const state = await engine.until('the end', isStuck);

    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });
});
