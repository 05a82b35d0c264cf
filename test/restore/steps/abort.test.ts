/** A stop by anybody, at every step before the commit: flags, logs, traffic, backups and tasks end as they were. */
import { describe, expect, it } from 'vitest';
import { staged } from '../../../src/restore/procedures/staged.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { titleOf } from '../../../src/restore/steps/index.ts';
import { dee } from '../support/office.ts';
import { approving, openEngine, type People } from '../support/pretend-engine.ts';

const beforeCommit = staged.plan.slice(
  0,
  staged.plan.findIndex((item) => item.kind === 'step' && item.name === 'commit'),
);

/** People who let it come to a place and stop it there, whatever the others are about to press. */
function stoppingWhen(isThere: (state: RestoreState) => boolean): People {
  return (service, state) => {
    if (state.phase === 'undo' || !isThere(state)) return approving(service, state);
    return service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'wrong backup' });
  };
}

async function playUntilEnded(isThere: (state: RestoreState) => boolean) {
  const engine = await openEngine();
  try {
    const before = engine.cluster.picture();
    await engine.propose();
    await engine.startWorker();
    const state = await engine.until('the end', (seen) => seen.ended !== null, stoppingWhen(isThere));
    // What an agent was still doing when everything was over already, it does now.
    while (engine.clock.advance(engine.clock.now() + 5_000)) await new Promise((next) => setImmediate(next));
    const events = await engine.events();
    return { engine, state, before, after: engine.cluster.picture(), events };
  } finally {
    await engine.close();
  }
}

/** Steps that look and ask agents to do nothing. */
const onlyLooking: ReadonlySet<string> = new Set([
  'check-hosts',
  'choose-backup',
  'capture-live-tasks',
  'preview',
  'find-elected',
  'summarise-staged',
]);

const places: [string, (state: RestoreState) => boolean][] = beforeCommit.flatMap((item) => {
  const { name } = item;
  if (item.kind !== 'step') {
    return [
      [
        `at ${titleOf(item)}`,
        (state: RestoreState) =>
          state.gates[item.name === 'look' ? 'stop' : item.name]?.status === 'open' && state.current === null,
      ],
    ];
  }
  const begun: [string, (state: RestoreState) => boolean] = [
    `when ${name} has begun`,
    (state) => state.current === name,
  ];
  if (onlyLooking.has(name)) return [begun];
  return [
    begun,
    [
      `when an operation of ${name} has been asked for`,
      (state: RestoreState) => [...state.operations.values()].some((operation) => operation.step === name),
    ],
    [
      `when an operation of ${name} has ended`,
      (state: RestoreState) =>
        [...state.operations.values()].some(
          (operation) => operation.step === name && operation.result !== null,
        ),
    ],
  ];
});

describe('an abort', () => {
  it.each(places)('%s puts everything back', async (_name, isThere) => {
    const { engine, state, before, after, events } = await playUntilEnded(isThere);

    expect(events.filter((event) => event.type === 'abort-ordered')).toHaveLength(1);
    expect(state.ended?.outcome).toBe('undone');
    expect(after).toEqual(before);
    expect(state.facts.report?.notAsBefore ?? []).toEqual([]);
    expect(engine.mistakes).toEqual([]);
    expect(
      events.filter((event) => event.type === 'operation-requested' && event.kind === 'commit-recovery'),
    ).toEqual([]);
  });
});
