/**
 * Which database a bot works from, and which start of the bot on it. Grants name both, so that a host tells the database it works
 * for from a new one, and from a copy that another bot runs on.
 */
import { createHash } from 'node:crypto';

/** As a grant carries it. */
export interface GrantedStore {
  /** 32 hex digits, random, made once with the database. No agent ever tells it: it proves that the grant comes from there. */
  readonly epoch: string;
  /** Random, of this start of the bot. */
  readonly incarnation: string;
  /** The start that the agent has seen last, where this database remembers it as an earlier one of its own. */
  readonly after?: string;
}

/** What an agent tells of the database that it works for. */
export interface KnownStore {
  /** `storeName` of its epoch. */
  readonly name: string;
  /** The start of a bot on it that was seen last; `null` when none has been yet. */
  readonly incarnation: string | null;
  /** When that start was seen first, by the clock of the host; milliseconds since the epoch. */
  readonly at: number;
}

/** Of the database that is open. */
export interface StoreIdentity {
  readonly epoch: string;
  readonly incarnation: string;
  /** A bot was started on this very database under that name, before now. */
  hasBeen(incarnation: string): Promise<boolean>;
}

/** What may be shown of an epoch: 32 hex digits of its sha256. */
export function storeName(epoch: string): string {
  return createHash('sha256').update(epoch).digest('hex').slice(0, 32);
}

/** Why a host does not take a bot's grants. `copy`: the bot runs on a copy of the database that the host works for. */
export type StoreStranger = 'unnamed' | 'other' | 'copy';

/** `null` when the grant comes from the database that the host works for, or the host knows none yet. */
export function judgeStore(store: GrantedStore | undefined, known: KnownStore | null): StoreStranger | null {
  if (known === null) return null;
  if (store === undefined) return 'unnamed';
  if (storeName(store.epoch) !== known.name) return 'other';
  const { incarnation } = known;
  return incarnation === null || [store.incarnation, store.after].includes(incarnation) ? null : 'copy';
}

/** `29 Nov 2026, 20:13 UTC`. */
export function seenAtText(at: number): string {
  const text = new Date(at).toUTCString();
  return `${text.slice(5, 16)}, ${text.slice(17, 22)} UTC`;
}
