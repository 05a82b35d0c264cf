/**
 * Which restores there are. Those that go on are replayed; of those that have ended, whose number only grows, the summary is read
 * that was kept at their end. One without (of an earlier version, or changed by somebody) is replayed once more and kept again.
 */
import { setImmediate } from 'node:timers/promises';
import { type Journal, JournalUnreadable } from '../../aurora/journal.ts';
import { type EndedRestore, endedOf, readEnded, summaryOf } from '../record/ended.ts';
import type { RestoreEvent } from '../record/events.ts';
import { foldJournal } from '../record/fold.ts';
import type { RestoreState } from '../record/state.ts';

/** Newest first; and those that nothing can be said about but why. */
export interface Listed {
  /** Those that go on. */
  readonly restores: readonly RestoreState[];
  readonly ended: readonly EndedRestore[];
  readonly unreadable: readonly JournalUnreadable[];
}

export interface Listing {
  readonly open?: boolean;
  readonly cluster?: string;
  /** Of those that have ended, no more than the newest ones. */
  readonly endedMax?: number;
}

type ReadsAll = Pick<Journal<RestoreEvent>, 'read' | 'listRestores' | 'readSummaries' | 'keepSummary'>;

export async function listRestores(
  journal: ReadsAll,
  { endedMax = Number.POSITIVE_INFINITY, ...filter }: Listing,
): Promise<Listed> {
  const all = await journal.listRestores(filter);
  const over = all.filter(({ open }) => !open).slice(-endedMax);
  const found = [...all.filter(({ open }) => open), ...over];
  const summaries = await journal.readSummaries(over.map(({ restoreId }) => restoreId));
  const restores: RestoreState[] = [];
  const ended: EndedRestore[] = [];
  const unreadable: JournalUnreadable[] = [];
  for (const { restoreId, open } of found) {
    const known = open ? null : readEnded(summaries.get(restoreId));
    if (known !== null) {
      ended.push(known);
      continue;
    }
    try {
      const records = await journal.read(restoreId);
      // It is gone, or was never begun.
      if (records.length === 0) continue;
      const state = foldJournal(records);
      const end = endedOf(state);
      if (end === null) restores.push(state);
      else {
        ended.push(end);
        // Without room on the disk it is replayed each time, and nobody who asks is the worse for it.
        await journal
          .keepSummary({ restoreId, seq: state.seq, summary: summaryOf(end) })
          .catch(() => undefined);
        // After an upgrade all of them come here, once: somebody may be pressing a button meanwhile.
        await setImmediate();
      }
    } catch (error) {
      if (!(error instanceof JournalUnreadable)) throw error;
      unreadable.push(error);
    }
  }
  return { restores: restores.sort(newestFirst), ended: ended.sort(newestFirst), unreadable };
}

function newestFirst(a: { readonly proposedAt: number }, b: { readonly proposedAt: number }): number {
  return b.proposedAt - a.proposedAt;
}
