/**
 * Whether this journal is the one that the agents have worked for. Each grant shows an agent the head of the journal, and what was
 * shown is gone from here only when the database was put back to an earlier copy, written anew, or exchanged.
 */
import type { HostStatus } from '../../aurora/hosts.ts';
import { JournalUnreadable } from '../../aurora/journal.ts';
import type { RestoreDeps } from '../ports.ts';

/** What is missing here. */
export interface LostHistory {
  /** A sentence that names no host. */
  readonly message: string;
  /** The restore itself is in doubt, or its name was given to another one: nothing may be done for it. */
  readonly stops: boolean;
}

/** `null` when everything is there that this agent was shown. `fence`: of our own lease. */
export async function findLostHistory(
  { journal }: Pick<RestoreDeps, 'journal'>,
  asked: { readonly restoreId: string; readonly fence: number; readonly status: HostStatus },
): Promise<LostHistory | null> {
  const { restoreId, fence, status } = asked;
  const { lastGrant } = status;
  if (lastGrant == null) return null;
  const { restoreId: of, journal: head } = lastGrant;
  const hashes = await readHashes(journal, of);
  if (hashes === null)
    return of === restoreId ? null : { message: `the record of ${of} is broken here`, stops: false };
  const stops = of === restoreId || numberOf(of) >= numberOf(restoreId);
  if (hashes.length === 0)
    return { message: `it has worked for ${of}, which the bot's database does not know`, stops };
  if (head !== undefined && head.seq > hashes.length)
    return {
      message: `it has seen event ${head.seq} of ${of}, and the bot's database ends with event ${hashes.length}`,
      stops,
    };
  if (head !== undefined && hashes[head.seq - 1] !== head.hash)
    return { message: `it has seen another event ${head.seq} of ${of} than the bot's database has`, stops };
  if (head !== undefined && (await wasKeyedLater(journal, { restoreId, of, seq: head.seq })))
    return {
      message: `the record was keyed when it saw ${of}, and the bot's database says it was not`,
      stops: true,
    };
  if (lastGrant.fence > fence)
    return {
      message: `it has seen fencing token ${lastGrant.fence}, and the bot's database has come to ${fence}: it would refuse every grant`,
      stops: true,
    };
  return null;
}

/** A grant that names a head was made of a keyed journal; whatever says that it was keyed later was put there. */
async function wasKeyedLater(
  journal: RestoreDeps['journal'],
  { restoreId, of, seq }: { restoreId: string; of: string; seq: number },
): Promise<boolean> {
  const keyedFrom = await journal.keyedFrom(restoreId);
  return of === restoreId ? keyedFrom > seq : keyedFrom > 1;
}

/** `null` when it cannot be read; whoever reads it for its own sake is told. */
async function readHashes(journal: RestoreDeps['journal'], restoreId: string): Promise<string[] | null> {
  try {
    return (await journal.read(restoreId)).map(({ hash }) => hash);
  } catch (error) {
    if (error instanceof JournalUnreadable) return null;
    throw error;
  }
}

/** 0 for a name that is none of ours. */
function numberOf(restoreId: string): number {
  return Number(/^R(\d{1,9})$/.exec(restoreId)?.[1] ?? 0);
}
