/** What a bot keeps stays small: long texts are compressed, old ones go by a rule, and nobody's deliveries are kept for ever. */
import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { eventForm } from '../../src/restore/record/events.ts';
import { pack, unpack } from '../../src/store/pack.ts';
import { openSqliteReader } from '../../src/store/store.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';

const day = 24 * 3_600_000;
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As many rows as tasks, in the form of a blast radius; ids as Aurora makes them. */
function taskList(tasks: number): string {
  const rows = Array.from({ length: tasks }, (_, index) => {
    const job = `service-${index % 9_888}`;
    return {
      taskId: `www-${index % 97}-prod-${job}-${index % 50}-${randomUUID()}`,
      jobKey: { role: `www-${index % 97}`, environment: 'prod', name: job },
      instanceId: index % 50,
      status: 'RUNNING',
      tier: 'preferred',
      owner: `team-${index % 97}`,
      slaveHost: `agent-${index % 2_000}.example.org`,
      why: 'running in both',
    };
  });
  return JSON.stringify({ killed: [], rescheduled: [], kept: rows });
}

async function ended({ at = 0, document = taskList(200) } = {}) {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.open({ restoreId: 'R1', cluster: 'east', at, event: proposed() });
  await store.save({ restoreId: 'R1', name: 'preview', text: document, version: 3 });
  await store.save({ restoreId: 'R1', name: 'runs', text: '{"explicit":1}', version: 1 });
  await store.append({
    restoreId: 'R1',
    expectedSeq: 1,
    at,
    events: [{ type: 'restore-ended', outcome: 'undone', message: 'All is back.' }],
    ends: true,
  });
  return { path, store, document };
}

describe('documents', () => {
  it('of a hundred thousand tasks take less than a quarter of their length on the disk', async () => {
    const path = await newDatabase();
    const store = await openStore(path);
    const text = taskList(100_000);

    const saved = await store.save({ restoreId: 'R1', name: 'preview', text, version: 1 });
    const read = await store.load('R1', 'preview');
    await store.close();

    expect(saved).toEqual({ sha256: sha256Of(text), bytes: Buffer.byteLength(text) });
    expect(read?.text === text).toBe(true);
    expect((await stat(path)).size).toBeLessThan(text.length / 4);
  });

  it.each([
    ['empty', ''],
    ['short', '[]'],
    ['long, and of all kinds of characters', 'aä€😀'.repeat(100_000)],
    ['cut by pieces in the middle of a character', `${'a'.repeat(256 * 1024 - 1)}😀${'b'.repeat(300_000)}`],
    ['long, with half of a character at its end', `${'a'.repeat(256 * 1024 - 1)}\ud83d`.toWellFormed()],
  ])('are read back as they were kept: %s', async (_what, text) => {
    const store = await openStore(':memory:');

    const { sha256 } = await store.save({ restoreId: 'R1', name: 'list', text, version: 7 });

    expect(sha256).toBe(sha256Of(text));
    expect(await store.load('R1', 'list')).toEqual({ text, version: 7 });
  });

  it.each([
    ['other bytes', `body = x'28b52ffd2000010000'`],
    ['bytes that are cut', 'body = substr(body, 1, 40)'],
    ['a text where bytes are due', `body = '[]'`],
    ['bytes where a text is due', `encoding = 'text'`],
    ['no bytes', `body = x''`],
    ['the mark of a removal', `body = '', removed_at = 1`],
  ])('that somebody has changed are refused: %s', async (_what, change) => {
    const { path, store } = await ended();
    new DatabaseSync(path).exec(`UPDATE documents SET ${change} WHERE name = 'preview'`);

    expect(await codeOf(store.load('R1', 'preview'))).toBe('document-unreadable');
  });

  it('that unpack to more than is allowed are given up before they are all there', async () => {
    const { body, encoding } = await pack('a'.repeat(1_000_000));

    await expect(unpack({ body, encoding }, { bytesMax: 999_999 })).rejects.toThrow(
      'longer than any document',
    );
    expect((await unpack({ body, encoding }, { bytesMax: 1_000_000 })).text).toHaveLength(1_000_000);
  });
});

describe('the rule for old documents', () => {
  it('removes the large ones of what ended long ago, and keeps name, sha256 and day', async () => {
    const { path, store, document } = await ended({ at: 5 * day });

    const early = await store.tidy({ now: 95 * day, keepDocumentsMs: 90 * day });
    expect(early.documents).toBe(0);
    const due = await store.tidy({ now: 95 * day + 1, keepDocumentsMs: 90 * day });

    expect(due.documents).toBe(1);
    await expect(store.load('R1', 'preview')).rejects.toMatchObject({
      code: 'document-removed',
      message:
        'The document "preview" of R1 was removed by rule on 1970-04-06, long after that restore ended.',
    });
    expect(await store.load('R1', 'runs')).toEqual({ text: '{"explicit":1}', version: 1 });
    const reader = await openSqliteReader(path, { form: eventForm, key: testKey });
    expect(await reader.listRemoved('R1')).toEqual([
      { name: 'preview', sha256: sha256Of(document), removedAt: 95 * day + 1 },
    ]);
    await reader.close();
    const stored = new DatabaseSync(path).prepare('SELECT sum(length(body)) AS bytes FROM documents').get();
    expect(stored).toEqual({ bytes: '{"explicit":1}'.length });
    expect((await store.tidy({ now: 99 * day, keepDocumentsMs: 90 * day })).documents).toBe(0);
  });

  it('touches nothing of a restore that goes on, and nothing that this bot did not write', async () => {
    const { path, store } = await ended();
    await store.open({ restoreId: 'R2', cluster: 'east', at: 0, event: proposed() });
    await store.save({ restoreId: 'R2', name: 'preview', text: taskList(200), version: 1 });
    new DatabaseSync(path).exec(`UPDATE documents SET mac = 'aa' WHERE restore_id = 'R1'`);

    expect((await store.tidy({ now: 400 * day, keepDocumentsMs: day })).documents).toBe(0);
    expect(await store.load('R2', 'preview')).not.toBeNull();
    expect(await codeOf(store.load('R1', 'preview'))).toBe('document-unreadable');
  });
});

it('a delivery is known for as long as Slack can repeat it, and then forgotten', async () => {
  const store = await openStore(':memory:');
  await store.claim('event:1', 0);
  const tidy = (now: number) => store.tidy({ now, keepDocumentsMs: day });

  expect((await tidy(day)).deliveries).toBe(0);
  expect(await store.claim('event:1', day)).toBe(false);

  expect((await tidy(2 * day + 1)).deliveries).toBe(1);
  expect(await store.claim('event:1', 2 * day + 1)).toBe(true);
});
