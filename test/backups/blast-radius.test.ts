import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { groupBlastRadius } from '../../src/backups/blast-groups.ts';
import { computeBlastRadius } from '../../src/backups/blast-radius.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
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

describe('recorded restores', () => {
  test.each(['restore-staged', 'restore-recovery-tool', 'restore-outcomes/101', 'restore-outcomes/104'])(
    '%s ended as computed',
    async (folder) => {
      const name = readdirSync(fixturePath(folder)).find((file) => file.startsWith('scheduler-backup-'));
      const ended = outcome.parse(readJson(`${folder}/outcome.json`));
      const backup = await collect(readTaskRows(fixturePath(`${folder}/${name}`)));

      const radius = computeBlastRadius({
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
    ['UNKNOWN(99)', ['killed']],
  ])('and is %s in the backup is %j', (status, effects) => {
    const one = task({ status });

    const radius = computeBlastRadius({ backup: [one], running: [{ taskId: one.taskId }] });

    expect(effectsOf(radius)).toEqual(effects);
  });

  test('and is absent from the backup is killed, described by what Mesos tells', () => {
    const { taskId } = task();

    const radius = computeBlastRadius({
      backup: [],
      running: [{ taskId, name: 'www/prod/web', tier: 'preferred' }],
    });

    expect(radius.killed).toEqual([{ ...task(), tier: 'preferred', why: 'absent' }]);
  });

  test('whose instance cannot be told has instance -1', () => {
    const radius = computeBlastRadius({ backup: [], running: [{ taskId: 'strange' }] });

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
  ])('and is %s in the backup is %j', (status, effects) => {
    expect(effectsOf(computeBlastRadius({ backup: [task({ status })], running: [] }))).toEqual(effects);
  });
});

test('groupBlastRadius() adds up by job, role, tier and owner, hardest hit first', () => {
  const radius = computeBlastRadius({
    backup: [
      task({ taskId: 'kept', tier: 'preferred', owner: 'ann' }),
      task({ taskId: 'gone', jobKey: { role: 'ads', environment: 'prod', name: 'bid' } }),
    ],
    running: [{ taskId: 'kept' }, { taskId: 'new', name: 'zoo/prod/late' }],
  });

  expect(groupBlastRadius(radius)).toEqual({
    byJob: [
      { key: 'zoo/prod/late', killed: 1, rescheduled: 0, kept: 0 },
      { key: 'ads/prod/bid', killed: 0, rescheduled: 1, kept: 0 },
      { key: 'www/prod/web', killed: 0, rescheduled: 0, kept: 1 },
    ],
    byRole: [
      { key: 'zoo', killed: 1, rescheduled: 0, kept: 0 },
      { key: 'ads', killed: 0, rescheduled: 1, kept: 0 },
      { key: 'www', killed: 0, rescheduled: 0, kept: 1 },
    ],
    byTier: [
      { key: 'unknown', killed: 1, rescheduled: 1, kept: 0 },
      { key: 'preferred', killed: 0, rescheduled: 0, kept: 1 },
    ],
    byOwner: [
      { key: 'unknown', killed: 1, rescheduled: 1, kept: 0 },
      { key: 'ann', killed: 0, rescheduled: 0, kept: 1 },
    ],
  });
});

function effectsOf(radius: ReturnType<typeof computeBlastRadius>): string[] {
  return (['killed', 'rescheduled', 'kept'] as const).filter((effect) => radius[effect].length > 0);
}
