/** The database was put back to an earlier copy, or written anew: the agents have seen more. */
import { copyFile, unlink } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { HostStatus } from '../../../src/aurora/hosts.ts';
import type { LastGrant } from '../../../src/aurora/operations.ts';
import { findLostHistory } from '../../../src/restore/looks/lost-history.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Store } from '../../../src/store/store.ts';
import { newDatabase, openStore } from '../../contracts/support.ts';
import { proposed, stopGate } from '../support/story.ts';

const expired: RestoreEvent = { type: 'gate-expired', gate: 'stop' };
const other = 'cd'.repeat(32);

/** `R1` with three events. */
async function lived() {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  const [second, third] = await store.append({
    restoreId: 'R1',
    expectedSeq: 1,
    at: 2,
    events: [stopGate(), expired],
  });
  return { path, store, second: second?.hash ?? '', third: third?.hash ?? '' };
}

async function find(journal: Store<RestoreEvent>, lastGrant: LastGrant | null, restoreId = 'R1') {
  const status = { lastGrant } as HostStatus;
  return await findLostHistory({ journal }, { restoreId, fence: 5, status });
}

describe('what an agent has seen', () => {
  it('is all there', async () => {
    const { store, second } = await lived();

    expect(await find(store, null)).toBeNull();
    // Of a bot that did not say.
    expect(await find(store, { restoreId: 'R1', fence: 5 })).toBeNull();
    const seen = { restoreId: 'R1', fence: 5, journal: { seq: 2, hash: second } };
    for (const asked of ['R1', 'R2']) expect(await find(store, seen, asked)).toBeNull();
  });

  it.each([
    ['its end', 'R1', { seq: 7, hash: other }, 'it has seen event 7 of R1', true],
    ['what it says', 'R1', { seq: 2, hash: other }, 'it has seen another event 2 of R1', true],
    ['an earlier restore', 'R5', { seq: 7, hash: other }, 'it has seen event 7 of R1', false],
  ] as const)('is not there any more: %s', async (_what, asked, journal, message, stops) => {
    const { store } = await lived();

    expect(await find(store, { restoreId: 'R1', fence: 5, journal }, asked)).toEqual({
      message: expect.stringContaining(message) as string,
      stops,
    });
  });

  it.each([
    ['a name that is about to be given twice', 'R4', 'R4', true],
    ['a later one', 'R9', 'R4', true],
    ['an earlier one', 'R3', 'R4', false],
  ])('is another restore: %s', async (_what, seen, asked, stops) => {
    const { store } = await lived();
    const grant = { restoreId: seen, fence: 1, journal: { seq: 2, hash: other } };

    expect(await find(store, grant, asked)).toEqual({
      message: `it has worked for ${seen}, which the bot's database does not know`,
      stops,
    });
  });

  it('is a worker that this database has not come to', async () => {
    const { store } = await lived();

    expect(await find(store, { restoreId: 'R1', fence: 9 })).toMatchObject({
      message: expect.stringContaining('fencing token 9') as string,
      stops: true,
    });
  });

  it('is told from a database put back to an earlier copy, also when that has gone on since', async () => {
    const { path, store, third } = await lived();
    await store.close();
    await copyFile(path, `${path}.copy`);
    const later = await openStore(path);
    const [fourth] = await later.append({
      restoreId: 'R1',
      expectedSeq: 3,
      at: 3,
      events: [stopGate('d2')],
    });
    await later.close();
    for (const end of ['', '-wal', '-shm']) await unlink(`${path}${end}`).catch(() => undefined);
    await copyFile(`${path}.copy`, path);

    const back = await openStore(path);

    const known = { restoreId: 'R1', fence: 5, journal: { seq: 3, hash: third } };
    const lost = { restoreId: 'R1', fence: 5, journal: { seq: 4, hash: fourth?.hash ?? '' } };
    expect(await back.read('R1')).toHaveLength(3);
    expect(await find(back, known)).toBeNull();
    expect(await find(back, lost)).toMatchObject({ stops: true });
    await back.append({ restoreId: 'R1', expectedSeq: 3, at: 4, events: [stopGate('d3'), expired] });
    expect(await find(back, lost)).toMatchObject({ stops: true });
  });

  it('is of a keyed journal, and this one says that it was not keyed then', async () => {
    const { path, store, second } = await lived();
    await store.close();
    // Everything taken away that says it was keyed: also the file beside it.
    new DatabaseSync(path).exec(
      'DELETE FROM seals; UPDATE events SET mac = NULL; UPDATE restores SET mac = NULL',
    );
    await unlink(`${path}.keyed`);
    const forged = await openStore(path);

    expect(await forged.keyedFrom('R1')).toBe(4);
    const seen = { restoreId: 'R1', fence: 5, journal: { seq: 2, hash: second } };
    expect(await find(forged, seen)).toEqual({
      message: "the record was keyed when it saw R1, and the bot's database says it was not",
      stops: true,
    });
  });
});
