/** After the second look: both reconciliations are asked for, or left to the schedulers' timers, as the policy says. */
import { afterEach, expect, it } from 'vitest';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { east } from '../support/pretend-scene.ts';

const engines: PretendEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

it.each([
  ['trigger', 2],
  ['timers', 0],
] as const)(
  'with the policy "%s" both run, the leader counts them, and it ends as predicted',
  async (reconciliation, calls) => {
    const engine = await openEngine([{ ...east, policy: { ...east.policy, reconciliation } }]);
    engines.push(engine);
    await engine.propose();
    await engine.startWorker();

    const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

    const asked = engine.effects.filter(({ kind }) => kind.startsWith('reconcile-'));
    expect(asked).toHaveLength(calls);
    expect(state.facts.soak).toMatchObject({ bothRan: true, asPredicted: true });
    expect(state.ended?.outcome).toBe('completed');
  },
);

it('is asked of whoever leads instead when the leader moves right after it was asked', async () => {
  const engine = await openEngine();
  engines.push(engine);
  await engine.propose();
  await engine.startWorker();
  const released = await engine.until('the release', (seen) => seen.current === 'soak', approving);
  const first = released.facts['release-reconciliation']?.host ?? '';
  engine.cluster.rejoin(engine.cluster.host(first));

  const state = await engine.until('the end', (seen) => seen.ended !== null, approving);

  const asked = engine.effects.filter(({ kind }) => kind.startsWith('reconcile-'));
  expect(new Set(asked.map(({ host }) => host)).size).toBe(2);
  expect(state.facts.soak).toMatchObject({ bothRan: true, asPredicted: true });
});
