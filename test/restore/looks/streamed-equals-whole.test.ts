/**
 * A thousand clusters of every kind, each worked out as it streams and as a whole: journals and signatures name the results, so
 * not a bit of them may depend on the way.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AffectedTask } from '../../../src/aurora/backups.ts';
import { canonicalJson } from '../../../src/aurora/canonical-json.ts';
import { jobKeyText, scheduleStatuses, type TaskRow } from '../../../src/aurora/tasks.ts';
import { computeBlastRadius } from '../../../src/backups/blast-radius.ts';
import { digestStagedSet } from '../../../src/backups/digest.ts';
import { keepBlastRadius, readAffected, readBlastRadius } from '../../../src/restore/looks/blast.ts';
import { findDrift, KilledTally } from '../../../src/restore/rules/drift.ts';
import { watchTasks } from '../../../src/restore/rules/unlivable.ts';
import type { StepContext } from '../../../src/restore/step.ts';
import { keptAsJson, SortedSpool } from '../../../src/streams/sorted-spool.ts';
import { openStore } from '../../contracts/support.ts';
import { readWhole, wholeBlastRadius } from '../../support/whole-blast-radius.ts';
import { oneByOne, wholeList } from '../../support/whole-list.ts';

const word = fc.oneof(
  fc.constantFrom('www', 'prod', 'devel', 'staging1', 'a', 'a-b', 'a"b', ''),
  fc.string({ maxLength: 4 }),
);
const taskId = fc.oneof(
  fc.constantFrom(
    'a',
    'a!',
    'a-',
    'aa',
    '\ud83d\ude00',
    '\uffff',
    'www-prod-web-3-11111111-2222-3333-4444-555555555555',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const jobKey = fc.record({ role: word, environment: word, name: word });
const row: fc.Arbitrary<TaskRow> = fc.record(
  {
    taskId,
    jobKey,
    instanceId: fc.integer({ min: -1, max: 99 }),
    status: fc.constantFrom(...Object.keys(scheduleStatuses), 'UNKNOWN(99)'),
    tier: fc.constantFrom('preferred', 'preemptible', 'production'),
    owner: word,
    slaveHost: word,
    flaw: fc.constantFrom('no task events' as const, 'no role' as const),
  },
  { requiredKeys: ['taskId', 'jobKey', 'instanceId', 'status'] },
) as fc.Arbitrary<TaskRow>;
const cluster = fc.record({
  backup: fc.array(row, { maxLength: 30 }),
  later: fc.array(fc.record({ taskId, jobKey }), { maxLength: 15 }),
  runs: fc.infiniteStream(fc.boolean()),
});

/** Small batches, so that runs are merged. */
const sorted = <T extends { taskId: string }>(tasks: readonly T[]): Promise<SortedSpool<T>> =>
  SortedSpool.from(
    keptAsJson<T>((task) => task.taskId),
    tasks,
    { batch: 12, piece: 12, memory: 1_000 },
  );

const wholeDigest = (rows: readonly TaskRow[]): string => {
  const lines = rows.map(({ taskId: id, status, jobKey: key, instanceId }) =>
    canonicalJson([id, status, key.role, key.environment, key.name, instanceId]),
  );
  const text = lines.sort().map((line) => `${line}\n`);
  return createHash('sha256').update(text.join('')).digest('hex');
};

const wholeDrift = (signed: readonly AffectedTask[], now: readonly AffectedTask[]): boolean => {
  const before = new Set(signed.map((task) => jobKeyText(task.jobKey)));
  const isProduction = ({ tier, jobKey: { environment } }: AffectedTask): boolean =>
    tier === undefined ? !/^(devel|test|staging\d*)$/.test(environment) : tier !== 'preemptible';
  return (
    now.length - signed.length > Math.max(Math.floor(signed.length / 100), 5) ||
    now.some((task) => isProduction(task) && !before.has(jobKeyText(task.jobKey)))
  );
};

it('digest, blast radius, its document, its jobs and drift are the same on 1,000 random clusters', async () => {
  const store = await openStore(':memory:');
  const context = { restoreId: 'R1', deps: { documents: store } } as unknown as StepContext;
  await fc.assert(
    fc.asyncProperty(cluster, cluster, async ({ backup, later, runs }, other) => {
      const running = [
        ...backup
          .filter(() => runs.next().value)
          .map((task) => ({ taskId: task.taskId, jobKey: task.jobKey })),
        ...later,
      ];
      const whole = wholeBlastRadius({ backup, running });
      const blastOf = async () =>
        computeBlastRadius({ backup: await sorted(backup), running: await sorted(running) });

      expect(await digestStagedSet(oneByOne(backup))).toEqual({
        digest: wholeDigest(backup),
        tasks: backup.length,
      });
      expect((await digestStagedSet(await sorted(backup))).digest).toBe(wholeDigest(backup));

      expect(await readWhole(await blastOf())).toEqual(whole);
      const summary = await keepBlastRadius(context, { document: 'cost', blast: await blastOf() });
      const { fates, ...lists } = whole;
      const text = JSON.stringify(lists);
      expect((await store.load('R1', 'cost'))?.text).toBe(text);
      expect(summary).toMatchObject({
        sha256: createHash('sha256').update(text).digest('hex'),
        killed: whole.killed.length,
        rescheduled: whole.rescheduled.length,
        kept: whole.kept.length,
        fates,
      });
      const killedIn = new Map<string, number>();
      for (const task of whole.killed)
        killedIn.set(jobKeyText(task.jobKey), (killedIn.get(jobKeyText(task.jobKey)) ?? 0) + 1);
      for (const { job, killed } of summary.jobs) expect(killed).toBe(killedIn.get(job) ?? 0);
      const kept = await wholeList(readBlastRadius(context, 'cost'));
      expect(kept.map(({ effect, task }) => [effect, task])).toEqual(
        (['killed', 'rescheduled', 'kept'] as const).flatMap((effect) =>
          whole[effect].map((task) => [effect, task]),
        ),
      );

      const now = wholeBlastRadius({ backup: other.backup, running: other.later });
      const drift = findDrift({
        signed: await KilledTally.of(readAffected(context, { document: 'cost', effect: 'killed' })),
        now: await KilledTally.of(oneByOne(now.killed)),
      });
      expect(drift.length > 0).toBe(wholeDrift(whole.killed, now.killed));

      expect((await watchTasks(backup)).rows.size).toBe(backup.length);
    }),
    { numRuns: 1_000 },
  );
}, 180_000);
