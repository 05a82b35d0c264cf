import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClusterOutline,
  collectOutline,
  type EntryOf,
  type OutlineEntry,
} from '../../src/aurora/outline.ts';
import { countOf, diffOutlines, isSame } from '../../src/backups/diff.ts';

const names = fc.constantFrom('a/prod/x', 'a/prod/y', 'b/devel/x', 'b/prod/__proto__', 'c/prod/z');
const fingerprints = fc.constantFrom('f1', 'f2', 'f3');

const jobs = fc.record({
  of: fc.constant('job' as const),
  key: names,
  active: fc.nat(3),
  ended: fc.nat(2),
  configs: fc.dictionary(fingerprints, fc.integer({ min: 1, max: 3 })),
});
const crons = fc.record({
  of: fc.constant('cron' as const),
  key: names,
  schedule: fc.constant('* * * * *'),
  fingerprint: fingerprints,
});
const quotas = fc.record({
  of: fc.constant('quota' as const),
  role: fc.constantFrom('a', 'b', 'c'),
  cpus: fc.nat(2),
  ramMb: fc.nat(1),
  diskMb: fc.nat(1),
});
const updates = fc.record({
  of: fc.constant('update' as const),
  key: names,
  status: fc.constantFrom('ROLLING_FORWARD', 'ABORTED'),
});
const entries = fc.array(fc.oneof(jobs, crons, quotas, updates), { maxLength: 12 });

const outlines = (list: readonly OutlineEntry[]): Promise<ClusterOutline> => collectOutline(list);

test('an outline is the same as itself, in whatever order its entries come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(jobs, { selector: ({ key }) => key }), async (list) => {
      const diff = diffOutlines(await outlines(list), await outlines(list.toReversed()));

      expect(isSame(diff)).toBe(true);
      expect(diff.tasks.before).toBe(diff.tasks.after);
    }),
  );
});

test('what is created one way is removed the other way, and what is changed is changed both ways', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, async (a, b) => {
      const [there, back] = [
        diffOutlines(await outlines(a), await outlines(b)),
        diffOutlines(await outlines(b), await outlines(a)),
      ];

      for (const kind of ['cron', 'quotas', 'updates'] as const) {
        expect(there[kind]?.created).toEqual(back[kind]?.removed);
        expect(there[kind]?.changed.map(({ before, after }) => [after, before])).toEqual(
          back[kind]?.changed.map(({ before, after }) => [before, after]),
        );
      }
      expect(there.jobs.created).toEqual(back.jobs.removed);
      expect(there.jobs.changed.map(({ key }) => key)).toEqual(back.jobs.changed.map(({ key }) => key));
      expect(isSame(there)).toBe(isSame(back));
    }),
  );
});

test('the numbers of tasks of all jobs that differ account for the difference of all tasks', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, async (a, b) => {
      const { tasks, jobs: changes } = diffOutlines(await outlines(a), await outlines(b));

      const created = changes.created.reduce((sum, job) => sum + job.tasks, 0);
      const removed = changes.removed.reduce((sum, job) => sum + job.tasks, 0);
      const changed = changes.changed.reduce((sum, job) => sum + job.after - job.before, 0);
      expect(tasks.after - tasks.before).toBe(created - removed + changed);
      expect(changes.after - changes.before).toBe(changes.created.length - changes.removed.length);
    }),
  );
});

const job = (entry: Partial<EntryOf<'job'>>): OutlineEntry => ({
  of: 'job',
  key: 'www/prod/web',
  active: 2,
  ended: 0,
  configs: { f1: 2 },
  ...entry,
});

test('a leader tells one configuration of a job: it is changed when the backup has none like it', async () => {
  const backup = await outlines([job({ active: 3, configs: { f1: 2, f2: 1 } })]);
  const changedTo = async (fingerprint: string) =>
    diffOutlines(backup, await outlines([job({ active: 3, configs: { [fingerprint]: 0 } })])).jobs.changed;

  expect(await changedTo('f2')).toEqual([]);
  expect(await changedTo('f3')).toEqual([{ key: 'www/prod/web', before: 3, after: 3, isReconfigured: true }]);
});

test('a job whose tasks have all ended is history: it was created, or removed', async () => {
  const ended = await outlines([job({ active: 0, ended: 2, configs: {} })]);
  const active = await outlines([job({})]);

  expect(diffOutlines(ended, active).jobs.created).toEqual([{ key: 'www/prod/web', tasks: 2 }]);
  expect(countOf(diffOutlines(ended, await outlines([])).jobs)).toBe(0);
});

test('what one of the two does not tell is not compared', async () => {
  const told = await outlines([{ of: 'quota', role: 'www', cpus: 1, ramMb: 1, diskMb: 1 }]);

  expect(diffOutlines(told, { ...told, quotas: null }).quotas).toBeNull();
});

test('two frameworks are not the same, whatever they run', async () => {
  const of = (frameworkId: string | null) => outlines([{ of: 'cluster', atMs: 1, frameworkId }, job({})]);

  expect(isSame(diffOutlines(await of('one'), await of('other')))).toBe(false);
  expect(isSame(diffOutlines(await of('one'), await of(null)))).toBe(true);
});
