/** From the commit to the release: what can still be taken back, by whom, and what time alone does. */
import { afterEach, describe, expect, it } from 'vitest';
import { openWorkOf } from '../../../src/restore/record/left-work.ts';
import { dee } from '../support/office.ts';
import { approving, openEngine, type People, type PretendEngine } from '../support/pretend-engine.ts';
import { originalFlags, predicted } from '../support/pretend-scene.ts';
import { ana, bo, cy, minute } from '../support/story.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const back = { restoreId: 'R1', reason: 'it kills too much' };

/** Everybody does their part, and nobody lets it reconcile. */
const hesitating: People = (service, state) => (state.look === null ? approving(service, state) : null);

async function beginUntilLook() {
  const engine = await openEngine();
  engines.push(engine);
  const before = engine.cluster.picture();
  const live = [...engine.cluster.live.keys()];
  await engine.propose();
  await engine.startWorker();
  await engine.until('the second look', (state) => state.look !== null, hesitating);
  return { engine, before, live };
}

async function waitFor(engine: PretendEngine, ms: number): Promise<void> {
  const at = engine.clock.now() + ms;
  await engine.until(`${ms} ms`, (state) => engine.clock.now() >= at || state.ended !== null, hesitating);
}

describe('the second look', () => {
  it('shows a cluster that leads and in which nothing was killed or started', async () => {
    const { engine, live } = await beginUntilLook();

    const state = await engine.state();

    expect(state.facts['confirm-leader']).toMatchObject({ frameworkId: 'fw-1', tasks: 4 });
    expect(state.facts['second-look']).toMatchObject({
      killedAlready: 0,
      startedAlready: 0,
      live: live.length,
    });
    expect([...engine.cluster.live.keys()]).toEqual(live);
    expect(engine.cluster.hosts.map((host) => host.traffic)).toEqual(['blocked', 'blocked', 'blocked']);
    const held = { ...originalFlags, reconciliation_initial_delay: '365days' };
    expect(engine.cluster.hosts.map((host) => host.flags)).toEqual([held, held, held]);
  });

  it('is ended by time alone, and not before its time', async () => {
    const { engine } = await beginUntilLook();
    await waitFor(engine, 29 * minute);
    const waiting = await engine.state();

    const state = await engine.until('the end', (seen) => seen.ended !== null, hesitating);

    expect(waiting.look).toMatchObject({ released: null });
    expect(state.look).toMatchObject({ released: 'time' });
    expect(state.facts.soak?.observed).toEqual(predicted);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('lasts longer when anybody asks for more time', async () => {
    const { engine } = await beginUntilLook();
    await engine.service.take('more-time', { restoreId: 'R1', userId: dee.userId, byMs: 30 * minute });

    await waitFor(engine, 59 * minute);
    const waiting = await engine.state();
    const state = await engine.until('the end', (seen) => seen.ended !== null, hesitating);

    expect(waiting.look).toMatchObject({ released: null });
    expect(state.look).toMatchObject({ released: 'time' });
  });
});

describe('going back', () => {
  it('needs two of those who may sign, and leaves everything as before the restore', async () => {
    const { engine, before } = await beginUntilLook();

    const first = await engine.service.take('go-back', { ...back, userId: bo.userId });
    const again = await engine.service.take('go-back', { ...back, userId: bo.userId });
    const stranger = await engine.service.take('go-back', { ...back, userId: dee.userId });
    await waitFor(engine, minute);
    const waiting = await engine.state();
    await engine.service.take('go-back', { ...back, userId: ana.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null);
    const left = openWorkOf(state);

    expect(left.map(({ text }) => text)).toEqual([
      'Remove the logs that this restore had made once nobody wants to look at them: /var/aurora/log.restored-R1 on aurora-1, aurora-2, aurora-3.',
    ]);
    expect(first.ok).toBe(true);
    expect(again).toMatchObject({ ok: false, refusal: { code: 'already-signed' } });
    expect(stranger).toMatchObject({ ok: false, refusal: { code: 'not-an-approver' } });
    expect(waiting.phase).toBe('forward');
    expect(state.ended).toMatchObject({
      outcome: 'undone',
      message: 'Everything was put back after the commit.',
    });
    expect(state.facts.report?.notAsBefore).toEqual([]);
    expect(engine.cluster.picture()).toEqual(before);
  });

  it('that is declined leaves the second look open, and it can be released', async () => {
    const { engine } = await beginUntilLook();
    await engine.service.take('go-back', { ...back, userId: bo.userId });
    const digest = (await engine.state()).gates['go-back']?.digest ?? '';
    const vote = { restoreId: 'R1', gate: 'go-back' as const, digest, userId: cy.userId };

    const early = await engine.service.take('let-reconcile', { restoreId: 'R1', userId: cy.userId });
    const declined = await engine.service.take('decline', { ...vote, reason: 'it is as predicted' });
    const release = await engine.service.take('let-reconcile', { restoreId: 'R1', userId: cy.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(early).toMatchObject({ ok: false, refusal: { code: 'going-back' } });
    expect(declined.ok).toBe(true);
    expect(release.ok).toBe(true);
    expect(state.ended?.outcome).toBe('completed');
  });

  it('that nobody seconds holds time back until it runs out, and no longer', async () => {
    const { engine } = await beginUntilLook();
    await waitFor(engine, 20 * minute);
    await engine.service.take('go-back', { ...back, userId: bo.userId });

    await waitFor(engine, 20 * minute);
    const waiting = await engine.state();
    const state = await engine.until('the end', (seen) => seen.ended !== null, hesitating);

    expect(waiting.look).toMatchObject({ released: null });
    expect(state.gates['go-back']?.status).toBe('expired');
    expect(state.look).toMatchObject({ released: 'time' });
    expect(state.ended?.outcome).toBe('completed');
  });

  it('is refused once it reconciles: that would be a restore of its own', async () => {
    const { engine } = await beginUntilLook();
    await engine.service.take('let-reconcile', { restoreId: 'R1', userId: bo.userId });

    const late = await engine.service.take('go-back', { ...back, userId: cy.userId });

    expect(late).toMatchObject({ ok: false, refusal: { code: 'released-already' } });
  });

  it('is offered when the restored cluster registers as another framework, and nothing was reconciled', async () => {
    const engine = await openEngine();
    engines.push(engine);
    const before = engine.cluster.picture() as { live: unknown; hosts: unknown };
    await engine.propose();
    await engine.startWorker();
    await engine.until('the commit', (state) => state.facts.commit !== undefined, approving);
    engine.cluster.blank.frameworkId = 'fw-other';

    const stuck = await engine.until('a problem', (state) => state.stuck !== null, approving);
    await engine.service.take('go-back', { ...back, userId: bo.userId });
    await engine.service.take('go-back', { ...back, userId: cy.userId });
    const state = await engine.until('the end', (seen) => seen.ended !== null);

    expect(stuck.stuck).toMatchObject({
      step: 'confirm-leader',
      code: 'framework-changed',
      hint: expect.stringContaining('Do not let it reconcile. Go back') as string,
    });
    expect(state.ended?.outcome).toBe('undone');
    const { live, hosts } = engine.cluster.picture() as typeof before;
    expect({ live, hosts }).toEqual({ live: before.live, hosts: before.hosts });
  });
});
