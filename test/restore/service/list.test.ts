/** Of what has ended a summary is read, and no journal: it may be replayed once, and is not believed once it is not its end. */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Journal } from '../../../src/aurora/journal.ts';
import { appendDecided } from '../../../src/restore/append.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { listRestores } from '../../../src/restore/service/list.ts';
import type { Store } from '../../../src/store/store.ts';
import { newDatabase, openStore } from '../../contracts/support.ts';
import { openOffice } from '../support/office.ts';
import { proposed, stopGate, untilStopGate } from '../support/story.ts';

const end: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'All is back.' };

/** Restores that ended before summaries were kept, `R1` first. */
async function endedBefore(restores: number) {
  const path = await newDatabase();
  const store = await openStore(path);
  for (let number = 1; number <= restores; number += 1) {
    const restoreId = `R${number}`;
    await store.open({ restoreId, cluster: 'east', at: number, event: proposed() });
    await store.append({ restoreId, expectedSeq: 1, at: number, events: [stopGate(), end], ends: true });
  }
  return { path, store };
}

it('one that ends has its summary with its end, and keeps it when somebody comes too late', async () => {
  const office = await openOffice(untilStopGate());
  const decline = { restoreId: 'R1', gate: 'stop', digest: 's1', userId: 'UCY', reason: 'Not now.' } as const;

  await appendDecided({ journal: office.store }, async () => ({
    state: await office.state(),
    at: office.clock.now(),
    events: [end],
  }));
  const { seq } = await office.state();
  expect(await list(office.store)).toMatchObject({ ended: [{ outcome: 'undone', seq }], read: [] });

  const late = await office.service.take('decline', decline);
  expect(late).toMatchObject({ ok: false, refusal: { code: 'restore-ended' } });
  expect(await list(office.store)).toMatchObject({
    ended: [{ outcome: 'undone', seq: seq + 1 }],
    read: [],
  });
  await office.close();
});

/** Lists, and says which journals were read for it. */
async function list(store: Store<RestoreEvent>) {
  const read: string[] = [];
  const journal: Journal<RestoreEvent> = {
    ...store,
    read: async (restoreId, afterSeq) => {
      read.push(restoreId);
      return await store.read(restoreId, afterSeq);
    },
  };
  return { ...(await listRestores(journal, {})), read };
}

it('replays each once that has none, says the same of all of them ever after, newest first', async () => {
  const { path, store } = await endedBefore(20);
  const names = Array.from({ length: 20 }, (_, index) => `R${index + 1}`);

  const first = await list(store);
  const again = await list(store);
  await store.close();
  const anew = await list(await openStore(path));

  expect(first.read).toEqual(names);
  expect(first.ended.map(({ restoreId }) => restoreId)).toEqual(names.toReversed());
  expect(first.ended.at(-1)).toEqual({
    restoreId: 'R1',
    cluster: 'east',
    proposedAt: 1,
    outcome: 'undone',
    endedAt: 1,
    seq: 3,
  });
  expect(again).toEqual({ ...first, read: [] });
  expect(anew).toEqual({ ...first, read: [] });
});

it.each([
  [
    'of another restore',
    `UPDATE summaries SET body = replace(body, 'undone', 'completed') WHERE restore_id = 'R1'`,
  ],
  ['of a newer version', `UPDATE summaries SET version = 9 WHERE restore_id = 'R1'`],
  ['with another end', `UPDATE summaries SET head = 'aa' WHERE restore_id = 'R1'`],
  ['that is gone', `DELETE FROM summaries WHERE restore_id = 'R1'`],
  ['that is no row', `UPDATE summaries SET seq = 'x' WHERE restore_id = 'R1'`],
])('replays the journal instead of a summary %s', async (_what, change) => {
  const { path, store } = await endedBefore(2);
  const first = await list(store);

  new DatabaseSync(path).exec(change);

  expect(await list(store)).toEqual({ ...first, read: ['R1'] });
  expect((await list(store)).read).toEqual([]);
});

it.each([
  ['cut', `DELETE FROM events WHERE restore_id = 'R1' AND seq = 3`],
  [
    'gone on with',
    `INSERT INTO events (restore_id, seq, at, body, hash, version, mac) SELECT 'R1', 4, at, body, hash, version, mac FROM events WHERE restore_id = 'R2' AND seq = 3`,
  ],
])('says of a journal that somebody has %s what is wrong, and shows no summary', async (_what, change) => {
  const { path, store } = await endedBefore(2);
  await list(store);

  new DatabaseSync(path).exec(change);

  const { ended, unreadable } = await list(store);
  expect(ended.map(({ restoreId }) => restoreId)).toEqual(['R2']);
  expect(unreadable).toMatchObject([{ code: 'journal-broken', restoreId: 'R1' }]);
});

it('of many that have ended the newest are shown, and no other is read', async () => {
  const { store } = await endedBefore(20);
  const read: string[] = [];
  const journal = {
    ...store,
    read: async (restoreId: string) => {
      read.push(restoreId);
      return await store.read(restoreId);
    },
  };

  const { ended } = await listRestores(journal, { endedMax: 3 });
  const again = await listRestores(journal, { endedMax: 3 });

  expect(ended.map(({ restoreId }) => restoreId)).toEqual(['R20', 'R19', 'R18']);
  expect(again.ended).toEqual(ended);
  expect(read).toEqual(['R18', 'R19', 'R20']);
});

it('a cut is seen also when so many have been read since that this one is not in memory any more', async () => {
  const { path, store } = await endedBefore(30);
  for (let number = 1; number <= 30; number += 1) await store.read(`R${number}`);
  const cut = new DatabaseSync(path);

  cut.exec(`DELETE FROM events WHERE restore_id = 'R1' AND seq = 3`);

  await expect(store.read('R1')).rejects.toMatchObject({ code: 'journal-broken', details: { seq: 3 } });
  expect(await store.read('R2')).toHaveLength(3);
});
