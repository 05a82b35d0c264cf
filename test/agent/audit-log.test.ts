import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/agent/audit-entry.ts';
import type { AuditBounds } from '../../src/agent/audit-file.ts';
import { openAuditLog } from '../../src/agent/audit-log.ts';
import { verifyAuditLog } from '../../src/agent/verify-audit.ts';
import { readAudit } from './support/audit-lines.ts';
import { createTestHost, readLines, type TestHost } from './support/test-host.ts';

let host: TestHost;
let directory: string;
beforeEach(async () => {
  host = await createTestHost();
  directory = host.path('backups');
});
afterEach(() => host.dispose());

const roomy: AuditBounds = { fileBytes: 1_000_000, files: 10 };
const entry = (request: string): AuditEntry => ({
  at: 1_000,
  decision: 'granted',
  from: '10.0.0.5',
  client: null,
  request,
  operation: { operationId: 'R1-1', kind: 'stop-scheduler' },
});
const refused = (fields: Partial<AuditEntry> = {}): AuditEntry => ({
  ...entry('POST /v1/operations'),
  decision: 'refused',
  rule: 'signature',
  ...fields,
});
const fill = (bounds: AuditBounds, requests: number): string => {
  const log = openAuditLog(directory, bounds, 1);
  for (let number = 0; number < requests; number += 1) log.write(entry(`GET /${number}`));
  log.close(2);
  return log.head();
};
const current = () => join(directory, 'audit.jsonl');
const change = async (edit: (text: string) => string): Promise<void> =>
  writeFile(current(), edit(await readFile(current(), 'utf8')));

describe('the audit log', () => {
  test('is a whole chain over restarts, readable by its owner only', async () => {
    fill(roomy, 3);
    const head = fill(roomy, 2);

    const report = await verifyAuditLog(directory);

    expect(report).toEqual({
      entries: 9,
      head,
      startsInTheMiddle: false,
      torn: 0,
      problems: [],
      files: 1,
    });
    expect((await stat(current())).mode & 0o777).toBe(0o600);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['a changed line', (text) => text.replace('GET /1', 'GET /9'), /Line 4 of audit\.jsonl does not follow/],
    ['a missing line', (text) => text.replace(/.*GET \/1.*\n/, ''), /Line 3 of audit\.jsonl does not follow/],
    ['two lines in another order', (text) => text.replace(/(.*\/0.*\n)(.*\/1.*\n)/, '$2$1'), /Line 2/],
    ['a line put in', (text) => text.replace(/(.*\/0.*\n)/, '$1$1'), /Line 3/],
    [
      'a line that is not an entry',
      (text) => text.replace(/.*\/1.*\n/, 'nothing\n'),
      /Line 3 .* is not an entry/,
    ],
  ])('shows %s', async (_what, edit, problem) => {
    fill(roomy, 3);
    await change(edit);

    const { problems } = await verifyAuditLog(directory);

    expect(problems.join('\n')).toMatch(problem);
  });

  test('shows lines cut off its end by its head', async () => {
    const head = fill(roomy, 3);
    await change((text) => text.replace(/.*\n$/, ''));

    const report = await verifyAuditLog(directory);

    expect(report.problems).toEqual([]);
    expect(report.head).not.toBe(head);
  });

  test('goes on after a crash in the middle of a line, which it vouches for', async () => {
    fill(roomy, 2);
    await appendFile(current(), '{"at":3,"decision":"gra');
    const head = fill(roomy, 1);

    const report = await verifyAuditLog(directory);

    expect(report).toMatchObject({ problems: [], torn: 1, head });
  });

  test('a line spoiled later is not taken for one that a crash cut off', async () => {
    fill(roomy, 2);
    await appendFile(current(), '{"at":3,"decision":"gra');
    fill(roomy, 1);
    await change((text) => text.replace('{"at":3,"decision":"gra', 'gone'));

    expect((await verifyAuditLog(directory)).problems).toHaveLength(1);
  });

  test('is rotated, keeps so many files, and the chain goes through them', async () => {
    const head = fill({ fileBytes: 600, files: 3 }, 40);

    const report = await verifyAuditLog(directory);

    expect(report).toMatchObject({ problems: [], head, startsInTheMiddle: true, files: 4 });
    expect((await readdir(directory)).filter((name) => name.startsWith('audit'))).toHaveLength(4);
  });

  test('finds the end of the chain when the current file is empty', async () => {
    fill({ fileBytes: 600, files: 3 }, 40);
    await writeFile(current(), '');
    const rotated = (await readdir(directory)).filter((name) => name.startsWith('audit-')).at(-1) ?? '';
    const before = (await readLines(join(directory, rotated))).length;
    const head = fill(roomy, 1);

    const report = await verifyAuditLog(directory);

    expect(before).toBeGreaterThan(0);
    expect(report).toMatchObject({ problems: [], head });
  });

  test('keeps line separators of other alphabets inside their line', async () => {
    const log = openAuditLog(directory, roomy, 1);
    log.write(entry('GET /\u2028\u2029\u0085'));
    log.close(2);

    expect((await verifyAuditLog(directory)).problems).toEqual([]);
  });

  test('keeps what was done, however much is refused and read after it', async () => {
    const log = openAuditLog(directory, { fileBytes: 2_000, files: 4 }, 1);
    log.write(entry('POST /v1/operations'));
    for (let number = 1; number <= 500; number += 1) {
      const at = number * 2_000;
      log.write(refused({ at }));
      log.write({
        at,
        decision: 'granted',
        from: '::1',
        client: null,
        request: `GET /${number}`,
        status: 200,
      });
    }
    log.close(1_002_000);

    const done = await readAudit(directory, 'done');

    expect(done.map(({ decision, event }) => decision ?? event)).toEqual(['opened', 'granted', 'closed']);
    expect(await verifyAuditLog(directory)).toMatchObject({ problems: [], startsInTheMiddle: true });
    // One rotated file and the current one, of each kind.
    expect((await readdir(directory)).filter((name) => /^audit-(refused|reads)/.test(name))).toHaveLength(4);
  });

  test('counts refusals of a kind together, and loses none of them', async () => {
    const log = openAuditLog(directory, roomy, 1);
    for (let number = 0; number < 300; number += 1) {
      log.write(refused({ at: 1_000 + number }));
      log.write(refused({ at: 1_000 + number, rule: 'params' }));
      log.write(refused({ at: 1_000 + number, client: 'bot AA:BB' }));
    }
    log.write(refused({ at: 2_500 }));
    log.close(3_000);

    const lines = await readAudit(directory, 'refused');

    expect(lines).toHaveLength(7);
    expect(lines.reduce((sum, { more = 0 }) => sum + 1 + more, 0)).toBe(901);
    expect((await verifyAuditLog(directory)).problems).toEqual([]);
  });

  test.each(['audit-refused', 'audit-reads'])('shows a changed line in %s too', async (name) => {
    const log = openAuditLog(directory, roomy, 1);
    for (const at of [1_000, 3_000, 5_000]) {
      log.write(refused({ at }));
      log.write({ at, decision: 'granted', from: '::1', client: null, request: 'GET /healthz', status: 200 });
    }
    log.close(6_000);
    const path = join(directory, `${name}.jsonl`);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"at":3000', '"at":3001'));

    expect((await verifyAuditLog(directory)).problems).toEqual([
      `Line 3 of ${name}.jsonl does not follow the line before it.`,
    ]);
  });
});
