/** A restore that has ended, in short: what lists of many show of each, without a replay of its journal. */
import { z } from 'zod';
import type { KeptSummary } from '../../aurora/journal.ts';
import { readStored, type StoredForm, storedForm } from '../../aurora/stored-form.ts';
import type { RestoreState } from './state.ts';
import { outcome, struct } from './words.ts';

const endedRestore = struct({
  restoreId: z.string(),
  cluster: z.string(),
  proposedAt: z.int(),
  outcome,
  endedAt: z.int(),
  /** Of its newest event. */
  seq: z.int(),
});
export type EndedRestore = z.infer<typeof endedRestore>;

/** How the store keeps them; raised when more is asked of them, and those of before are made again from their journals. */
const endedForm: StoredForm<EndedRestore> = storedForm<EndedRestore>(1, endedRestore);

/** `null` for one that is not there, or in another form than this version's: it is made again. */
export function readEnded(kept: KeptSummary | undefined): EndedRestore | null {
  if (kept?.version !== endedForm.version) return null;
  try {
    return readStored(endedForm, kept);
  } catch {
    return null;
  }
}

/** `null` while it goes on. */
export function endedOf(state: RestoreState): EndedRestore | null {
  const { restoreId, proposal, proposedAt, ended, seq } = state;
  if (ended === null) return null;
  return {
    restoreId,
    cluster: proposal.cluster,
    proposedAt,
    outcome: ended.outcome,
    endedAt: ended.at,
    seq,
  };
}

/** As it is kept beside its journal. */
export function summaryOf(ended: EndedRestore): KeptSummary {
  return { text: JSON.stringify(ended), version: endedForm.version };
}
