/** What an earlier version's bot has kept, as today's reads it: the journal whole, and keyed from its first start on. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openBotReader } from '../../src/cli/bot-store.ts';
import { verifyRecord } from '../../src/cli/verify-record.ts';
import { eventForm } from '../../src/restore/record/events.ts';
import { foldJournal } from '../../src/restore/record/fold.ts';
import { nextItem } from '../../src/restore/record/state.ts';
import { copyOf, moments, openOldStore } from './moments.ts';

const stands: Readonly<Record<string, object>> = {
  'set-aside': { next: 'initialize-log', signed: [], looks: false },
  'commit-gate': { next: 'commit', signed: ['bo'], looks: false },
  'second-look': { next: 'look', signed: ['bo', 'cy'], looks: true },
};

describe.each(moments)('the database of %s', (moment) => {
  it('is where the old bot was ended, and its record is whole', async () => {
    const directory = copyOf(moment);
    const where = { state: directory, grantKey: join(directory, 'grant.pem') };
    const reader = await openBotReader(where, eventForm);
    const records = await reader.read('R1');
    await reader.close();

    const state = foldJournal(records);

    expect(reader.keyed).toBe(false);
    expect({
      next: nextItem(state)?.name,
      signed: state.gates.commit?.signOffs.map(({ person }) => person.name) ?? [],
      looks: state.look !== null,
    }).toEqual(stands[moment.split('/')[1] ?? '']);
    const verdict = await verifyRecord(Readable.from(records.map((record) => `${JSON.stringify(record)}\n`)));
    expect(verdict).toMatchObject({ restoreId: 'R1', events: records.length, unreadable: null });
  });

  it('is keyed by the first start, which changes none of it', async () => {
    const directory = copyOf(moment);
    const where = { state: directory, grantKey: join(directory, 'grant.pem') };
    const before = await openBotReader(where, eventForm);
    const records = await before.read('R1');
    await before.close();

    const store = await openOldStore(moment);

    expect(await store.read('R1')).toEqual(records);
    expect(await store.listRestores({})).toMatchObject([{ restoreId: 'R1', cluster: 'east', open: true }]);
    expect(await store.nextRestoreId()).toBe('R2');
  });
});
