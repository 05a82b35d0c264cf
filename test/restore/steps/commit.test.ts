/** The commit and what comes before it: sent once, to the right host, with what was signed; and what is said when not. */
import { afterEach, describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { SchedulerAnswer } from '../../../src/aurora/operations.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { Meddler } from '../support/pretend-agent.ts';
import { approving, Mortality, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { backupTasks, frameworkId, runningTasks } from '../support/pretend-scene.ts';
import { bo, cy, minute } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function begin(): Promise<PretendEngine> {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  return engine;
}

const isStuck = (state: RestoreState): boolean => state.stuck !== null || state.ended !== null;

/** The scheduler answers a commit so, after having applied it or not. */
function committing(engine: PretendEngine, how: { applied: boolean; answer: SchedulerAnswer }): Meddler {
  return async (request, perform) => {
    if (request.kind !== 'commit-recovery') return await perform();
    const { operationId, kind } = request;
    if (how.applied) await perform();
    else engine.cluster.host(request.grant.payload.host).deaf = true;
    if (!how.applied) engine.cluster.leave(engine.cluster.host(request.grant.payload.host));
    return { operationId, kind, state: 'done', changed: true, evidence: how.answer, finishedAt: 0 };
  };
}

const noReply: SchedulerAnswer = { answer: 'no-reply', messages: ['socket hang up'], ms: 900 };

describe('a commit whose reply is lost', () => {
  it('is called unknown, and settled by reading the restored tasks back', async () => {
    const engine = await begin();
    engine.meddling.with = committing(engine, { applied: true, answer: noReply });

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.facts.commit).toMatchObject({ answer: 'unknown', messages: ['socket hang up'] });
    expect(state.facts['verify-restored']).toMatchObject({ tasks: backupTasks.length });
    expect(state.ended?.outcome).toBe('completed');
    expect(engine.effects.filter((effect) => effect.kind === 'commit-recovery')).toHaveLength(1);
  });

  it('and was not applied is found out before anything registers: it is staged and signed once more', async () => {
    const engine = await begin();
    engine.meddling.with = committing(engine, { applied: false, answer: noReply });
    await engine.until('the commit', (seen) => seen.facts.commit !== undefined, approving);
    engine.meddling.with = null;

    const reopened = await engine.until('the gate', (seen) => seen.gates.commit?.status === 'open');
    const frameworks = [...engine.cluster.frameworks];
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(reopened.takenBack).toMatchObject([{ to: 'find-elected', code: 'commit-not-applied' }]);
    expect(reopened.gates.commit?.signOffs).toEqual([]);
    expect(reopened.commitOrdered).toBeNull();
    expect(frameworks).toEqual([frameworkId]);
    expect(state.ended?.outcome).toBe('completed');
    expect(state.gates.commit?.signOffs).toHaveLength(2);
  });

  it('and shows nothing while a replica is away is not taken for not applied', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    engine.meddling.with = committing(engine, { applied: false, answer: noReply });
    await engine.until('the commit', (seen) => seen.facts.commit !== undefined, approving);
    const [away] = engine.cluster.hosts.filter(
      ({ name }) => name !== engine.cluster.look().host && name !== 'aurora-1',
    );
    if (away === undefined) throw new Error('there are three hosts');
    engine.cluster.stop(away);

    const stuck = await engine.until('a problem', isStuck);
    const back = { restoreId: 'R1', reason: 'nothing came of it' };
    await engine.service.take('go-back', { ...back, userId: bo.userId });
    await engine.service.take('go-back', { ...back, userId: cy.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(stuck.stuck).toMatchObject({
      step: 'verify-restored',
      code: 'waited-too-long',
      hint: expect.stringContaining('may still hold what was committed') as string,
    });
    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
    expect([...engine.cluster.frameworks]).toEqual([frameworkId]);
  });

  it('and turns out applied once the last replica is up: nobody signs again', async () => {
    const engine = await begin();
    engine.meddling.with = committing(engine, { applied: false, answer: noReply });
    await engine.until('the commit', (seen) => seen.facts.commit !== undefined, approving);
    const away = engine.cluster.hosts.find(
      ({ name }) => name !== 'aurora-1' && name !== engine.cluster.look().host,
    );
    if (away === undefined) throw new Error('there are three hosts');
    engine.cluster.stop(away);
    await engine.until('a problem', isStuck);
    // That replica had taken the append, and is part of the next election.
    engine.cluster.blank.tasks = backupTasks;
    engine.cluster.blank.frameworkId = frameworkId;
    engine.cluster.start(away);

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.takenBack).toEqual([]);
    expect(state.facts['verify-restored']).toMatchObject({ tasks: backupTasks.length });
    expect(state.ended?.outcome).toBe('completed');
  });

  it('because the agent went away is asked for again under the same name, and performed once', async () => {
    const engine = await begin();
    let losses = 0;
    engine.meddling.with = async (request, perform) => {
      const result = await perform();
      if (request.kind !== 'commit-recovery' || losses > 0) return result;
      losses += 1;
      throw new AuroraError({ code: 'agent-unreachable', message: 'No answer.', hint: 'Wait.' });
    };

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(losses).toBe(1);
    expect(state.ended?.outcome).toBe('completed');
    expect(state.facts.commit?.answer).toBe('ok');
    expect(engine.effects.filter((effect) => effect.kind === 'commit-recovery')).toHaveLength(1);
  });

  it('because the agent cannot tell is never sent again', async () => {
    const engine = await begin();
    const sent: string[] = [];
    engine.meddling.with = async (request, perform) => {
      if (request.kind !== 'commit-recovery') return await perform();
      sent.push(request.operationId);
      await perform();
      return {
        operationId: request.operationId,
        kind: request.kind,
        state: 'uncertain',
        message: 'Interrupted.',
        hint: '-',
      };
    };

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(sent).toHaveLength(1);
    expect(state.facts.commit).toMatchObject({ answer: 'unknown', messages: ['Interrupted.'] });
    expect(state.ended?.outcome).toBe('completed');
  });
});

describe('a commit that is not sent', () => {
  const transient: SchedulerAnswer = { answer: 'not-ready', messages: ['Storage is not READY'], ms: 6 };

  it('because the storage was not READY is reported as not sent, nothing registers, and going back is clean', async () => {
    const engine = await begin();
    const before = engine.cluster.picture();
    engine.meddling.with = async (request, perform) => {
      const { operationId, kind } = request;
      if (kind !== 'commit-recovery') return await perform();
      return { operationId, kind, state: 'done', changed: false, evidence: transient, finishedAt: 0 };
    };

    const stuck = await engine.until('a problem', isStuck, approving);
    const deadline = engine.clock.now() + 10 * minute;
    await engine.until('ten minutes', () => engine.clock.now() >= deadline);
    const frameworks = [...engine.cluster.frameworks];
    const { connected } = engine.cluster;
    const back = { restoreId: 'R1', reason: 'not committed' };
    await engine.service.take('go-back', { ...back, userId: bo.userId });
    await engine.service.take('go-back', { ...back, userId: cy.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(stuck.stuck).toMatchObject({
      step: 'commit',
      code: 'commit-not-sent',
      message: 'aurora-1 refused the commit before doing anything, 3 times: Storage is not READY.',
      hint: expect.stringContaining('Nothing was committed.') as string,
    });
    expect(frameworks).toEqual([frameworkId]);
    expect(connected).toBeNull();
    expect(state.ended?.outcome).toBe('undone');
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('because the storage was not READY goes out after a fresh comparison, once it is', async () => {
    const engine = await begin();
    let refusals = 0;
    engine.meddling.with = async (request, perform) => {
      const { operationId, kind } = request;
      if (kind !== 'commit-recovery' || refusals >= 4) return await perform();
      refusals += 1;
      return { operationId, kind, state: 'done', changed: false, evidence: transient, finishedAt: 0 };
    };

    await engine.until('a problem', isStuck, approving);
    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(refusals).toBe(4);
    expect(state.ended?.outcome).toBe('completed');
    expect(engine.effects.filter((effect) => effect.kind === 'commit-recovery')).toHaveLength(1);
  });

  it('because its agent was away when it should go out, is not sent later than the sign-offs allow', async () => {
    const engine = await begin();
    await engine.until('the order', (state) => state.commitOrdered !== null, approving);
    engine.cluster.host('aurora-3').agentUp = false;
    const stuck = await engine.until('a problem', isStuck, approving);
    engine.clock.pass(16 * minute);
    engine.cluster.host('aurora-3').agentUp = true;

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('a problem', isStuck);

    expect(stuck.stuck).toMatchObject({ step: 'commit', code: 'agent-unreachable' });
    expect(state.stuck).toMatchObject({ step: 'commit', code: 'sign-offs-over' });
    expect(engine.effects.map((effect) => effect.kind)).not.toContain('commit-recovery');
  });

  it('because a signer was deactivated while it was held up', async () => {
    const engine = await begin();
    await engine.until('the order', (state) => state.commitOrdered !== null, approving);
    engine.cluster.host('aurora-3').agentUp = false;
    await engine.until('a problem', isStuck, approving);
    engine.people.bar(cy, 'deactivated people never count');
    engine.cluster.host('aurora-3').agentUp = true;

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('a problem', isStuck);

    expect(state.stuck).toMatchObject({ step: 'commit', code: 'signer-fell' });
    expect(engine.effects.map((effect) => effect.kind)).not.toContain('commit-recovery');
  });

  it('before a bot that was killed comes back too late, is not sent then', async () => {
    const engine = await openEngine();
    engines.push(engine);
    await engine.propose();
    const life = new Mortality();
    await engine.startWorker({ mortality: life });
    engine.meddling.with = async (request, perform) => {
      if (request.kind === 'commit-recovery') life.die();
      return life.isAlive ? await perform() : await new Promise(() => undefined);
    };
    await engine.until('the kill', () => !life.isAlive, approving);
    engine.meddling.with = null;
    engine.clock.pass(16 * minute);

    await engine.startWorker();
    const unknown = await engine.until('the answer', (seen) => seen.facts.commit !== undefined);
    const state = await engine.until('the gate', (seen) => seen.gates.commit?.status === 'open');

    expect(unknown.facts.commit?.answer).toBe('unknown');
    expect(state.takenBack).toMatchObject([{ code: 'commit-not-applied' }]);
    expect(state.gates.commit?.signOffs).toEqual([]);
    expect(engine.effects.map((effect) => effect.kind)).not.toContain('commit-recovery');
  });

  it('for a while only, is sent once its agent is back in time', async () => {
    const engine = await begin();
    await engine.until('the order', (state) => state.commitOrdered !== null, approving);
    engine.cluster.host('aurora-3').agentUp = false;
    await engine.until('a problem', isStuck, approving);
    engine.cluster.host('aurora-3').agentUp = true;

    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.ended?.outcome).toBe('completed');
  });
});

describe('staging', () => {
  it('that ends in another set than the file holds stops the restore before anybody can sign', async () => {
    const engine = await begin();
    engine.meddling.with = async (request, perform) => {
      const result = await perform();
      // A scheduler stages some damaged files as empty, with OK (aurora.md 13).
      if (request.kind === 'stage-backup') engine.cluster.host(request.grant.payload.host).staged = [];
      return result;
    };

    const state = await engine.until('a problem', isStuck, approving);

    expect(state.stuck).toMatchObject({
      step: 'summarise-staged',
      code: 'staged-differs',
      message: 'aurora-1 staged 0 tasks, 4 are expected from the file, and they are not the same.',
    });
    expect(state.gates.commit).toBeUndefined();
  });

  it('into a slot that somebody else has filled stops the restore, says so, and goes on when it is empty', async () => {
    const engine = await begin();
    await engine.until('the elected', (state) => state.facts['find-elected'] !== undefined, approving);
    engine.cluster.host('aurora-1').staged = runningTasks;

    const stuck = await engine.until('a problem', isStuck, approving);
    engine.cluster.host('aurora-1').staged = null;
    await engine.service.take('look-again', { restoreId: 'R1', userId: bo.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(stuck.stuck).toMatchObject({
      step: 'stage-backup',
      code: 'foreign-staging',
      hint: expect.stringContaining('Somebody else') as string,
    });
    expect(state.ended?.outcome).toBe('completed');
  });

  it('is not asked of a scheduler that is not the elected one any more: the elected one is looked for again', async () => {
    const engine = await begin();
    await engine.until('the elected', (state) => state.facts['find-elected'] !== undefined, approving);
    engine.cluster.rejoin(engine.cluster.host('aurora-1'));

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    expect(state.takenBack).toMatchObject([{ to: 'find-elected', code: 'leader-moved' }]);
    expect(state.ended?.outcome).toBe('completed');
    expect(engine.effects.filter(({ kind }) => kind === 'stage-backup').map(({ host }) => host)).toEqual([
      'aurora-2',
    ]);
  });
});
