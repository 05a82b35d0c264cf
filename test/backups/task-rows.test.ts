import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeTaskRows, readTaskRows } from '../../src/backups/task-rows.ts';
import { collect, fixturePath } from './fixtures.ts';

test('a file of release 0.5, whose job key is in other fields, gives the same kind of rows', async () => {
  const [row] = await collect(readTaskRows(fixturePath('backups/whole/written-as-0.5.0-incubating')));

  expect(row).toMatchObject({
    taskId: expect.any(String) as unknown,
    jobKey: { role: expect.any(String) as unknown, environment: expect.any(String) as unknown },
  });
});

test('a cut file ends in an error after the rows in front of the cut', async () => {
  const bytes = readFileSync(fixturePath('backups/odd/cut-third'));
  const rows: string[] = [];

  const reading = (async () => {
    for await (const row of decodeTaskRows([bytes], 'cut-third')) rows.push(row.taskId);
  })();

  await expect(reading).rejects.toMatchObject({ code: 'backup-broken' });
  expect(rows).toHaveLength(20);
});

test('a missing file is an error', async () => {
  await expect(collect(readTaskRows('/no/such/file'))).rejects.toMatchObject({
    code: 'backup-not-found',
  });
});
