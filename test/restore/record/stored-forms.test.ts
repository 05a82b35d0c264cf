/** Restores of every form that was ever stored, as the code of that day wrote them (fixtures/journals). */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AffectedTask, Effect } from '../../../src/aurora/backups.ts';
import type { Recorded } from '../../../src/aurora/journal.ts';
import { verifyRecord } from '../../../src/cli/verify-record.ts';
import { readBlastRadius } from '../../../src/restore/looks/blast.ts';
import { readRunning } from '../../../src/restore/looks/live-tasks.ts';
import { readStagedTasks } from '../../../src/restore/looks/staged-tasks.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import { runsBefore } from '../../../src/restore/steps/shared/reconciliation.ts';
import { openStore } from '../../contracts/support.ts';
import { wholeList } from '../../support/whole-list.ts';

const directory = new URL('../../fixtures/journals/', import.meta.url);
const names = readdirSync(directory)
  .filter((name) => !name.endsWith('-documents.jsonl'))
  .map((name) => name.replace('.jsonl', ''));

async function linesOf(name: string): Promise<string[]> {
  return (await readFile(new URL(`${name}.jsonl`, directory), 'utf8')).trimEnd().split('\n');
}

/** A store that holds what that day's had. */
async function replay(name: string) {
  const store = await openStore(':memory:');
  const records = (await linesOf(name)).map((line) => JSON.parse(line) as Recorded<RestoreEvent>);
  for (const { restoreId, seq, at, event } of records) {
    if (seq === 1) await store.open({ restoreId, cluster: 'east', at, event });
    else await store.append({ restoreId, expectedSeq: seq - 1, at, events: [event] });
  }
  const documents = (await linesOf(`${name}-documents`)).map((line) =>
    z.object({ name: z.string(), text: z.string() }).parse(JSON.parse(line)),
  );
  for (const document of documents) await store.save({ restoreId: 'R1', version: 1, ...document });
  return { store, records, kept: documents.map((document) => document.name) };
}

async function listsOf(read: ReturnType<typeof readBlastRadius>) {
  const lists: Record<Effect, AffectedTask[]> = { killed: [], rescheduled: [], kept: [] };
  for await (const { effect, task } of read) lists[effect].push(task);
  return lists;
}

describe.each(names)('a restore of %s', (name) => {
  it('is whole, and all of it is known', async () => {
    const verdict = await verifyRecord(Readable.from([(await linesOf(name)).join('\n')]));

    expect(verdict).toMatchObject({ restoreId: 'R1', unreadable: null });
  });

  it('comes out of the store as it went in, hash for hash, and is followed to its end', async () => {
    const { store, records } = await replay(name);

    const read = await store.read('R1');

    expect(read).toEqual(records);
    expect(foldJournal(read).ended?.outcome).toBe('completed');
  });

  it('has documents that are read as they were kept', async () => {
    const { store, kept } = await replay(name);
    const state = foldJournal(await store.read('R1'));
    const beside = { restoreId: 'R1', deps: { documents: store } };
    const loaders: Record<string, (name: string) => Promise<unknown>> = {
      'live-tasks': (document) => wholeList(readRunning(beside, document)),
      running: (document) => wholeList(readRunning(beside, document)),
      preview: (document) => listsOf(readBlastRadius(beside, document)),
      staged: (document) => listsOf(readBlastRadius(beside, document)),
      'staged-tasks': () => Array.fromAsync(readStagedTasks(store, state)),
      'runs-before-reconciling': () => runsBefore(beside),
    };

    for (const document of kept) {
      const text = (await store.load('R1', document))?.text ?? '';
      expect(await loaders[document]?.(document)).toEqual(JSON.parse(text));
    }
  });
});
