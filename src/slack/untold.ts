/** Which restores are not in Slack to their end. */
import { type Journal, readAsFar } from '../aurora/journal.ts';
import type { PostLedger } from '../aurora/outbox.ts';
import { readEnded } from '../restore/record/ended.ts';
import type { RestoreEvent } from '../restore/record/events.ts';

interface UntoldDeps {
  readonly journal: Pick<Journal<RestoreEvent>, 'read' | 'listRestores' | 'readSummaries'>;
  readonly ledger: Pick<PostLedger, 'readCursors'>;
}

/** Whatever goes on, and what has ended and was not told: journals are read only of those without a summary. */
export async function listUntold(deps: UntoldDeps): Promise<readonly string[]> {
  const { journal, ledger } = deps;
  const summaries = await journal.readSummaries();
  const cursors = await ledger.readCursors();
  const untold: string[] = [];
  for (const { restoreId, open } of await journal.listRestores({})) {
    const cursor = cursors.get(restoreId) ?? 0;
    const ended = open ? null : readEnded(summaries.get(restoreId));
    const told = ended === null ? !open && !(await isBehind(deps, restoreId, cursor)) : ended.seq <= cursor;
    if (!told) untold.push(restoreId);
  }
  return untold;
}

async function isBehind({ journal }: UntoldDeps, restoreId: string, cursor: number): Promise<boolean> {
  const { records, unreadable } = await readAsFar(journal, { restoreId, afterSeq: cursor });
  return records.length > 0 || unreadable !== null;
}
