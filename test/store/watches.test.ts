import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { eventForm } from '../../src/restore/record/events.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import { openSqliteStore, rekeySqliteStore } from '../../src/store/store.ts';
import { newDatabase, openStore } from '../contracts/support.ts';
import { testKey } from '../support/journal-key.ts';

const kept = { cluster: 'east', text: '{"alarms":[]}', version: 1 };

it('what a watch keeps is read back as it was saved last, for its cluster alone', async () => {
  const store = await openStore(await newDatabase());
  await store.saveWatch({ ...kept, text: '{}' });

  await store.saveWatch(kept);

  expect(await store.loadWatch('east')).toEqual({ text: kept.text, version: 1 });
  expect(await store.loadWatch('west')).toBeNull();
});

it.each([
  ['its text', `UPDATE watches SET body = '{}'`],
  ['its version', 'UPDATE watches SET version = 2'],
  ['whose it is', `UPDATE watches SET cluster = 'west'`],
])('it counts as not there when somebody else has changed %s', async (_what, statement) => {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.saveWatch(kept);

  new DatabaseSync(path).exec(statement);

  expect([await store.loadWatch('east'), await store.loadWatch('west')]).toEqual([null, null]);
});

it('goes over to another key with its messages', async () => {
  const path = await newDatabase();
  const store = await openSqliteStore(path, { form: eventForm, key: testKey });
  const post = {
    key: 'watch:east:a.1',
    restoreId: 'watch:east',
    channel: 'C1',
    ts: '1.1',
    contentSha256: 'aa',
  };
  await store.saveWatch(kept);
  await store.savePost(post);
  await store.close();
  const key = journalKeyFrom(new Uint8Array(32).fill(7));

  await rekeySqliteStore(path, { from: testKey, to: key });

  const after = await openSqliteStore(path, { form: eventForm, key });
  expect(await after.loadWatch('east')).toEqual({ text: kept.text, version: 1 });
  expect(await after.findPost(post.key)).toEqual(post);
  await after.close();
});
