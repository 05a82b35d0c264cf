import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskFates } from '../../src/aurora/backups.ts';
import { scheduleStatuses, type TaskRow } from '../../src/aurora/tasks.ts';
import { computeBlastRadius } from '../../src/backups/blast-radius.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
import { fatesText } from '../../src/slack/messages/fates.ts';
import { sortTasks } from '../../src/streams/task-spools.ts';
import { readWhole, type WholeBlastRadius } from '../support/whole-blast-radius.ts';
import { collect, fixturePath, outcome, readJson } from './fixtures.ts';

function task(fields: Partial<TaskRow> = {}): TaskRow {
  return {
    taskId: 'www-prod-web-0-11111111-2222-3333-4444-555555555555',
    jobKey: { role: 'www', environment: 'prod', name: 'web' },
    instanceId: 0,
    status: 'RUNNING',
    ...fields,
  };
}

/** Both sides in any order. */
async function blastOf(sets: {
  backup: readonly TaskRow[];
  running: readonly { taskId: string; name?: string; tier?: string }[];
}): Promise<WholeBlastRadius> {
  const [backup, running] = [await sortTasks(sets.backup), await sortTasks(sets.running)];
  return await readWhole(await computeBlastRadius({ backup, running }));
}

describe('recorded restores', () => {
  test.each(['restore-staged', 'restore-recovery-tool', 'restore-outcomes/101', 'restore-outcomes/104'])(
    '%s ended as computed',
    async (folder) => {
      const name = readdirSync(fixturePath(folder)).find((file) => file.startsWith('scheduler-backup-'));
      const ended = outcome.parse(readJson(`${folder}/outcome.json`));
      const backup = await collect(readTaskRows(fixturePath(`${folder}/${name}`)));

      const radius = await blastOf({
        backup,
        running: ended.runningOnMesosAtRestore.map((taskId) => ({ taskId })),
      });

      const ids = (tasks: readonly TaskRow[]) => tasks.map((one) => one.taskId);
      expect(ids(radius.killed)).toEqual(ended.killed.toSorted());
      expect(ids(radius.rescheduled)).toEqual(ended.lostAndRescheduled.toSorted());
      expect(ids(radius.kept)).toEqual(ended.kept.toSorted());
    },
  );
});

describe('a task that runs', () => {
  test.each([
    ['ASSIGNED', ['kept']],
    ['STARTING', ['kept']],
    ['RUNNING', ['kept']],
    ['PARTITIONED', ['kept']],
    ['FINISHED', ['killed']],
    ['FAILED', ['killed']],
    ['KILLED', ['killed']],
    ['LOST', ['killed']],
    ['KILLING', ['killed']],
    ['RESTARTING', ['killed', 'rescheduled']],
    ['PREEMPTING', ['killed', 'rescheduled']],
    ['DRAINING', ['killed', 'rescheduled']],
    ['PENDING', ['killed', 'rescheduled']],
    ['THROTTLED', ['killed', 'rescheduled']],
    ['INIT', ['killed']],
    ['UNKNOWN(99)', ['killed']],
  ])('and is %s in the backup is %j', async (status, effects) => {
    const one = task({ status });

    const radius = await blastOf({ backup: [one], running: [{ taskId: one.taskId }] });

    expect(effectsOf(radius)).toEqual(effects);
  });

  test('and is absent from the backup is killed, described by what Mesos tells', async () => {
    const { taskId } = task();

    const radius = await blastOf({
      backup: [],
      running: [{ taskId, name: 'www/prod/web', tier: 'preferred' }],
    });

    expect(radius.killed).toEqual([{ ...task(), tier: 'preferred', why: 'absent' }]);
  });

  test('whose instance cannot be told has instance -1', async () => {
    const radius = await blastOf({ backup: [], running: [{ taskId: 'strange' }] });

    expect(radius.killed[0]).toMatchObject({
      instanceId: -1,
      jobKey: { role: '', environment: '', name: '' },
    });
  });
});

