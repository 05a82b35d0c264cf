import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OperationJournal, openOperationJournal } from '../../src/agent/operation-journal.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

let host: TestHost;
let journal: OperationJournal;
beforeEach(async () => {
  host = await createTestHost();
  journal = openOperationJournal(host.path('operations.sqlite'));
});
afterEach(async () => {
  journal.close();
  await host.dispose();
});

const reopen = (): void => {
  journal.close();
  journal = openOperationJournal(host.path('operations.sqlite'));
};

describe('the journal of operations', () => {
  test('knows after reopening what was accepted, started and ended, and the highest fence', () => {
    const [first, second, third] = [1, 2, 3].map((fence) => host.request('block-traffic', {}, { fence }));
    if (!first || !second || !third) throw new Error('three requests');
    const end = {
      operationId: first.operationId,
      kind: first.kind,
      state: 'uncertain',
      message: 'm',
      hint: 'h',
    } as const;
    for (const request of [first, second, third]) journal.accept(request, 1);
    journal.start(first.operationId, 2);
    journal.start(second.operationId, 2);
    journal.finish(end, 3);

    reopen();

    expect(journal.find(first.operationId)).toEqual({ request: first, started: true, result: end });
    expect(journal.listUnfinished()).toEqual([second.operationId, third.operationId]);
    expect(journal.find(second.operationId)).toEqual({ request: second, started: true, result: null });
    expect(journal.find(third.operationId)).toEqual({ request: third, started: false, result: null });
    expect(journal.highestFence()).toBe(3);
    expect(journal.find('R1.never.1')).toBeNull();
  });

  test('keeps the grant of the last worker that asked', () => {
    const operationId = 'R1.twice.1';
    const older = host.request('block-traffic', {}, { operationId, fence: 1 });
    const newer = host.request('block-traffic', {}, { operationId, fence: 2 });

    journal.accept(older, 1);
    journal.accept(newer, 2);

    expect(journal.find(operationId)?.request).toEqual(newer);
    expect(journal.listUnfinished()).toHaveLength(1);
  });

  test('lets an operation end once', () => {
    const request = host.request('block-traffic', {});
    const end = {
      operationId: request.operationId,
      kind: request.kind,
      state: 'uncertain',
      message: 'm',
      hint: 'h',
    } as const;
    journal.accept(request, 1);
    journal.finish(end, 2);

    expect(() => journal.finish(end, 3)).toThrow(/UNIQUE/);
  });

  test('cannot be edited', () => {
    journal.accept(host.request('block-traffic', {}), 1);
    journal.close();
    const db = new DatabaseSync(host.path('operations.sqlite'));

    expect(() => db.exec('DELETE FROM operation_event')).toThrow(/append-only/);
    expect(() => db.exec('UPDATE operation_event SET fence = 0')).toThrow(/append-only/);

    db.close();
    journal = openOperationJournal(host.path('operations.sqlite'));
  });

  test('belongs to one agent at a time', () => {
    expect(() => openOperationJournal(host.path('operations.sqlite'))).toThrow(/Another agent of this host/);
  });
});
