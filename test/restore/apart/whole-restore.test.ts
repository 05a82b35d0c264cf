/** Steps that run in a thread do what they do elsewhere: whole restores over a pretend cluster, event by event. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Procedure } from '../../../src/aurora/cluster.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { approving, openEngine, type PretendEngine } from '../support/pretend-engine.ts';
import { sameThread } from '../support/same-thread.ts';
import { startedAt } from '../support/story.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(started: string[] | null): Promise<PretendEngine> {
  const engine = await openEngine();
  ends.push(engine.close);
  const threads = sameThread(engine.clock, (cluster) => started?.push(cluster));
  await engine.startWorker(started === null ? {} : { threads });
  return engine;
}

async function played(engine: PretendEngine, procedure: Procedure): Promise<readonly RestoreEvent[]> {
  await engine.propose({ procedure });
  await engine.until('the end', ({ ended }) => ended !== null, approving);
  return await engine.events();
}

/** All but the times: a thread lets a poll more go by, or one less. */
function told(events: readonly RestoreEvent[]): unknown {
  return JSON.parse(JSON.stringify(events), (key, value: unknown) =>
    typeof value === 'number' && (value >= startedAt || key.endsWith('Ms')) ? 'a time' : value,
  );
}

describe('a restore whose long steps run in a thread', () => {
  it.each(['staged', 'recovery-tool'] as const)(
    '%s: comes to the same end by the same events',
    async (procedure) => {
      const started: string[] = [];
      const apart = await played(await open(started), procedure);
      const here = await played(await open(null), procedure);

      expect(apart.at(-1)).toMatchObject({ type: 'restore-ended', outcome: 'completed' });
      expect(told(apart)).toEqual(told(here));
      expect(started.length).toBeGreaterThanOrEqual(5);
    },
  );

  it('signs the same digests', async () => {
    const digests = (events: readonly RestoreEvent[]): unknown =>
      events.flatMap((event) => (event.type === 'gate-opened' ? [event.digest] : []));

    const apart = await played(await open([]), 'staged');

    expect(digests(apart)).toEqual(digests(await played(await open(null), 'staged')));
  });
});