describe('a task that does not run', () => {
  test.each([
    ['ASSIGNED', ['rescheduled']],
    ['STARTING', ['rescheduled']],
    ['RUNNING', ['rescheduled']],
    ['PARTITIONED', ['rescheduled']],
    ['RESTARTING', ['rescheduled']],
    ['PREEMPTING', ['rescheduled']],
    ['DRAINING', ['rescheduled']],
    ['KILLING', []],
    ['PENDING', []],
    ['THROTTLED', []],
    ['FINISHED', []],
    ['KILLED', []],
    ['INIT', []],
    ['UNKNOWN(99)', []],
  ])('and is %s in the backup is %j', async (status, effects) => {
    expect(effectsOf(await blastOf({ backup: [task({ status })], running: [] }))).toEqual(effects);
  });
});

describe('every task of the backup', () => {
  const statuses = [...Object.keys(scheduleStatuses), 'UNKNOWN(99)'];
  const one = fc.record({ status: fc.constantFrom(...statuses), runs: fc.boolean() });
  const sum = (fates: TaskFates): number => Object.values(fates).reduce((all, count) => all + count, 0);

  test('is counted once, and the lists are those counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(one), fc.nat({ max: 5 }), async (tasks, strangers) => {
        const backup = tasks.map(({ status }, n) => task({ taskId: `t${n}`, status }));
        const running = tasks.flatMap(({ runs }, n) => (runs ? [{ taskId: `t${n}` }] : []));
        const others = Array.from({ length: strangers }, (_, n) => ({ taskId: `other${n}` }));

        const { killed, rescheduled, kept, fates } = await blastOf({
          backup,
          running: [...running, ...others],
        });

        expect(sum(fates)).toBe(backup.length);
        expect(killed).toHaveLength(fates.killed + fates.replaced + strangers);
        expect(rescheduled).toHaveLength(fates.replaced + fates.startedAgain);
        expect(kept).toHaveLength(fates.kept);
      }),
    );
  });

  // aurora.md 11.3: what a real scheduler does with each, where Mesos runs it and where it does not.
  test.each([
    ['RUNNING', 'kept', 'startedAgain'],
    ['STARTING', 'kept', 'startedAgain'],
    ['ASSIGNED', 'kept', 'startedAgain'],
    ['PARTITIONED', 'kept', 'startedAgain'],
    ['RESTARTING', 'replaced', 'startedAgain'],
    ['PREEMPTING', 'replaced', 'startedAgain'],
    ['DRAINING', 'replaced', 'startedAgain'],
    ['PENDING', 'replaced', 'waiting'],
    ['THROTTLED', 'replaced', 'waiting'],
    ['KILLING', 'killed', 'ended'],
    ['FINISHED', 'killed', 'ended'],
    ['FAILED', 'killed', 'ended'],
    ['KILLED', 'killed', 'ended'],
    ['LOST', 'killed', 'ended'],
    ['INIT', 'killed', 'neverStarted'],
    ['UNKNOWN(99)', 'killed', 'unknown'],
  ])('that is %s is %s when it runs, else %s', async (status, running, gone) => {
    const fateOf = async (runs: boolean) =>
      Object.entries(
        (await blastOf({ backup: [task({ status })], running: runs ? [{ taskId: task().taskId }] : [] }))
          .fates,
      ).flatMap(([fate, count]) => (count === 1 ? [fate] : []));

    expect([await fateOf(true), await fateOf(false)]).toEqual([[running], [gone]]);
  });

  test('of the recorded backup with tasks that were never started: the sum is the file', async () => {
    const file = fixturePath('backups/lived-on/recorded-tasks-without-events');
    const { fates } = await blastOf({ backup: await collect(readTaskRows(file)), running: [] });

    expect(sum(fates)).toBe(62);
    expect(fates).toMatchObject({ neverStarted: 30, startedAgain: 30, ended: 2 });
    expect(fatesText({ fates }, 'the backup')).toBe(
      '*62 tasks in all in the backup:* 30 started again, 2 ended already, 30 never started (INIT), and nothing will start them.',
    );
  });
});

function effectsOf(radius: WholeBlastRadius): string[] {
  return (['killed', 'rescheduled', 'kept'] as const).filter((effect) => radius[effect].length > 0);
}
