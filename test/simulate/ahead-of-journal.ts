/** The mistake `outbox-ahead-of-journal`: what is about to be written is shown already, and the disk takes its time. */
import type { Clock } from '../../src/aurora/clock.ts';
import type { Journal, Recorded } from '../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';

const slowDiskMs = 400;

/** `journal` is what the worker writes to, `seen` what the outbox reads. */
export function aheadOfJournal(
  store: Journal<RestoreEvent>,
  clock: Clock,
): { journal: Journal<RestoreEvent>; seen: Journal<RestoreEvent> } {
  const pending = new Map<string, readonly Recorded<RestoreEvent>[]>();
  const listeners = new Set<(restoreId: string) => void>();
  return {
    journal: {
      ...store,
      append: async (entry) => {
        const { restoreId, expectedSeq, at } = entry;
        const records = entry.events.map((event, index) => {
          return { restoreId, seq: expectedSeq + index + 1, at, event, hash: 'not yet' };
        });
        pending.set(restoreId, records);
        for (const listener of listeners) listener(restoreId);
        await clock.sleep(slowDiskMs);
        return await store.append(entry);
      },
    },
    seen: {
      ...store,
      read: async (restoreId, afterSeq = 0) => {
        const written = await store.read(restoreId, afterSeq);
        const last = written.at(-1)?.seq ?? afterSeq;
        return [...written, ...(pending.get(restoreId) ?? []).filter(({ seq }) => seq > last)];
      },
      onAppend: (listener) => {
        listeners.add(listener);
        const forget = store.onAppend(listener);
        return () => {
          listeners.delete(listener);
          forget();
        };
      },
    },
  };
}
