/** What was seen of backups over days: one row a content, whatever hosts say, and no longer than it is wanted. */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { FleetHistory, SeenBackup } from '../../src/aurora/fleet.ts';
import { eventForm } from '../../src/restore/record/events.ts';
import { openSqliteStore } from '../../src/store/store.ts';
import { newDatabase } from '../contracts/support.ts';
import { testKey } from '../support/journal-key.ts';

const day = 86_400_000;
type Noted = Omit<SeenBackup, 'firstSeenMs' | 'lastSeenMs'>;

function backup(changes: Partial<Noted> = {}): Noted {
  return {
    sha256: 'ab'.repeat(32),
    contentAtMs: 1_000,
    bytes: 10,
    tasks: 9,
    jobs: 3,
    verdict: 'ok',
    frameworkId: 'F1',
    copies: [{ host: 'aurora-1', name: 'scheduler-backup-2026-11-23-16-30' }],
    ...changes,
  };
}
const sha = (digit: number): string => `${digit}`.padStart(64, '0');

async function open(path: string) {
  return await openSqliteStore(path, { form: eventForm, key: testKey, keepHistoryMs: 10 * day });
}
const all = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const listAll = (history: FleetHistory) => history.listSeen('east', all);

it('keeps when a content was seen first and last, and where it lay last, across restarts', async () => {
  const path = await newDatabase();
  const store = await open(path);
  await store.noteSeen('east', { atMs: 1 * day, backups: [backup()] });
  await store.noteSeen('west', { atMs: 1 * day, backups: [backup({ tasks: 1 })] });
  await store.close();
  const again = await open(path);
  const copies = [{ host: 'aurora-2', name: 'scheduler-backup-2026-11-23-16-30' }];
  await again.noteSeen('east', { atMs: 2 * day, backups: [backup({ copies, verdict: 'suspicious' })] });

  expect(await listAll(again)).toEqual([
    { ...backup({ copies, verdict: 'suspicious' }), firstSeenMs: 1 * day, lastSeenMs: 2 * day },
  ]);
  await again.close();
});

it('lists any number, each once and the newest content first, and lets others work meanwhile', async () => {
  const store = await open(await newDatabase());
  const times = Array.from({ length: 1_201 }, (_, index) => (index * 7_919) % 1_201);
  const backups = times.map((time, index) =>
    backup({ sha256: sha(index), contentAtMs: time === 0 ? null : time }),
  );
  await store.noteSeen('east', { atMs: day, backups });
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    others = setImmediate(turn);
  };
  let others = setImmediate(turn);

  const found = await listAll(store);

  clearImmediate(others);
  expect(found.map(({ contentAtMs }) => contentAtMs)).toEqual([
    ...times.filter((time) => time > 0).sort((a, b) => b - a),
    null,
  ]);
  expect(turns).toBeGreaterThanOrEqual(2);
  await store.close();
});

it('lists what was there at some time of a span, its ends included, the newest content first', async () => {
  const store = await open(await newDatabase());
  const seen = [
    { at: 1, of: backup({ sha256: sha(1), contentAtMs: 30 }) },
    { at: 2, of: backup({ sha256: sha(2), contentAtMs: null }) },
    { at: 3, of: backup({ sha256: sha(3), contentAtMs: 50 }) },
    { at: 4, of: backup({ sha256: sha(4), contentAtMs: 40 }) },
  ];
  for (const { at, of } of seen) await store.noteSeen('east', { atMs: at, backups: [of] });

  const found = await store.listSeen('east', { fromMs: 2, toMs: 4 });

  expect(found.map(({ sha256 }) => sha256)).toEqual([sha(3), sha(4), sha(2)]);
  expect(await store.listSeen('east', { fromMs: 5, toMs: 9 })).toEqual([]);
  await store.close();
});

it('forgets what was last seen longer ago than it is to be kept, of that cluster', async () => {
  const store = await open(await newDatabase());
  await store.noteSeen('east', { atMs: 1 * day, backups: [backup({ sha256: sha(1) })] });
  await store.noteSeen('west', { atMs: 1 * day, backups: [backup({ sha256: sha(1) })] });
  await store.noteSeen('east', { atMs: 11 * day, backups: [backup({ sha256: sha(2) })] });
  const kept = await listAll(store);
  await store.noteSeen('east', { atMs: 11 * day + 1, backups: [] });

  expect(kept).toHaveLength(2);
  expect((await listAll(store)).map(({ sha256 }) => sha256)).toEqual([sha(2)]);
  expect(await store.listSeen('west', all)).toHaveLength(1);
  await store.close();
});

it('makes nothing unseen when the clock was set back', async () => {
  const store = await open(await newDatabase());
  await store.noteSeen('east', { atMs: 5 * day, backups: [backup()] });
  await store.noteSeen('east', { atMs: 3 * day, backups: [backup()] });

  expect(await listAll(store)).toMatchObject([{ firstSeenMs: 3 * day, lastSeenMs: 5 * day }]);
  await store.close();
});

it('takes no number, name or hash as it comes from a host', async () => {
  const store = await open(await newDatabase());
  const long = 'x'.repeat(100_000);
  await store.noteSeen('east', {
    atMs: 1.5,
    backups: [
      backup({ sha256: `${long}` }),
      backup({ sha256: `'); DROP TABLE seen_backups; --` }),
      backup({
        contentAtMs: 1e300,
        bytes: Number.NaN,
        tasks: 2.5,
        frameworkId: long,
        copies: new Array(1_000).fill({ host: long, name: long }),
      }),
    ],
  });

  const [found, ...others] = await listAll(store);

  expect(others).toEqual([]);
  expect(found).toMatchObject({ contentAtMs: null, bytes: 0, tasks: 2, firstSeenMs: 1 });
  expect(found?.frameworkId).toHaveLength(300);
  expect(found?.copies).toHaveLength(64);
  expect(found?.copies[0]?.name).toHaveLength(300);
  await store.close();
});

it('keeps thousands of one look, and no more than there is room for', async () => {
  const store = await open(await newDatabase());
  const many = Array.from({ length: 3_000 }, (_, index) => backup({ sha256: sha(index) }));
  await store.noteSeen('east', { atMs: day, backups: [...many, ...many] });

  expect(await listAll(store)).toHaveLength(3_000);
  await store.close();
});

it('refuses a row that somebody else has written, and loses places that cannot be read', async () => {
  const path = await newDatabase();
  const store = await open(path);
  await store.noteSeen('east', { atMs: day, backups: [backup()] });
  const other = new DatabaseSync(path);

  other.exec(`UPDATE seen_backups SET copies = 'aurora-1'`);
  expect(await listAll(store)).toMatchObject([{ copies: [], tasks: 9 }]);
  other.exec(`UPDATE seen_backups SET verdict = 'fine'`);
  await expect(listAll(store)).rejects.toMatchObject({ code: 'row-unreadable' });
  other.close();
  await store.close();
});
