import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { chainHash } from '../../src/store/chain-hash.ts';
import { bo, proposed, stopGate } from '../restore/support/story.ts';
import { codeOf, implementations } from './support.ts';

const first = proposed();
const expired: RestoreEvent = { type: 'gate-expired', gate: 'stop' };
const ended: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'All is back.' };

describe.each(implementations)('a journal: %s', (_name, openPorts) => {
  const opened = async () => {
    const { journal, leases } = await openPorts();
    await journal.open({ restoreId: 'R1', cluster: 'east', at: 1, event: first });
    return { journal, leases };
  };

  it('reads back what was written, in order, each record chained to the one before it', async () => {
    const { journal } = await opened();
    const appended = await journal.append({
      restoreId: 'R1',
      expectedSeq: 1,
      at: 2,
      events: [stopGate(), expired],
    });

    const records = await journal.read('R1');

    expect(records.map(({ seq, at, event }) => [seq, at, event])).toEqual([
      [1, 1, first],
      [2, 2, stopGate()],
      [3, 2, expired],
    ]);
    expect(records.slice(1)).toEqual(appended);
    let previous = '';
    for (const { restoreId, seq, at, event, hash } of records) {
      expect(hash).toBe(chainHash(previous, { restoreId, seq, at, event }));
      previous = hash;
    }
  });

  it('reads what comes after a sequence, and nothing of a restore it does not know', async () => {
    const { journal } = await opened();
    await journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate(), expired] });

    expect((await journal.read('R1', 2)).map(({ event }) => event)).toEqual([expired]);
    expect(await journal.read('R1', 3)).toEqual([]);
    expect(await journal.read('R9')).toEqual([]);
  });

  it('refuses an append that was decided on an older state, and writes none of it', async () => {
    const { journal } = await opened();
    await journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });

    const late = await codeOf(
      journal.append({ restoreId: 'R1', expectedSeq: 1, at: 3, events: [expired, ended] }),
    );

    expect(late).toBe('journal-moved');
    expect((await journal.read('R1')).length).toBe(2);
  });

  it('takes one of two appends that were decided at once', async () => {
    const { journal } = await opened();
    const append = (event: RestoreEvent) =>
      codeOf(journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [event] }));

    const both = await Promise.all([append(stopGate('a')), append(stopGate('b'))]);

    expect(both.sort()).toEqual(['accepted', 'journal-moved']);
    expect((await journal.read('R1')).length).toBe(2);
  });

  it('writes nothing that could not be read back', async () => {
    const { journal } = await opened();
    const unknown = { type: 'moon-seen', person: bo } as unknown as RestoreEvent;

    const refused = codeOf(
      journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate(), unknown] }),
    );

    expect(await refused).toContain('its type is "moon-seen", which this version does not know');
    expect((await journal.read('R1')).length).toBe(1);
  });

  it('lets one restore a cluster be open, also when two are opened at once', async () => {
    const { journal } = await openPorts();
    const open = (restoreId: string, cluster: string) =>
      codeOf(journal.open({ restoreId, cluster, at: 1, event: first }));

    const both = await Promise.all([open('R1', 'east'), open('R2', 'east')]);
    const other = await open('R3', 'west');

    expect(both.sort()).toEqual(['accepted', 'cluster-busy']);
    expect(other).toBe('accepted');
  });

  it('frees the cluster with the event that ends the restore, and lists both', async () => {
    const { journal } = await opened();
    await journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [ended], ends: true });

    const next = await codeOf(journal.open({ restoreId: 'R2', cluster: 'east', at: 3, event: first }));

    expect(next).toBe('accepted');
    const one = { restoreId: 'R1', cluster: 'east', open: false };
    const two = { restoreId: 'R2', cluster: 'east', open: true };
    expect(await journal.listRestores({})).toEqual([one, two]);
    expect(await journal.listRestores({ open: true })).toEqual([two]);
    expect(await journal.listRestores({ open: false, cluster: 'east' })).toEqual([one]);
    expect(await journal.listRestores({ cluster: 'west' })).toEqual([]);
  });

  it('keeps a journal in short with the records that it is made of, until others follow', async () => {
    const { journal } = await opened();
    const summary = { text: '{"seq":3}', version: 2 };
    const seen: number[] = [];
    await journal.append({
      restoreId: 'R1',
      expectedSeq: 1,
      at: 2,
      events: [stopGate(), ended],
      ends: true,
      summarise: (records) => {
        seen.push(...records.map(({ seq }) => seq));
        return summary;
      },
    });

    expect(seen).toEqual([2, 3]);
    expect(await journal.readSummaries()).toEqual(new Map([['R1', summary]]));
    await journal.append({
      restoreId: 'R1',
      expectedSeq: 3,
      at: 3,
      events: [expired],
      summarise: () => null,
    });
    expect(await journal.readSummaries()).toEqual(new Map());
    await journal.keepSummary({ restoreId: 'R1', seq: 3, summary });
    expect(await journal.readSummaries()).toEqual(new Map());
    await journal.keepSummary({ restoreId: 'R1', seq: 4, summary });
    expect(await journal.readSummaries()).toEqual(new Map([['R1', summary]]));
  });

  it('keeps nothing in short of what was refused', async () => {
    const { journal } = await opened();
    const summarise = () => ({ text: '{}', version: 1 });

    await codeOf(
      journal.append({ restoreId: 'R1', expectedSeq: 7, at: 2, events: [ended], ends: true, summarise }),
    );

    expect(await journal.readSummaries()).toEqual(new Map());
  });

  it('never gives a restore name twice', async () => {
    const { journal } = await openPorts();

    const names = await Promise.all(Array.from({ length: 20 }, () => journal.nextRestoreId()));

    expect(new Set(names).size).toBe(20);
  });

  it('tells of every commit, and of nothing that was refused, until it is told to stop', async () => {
    const { journal } = await openPorts();
    const told: string[] = [];
    const stop = journal.onAppend((restoreId) => told.push(restoreId));

    await journal.open({ restoreId: 'R1', cluster: 'east', at: 1, event: first });
    await journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
    await codeOf(journal.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [expired] }));
    stop();
    await journal.append({ restoreId: 'R1', expectedSeq: 2, at: 2, events: [expired] });

    expect(told).toEqual(['R1', 'R1']);
  });

  it('refuses the write of a worker whose lease was taken over, and takes that of the one who has it', async () => {
    const { journal, leases } = await opened();
    const old = await leases.acquire({ cluster: 'east', owner: 'a', ttlMs: 100, now: 0 });
    if (old !== null) await leases.release(old);
    const taken = await leases.acquire({ cluster: 'east', owner: 'b', ttlMs: 100, now: 0 });
    if (old === null || taken === null) throw new Error('both should have been given');
    const write = { restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] };

    expect(await codeOf(journal.append({ ...write, lease: old }))).toBe('lease-lost');
    expect(await codeOf(journal.append({ ...write, lease: taken }))).toBe('accepted');
  });
});
