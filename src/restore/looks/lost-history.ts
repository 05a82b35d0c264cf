/**
 * Whether this journal is the one that the agents have worked for. Each grant shows an agent the head of the journal, and what was
 * shown is gone from here only when the database was put back to an earlier copy, written anew, or exchanged.
 */
import type { HostStatus } from '../../aurora/hosts.ts';
import { JournalUnreadable } from '../../aurora/journal.ts';
import { restoreNumber } from '../../aurora/name-schemas.ts';
import type { LastGrant } from '../../aurora/operations.ts';
import { judgeStore, type StoreIdentity, seenAtText } from '../../aurora/store-identity.ts';
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
  { journal, identity }: Pick<RestoreDeps, 'journal' | 'identity'>,
  asked: { readonly restoreId: string; readonly fence: number; readonly status: HostStatus },
): Promise<LostHistory | null> {
  const { restoreId, fence, status } = asked;
  const stranger = await findStranger(identity, status);
  if (stranger !== null) return stranger;
  const { lastGrant } = status;
  if (lastGrant == null) return null;
  const found = await compareGrant(journal, { restoreId, lastGrant });
  if (found?.stops !== true && lastGrant.fence > fence)
    return {
      message: `it has seen fencing token ${lastGrant.fence}, and the bot's database has come to ${fence}: it would refuse every grant`,
      stops: true,
    };
  return found;
}

/** It works for another database, or for this one in the hands of another bot: it would refuse every grant. */
export async function findStranger(
  identity: StoreIdentity | undefined,
  { grants }: HostStatus,
): Promise<LostHistory | null> {
  const known = grants?.store ?? null;
  if (known === null || identity === undefined) return null;
  const { epoch, incarnation } = identity;
  const last = known.incarnation;
  const after = last !== null && (await identity.hasBeen(last)) ? { after: last } : {};
  const stranger = judgeStore({ epoch, incarnation, ...after }, known);
  if (stranger === null) return null;
  const when = `last new start seen ${seenAtText(known.at)}`;
  const message =
    stranger === 'copy'
      ? `it works for a bot that was started later on another copy of this database (${when}), and would refuse every grant`
      : `it works for another bot's database (${when}), and would refuse every grant`;
  return { message, stops: true };
}

async function compareGrant(
  journal: RestoreDeps['journal'],
  { restoreId, lastGrant }: { restoreId: string; lastGrant: LastGrant },
): Promise<LostHistory | null> {
  const { restoreId: of, journal: head } = lastGrant;
  const hashes = await readHashes(journal, of);
  if (hashes === null)
    return of === restoreId ? null : { message: `the record of ${of} is broken here`, stops: false };
  const stops = of === restoreId || restoreNumber(of) >= restoreNumber(restoreId);
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
