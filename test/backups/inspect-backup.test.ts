import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { decodeBackup } from '../../src/backups/decode-backup.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { snapshot } from '../../src/thrift/structs.ts';
import { encodeStruct } from '../../src/thrift/tbinary.ts';
import { fixturePath, oddBackups, wholeBackups } from './fixtures.ts';

describe('whole backups', () => {
  test.each(wholeBackups())('%s holds what an independent decoder found', async (path, contents) => {
    const { writer: _writer, ...report } = await inspectBackup(fixturePath(path));

    expect(report).toEqual({
      ...contents,
      file: fixturePath(path),
      verdict: 'ok',
      reasons: [],
      trailingBytes: 0,
    });
  });
});

/** Staged with OK, and wanted as `suspicious` before anybody had started a scheduler on two tasks without task events. */
const unlivableOdd: ReadonlySet<string> = new Set(['hostile-names', 'unknown-fields']);

describe('odd files', () => {
  test.each(oddBackups().map((note) => [note.file, note] as const))('%s', async (file, note) => {
    const report = await inspectBackup(fixturePath(`backups/odd/${file}`));

    expect(unlivableOdd.has(file) ? ['unlivable'] : note.inspectVerdict).toContain(report.verdict);
    expect(report.reasons.length > 0).toBe(report.verdict !== 'ok');
  });

  test.each(oddBackups().map((note) => [note.file, note] as const))(
    '%s is broken when a real scheduler refuses it, and otherwise holds what it staged',
    async (file, { realScheduler: { stageRecovery, queryRecovery } }) => {
      const report = await inspectBackup(fixturePath(`backups/odd/${file}`));

      const taken = typeof stageRecovery === 'object' && stageRecovery.responseCode === 'OK';
      if (!taken) expect(report.verdict).toBe('broken');
      else if (report.verdict !== 'broken') expect(report.tasks.total).toBe(queryRecovery?.tasks);
    },
  );

  test('bytes after the end are counted', async () => {
    expect(await inspectBackup(fixturePath('backups/odd/trailing-bytes'))).toMatchObject({
      complete: true,
      trailingBytes: 10,
      tasks: { total: 60 },
    });
  });

  test('an unknown status is named', async () => {
    expect(await inspectBackup(fixturePath('backups/odd/unknown-status'))).toMatchObject({
      tasks: { byStatus: { 'UNKNOWN(99)': 1 } },
      reasons: [expect.stringContaining('UNKNOWN(99)'), expect.stringContaining('task events')],
    });
  });
});

describe('what a scheduler would stage as something else', () => {
  const task = {
    assignedTask: { taskId: 'a', task: { job: { role: 'r', environment: 'e', name: 'n' } } },
    status: 2,
    taskEvents: [{ timestamp: 1, status: 2 }],
  };
  const good = { timestamp: 1_556_705_400_003, tasks: [task], schedulerMetadata: { frameworkId: 'f' } };

  test('the file these cases start from is ok', async () => {
    expect(await decodeBackup([encodeStruct(snapshot, good)])).toMatchObject({ verdict: 'ok', reasons: [] });
  });

  test.each([
    ['zeros', Buffer.alloc(4000)],
    ['a struct of nothing we know', Buffer.from([8, 0, 99, 0, 0, 0, 1, 0])],
    ['a framed backup', Buffer.concat([Buffer.from([0, 0, 1, 0]), encodeStruct(snapshot, good)])],
    [
      'tasks twice',
      Buffer.concat([encodeStruct(snapshot, good).subarray(0, -1), encodeStruct(snapshot, { tasks: [] })]),
    ],
    ['tasks that are text', Buffer.from([14, 0, 4, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0])],
    [
      'a task without an id, and no other',
      encodeStruct(snapshot, { ...good, tasks: [{ ...task, assignedTask: { task: {} } }] }),
    ],
    [
      'a quota of memory alone',
      encodeStruct(snapshot, {
        ...good,
        quotaConfigurations: [{ role: 'r', quota: { resources: [{ ramMb: 1 }] } }],
      }),
    ],
    [
      'an update that updates nothing',
      encodeStruct(snapshot, {
        ...good,
        jobUpdateDetails: [
          { details: { update: { summary: { updateId: 'u' }, instructions: { initialState: [] } } } },
        ],
      }),
    ],
  ])('%s is broken', async (_name, bytes) => {
    const report = await decodeBackup([bytes]);

    expect(report.verdict).toBe('broken');
    expect(report.reasons).not.toEqual([]);
  });

  test('a task with an empty id is suspicious: a scheduler keeps it', async () => {
    const tasks = [{ ...task, assignedTask: { ...task.assignedTask, taskId: '' } }];

    expect(await decodeBackup([encodeStruct(snapshot, { ...good, tasks })])).toMatchObject({
      verdict: 'suspicious',
      reasons: [expect.stringContaining('empty id')],
    });
  });

  test('a task without a status is suspicious', async () => {
    const { status: _status, ...rest } = task;

    expect(await decodeBackup([encodeStruct(snapshot, { ...good, tasks: [rest] })])).toMatchObject({
      verdict: 'suspicious',
      tasks: { byStatus: { 'UNKNOWN(absent)': 1 } },
    });
  });

  test('a million invented statuses do not grow the report', async () => {
    const tasks = Array.from({ length: 200 }, (_, index) => ({
      assignedTask: { ...task.assignedTask, taskId: `t${index}` },
      status: 1000 + index,
    }));

    const report = await decodeBackup([encodeStruct(snapshot, { ...good, tasks })]);

    expect(Object.keys(report.tasks.byStatus).length).toBeLessThan(50);
    expect(report.tasks.total).toBe(200);
  });
});

describe('files that cannot be read', () => {
  test('a missing one', async () => {
    await expect(inspectBackup(fixturePath('backups/none'))).rejects.toMatchObject({
      code: 'backup-not-found',
    });
  });

  test('a directory', async () => {
    await expect(inspectBackup(fixturePath('backups'))).rejects.toMatchObject({ code: 'backup-unreadable' });
  });
});

test('every task is handed out once', async () => {
  const ids: string[] = [];
  const bytes = await readFile(fixturePath('backups/whole/written-as-0.5.0-incubating'));

  await decodeBackup([bytes], (row) => ids.push(row.taskId));

  expect(new Set(ids).size).toBe(60);
});
