import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ClusterOutline, collectOutline } from '../../src/aurora/outline.ts';
import { jobKeyText, terminalStatuses } from '../../src/aurora/tasks.ts';
import { diffOutlines, isSame } from '../../src/backups/diff.ts';
import { readOutline } from '../../src/backups/read-outline.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
import { fixturePath, oddBackups, wholeBackups } from './fixtures.ts';

function outlineOf(bytes: Buffer, chunkBytes: number): Promise<ClusterOutline> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return collectOutline(readOutline(chunks, 'a backup'));
}

test('of backups of every release it counts what an independent decoder counted, and tasks as their rows say', async () => {
  for (const [path, contents] of wholeBackups()) {
    const outline = await outlineOf(readFileSync(fixturePath(path)), 65_536);

    const active = new Map<string, number>();
    const ended = new Map<string, number>();
    for await (const { jobKey, status } of readTaskRows(fixturePath(path))) {
      const counts = terminalStatuses.has(status) ? ended : active;
      counts.set(jobKeyText(jobKey), (counts.get(jobKeyText(jobKey)) ?? 0) + 1);
    }
    for (const { key, active: activeTasks, ended: endedTasks, configs } of outline.jobs.values()) {
      expect([activeTasks, endedTasks]).toEqual([active.get(key) ?? 0, ended.get(key) ?? 0]);
      expect(Object.values(configs).reduce((sum, tasks) => sum + tasks, 0)).toBe(activeTasks);
    }
    expect({
      timestampMs: outline.atMs,
      frameworkId: outline.frameworkId,
      jobs: outline.jobs.size,
      cronJobs: outline.cron.size,
      quotas: outline.quotas?.size,
      jobUpdates: outline.updates?.size,
    }).toEqual({
      timestampMs: contents.timestampMs,
      frameworkId: contents.frameworkId,
      jobs: contents.jobs,
      cronJobs: contents.cronJobs,
      quotas: contents.quotas,
      jobUpdates: contents.jobUpdates,
    });
  }
});

test('it is the same wherever the file is cut into pieces', async () => {
  const bytes = readFileSync(fixturePath('backups/real/scheduler-backup-2026-11-23-16-20'));
  const whole = await outlineOf(bytes, bytes.length);

  for (const chunkBytes of [1, 7, 1_000]) expect(await outlineOf(bytes, chunkBytes)).toEqual(whole);
});

test('a file that is cut anywhere is broken, and every odd one ends in an outline or in a sentence', async () => {
  const bytes = readFileSync(fixturePath('backups/real/scheduler-backup-2026-11-23-16-20'));

  for (let end = 0; end < bytes.length; end += 97)
    await expect(outlineOf(bytes.subarray(0, end), 4_096)).rejects.toMatchObject({ code: 'backup-broken' });
  for (const { file } of oddBackups()) {
    const outline = outlineOf(readFileSync(fixturePath(`backups/odd/${file}`)), 4_096);
    await outline.catch((error: unknown) => expect(error).toMatchObject({ code: 'backup-broken' }));
  }
});

test('two backups of one cluster, an hour apart, differ in the jobs that came between them', async () => {
  const outline = (name: string) => outlineOf(readFileSync(fixturePath(`backups/real/${name}`)), 65_536);
  const [before, after] = [
    await outline('scheduler-backup-2026-11-23-16-20'),
    await outline('scheduler-backup-2026-11-23-16-38'),
  ];

  const { jobs, tasks, isOtherFramework } = diffOutlines(before, after);

  expect(isSame(diffOutlines(before, before))).toBe(true);
  expect(isOtherFramework).toBe(false);
  expect(tasks).toEqual({ before: 7, after: 687 });
  expect(jobs.created.map(({ key }) => key)).toContain('search_team/prod/load7-0');
});
