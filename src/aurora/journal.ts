/** Words of the incident's journal, independent of what the events are about and of where they are kept. */
import { errorCodes } from './error-codes.ts';
import { AuroraError } from './errors.ts';

/** An event as it was written down. Never changed, never removed. */
export interface Recorded<E> {
  readonly restoreId: string;
  /** 1, 2, 3 … without gaps within a restore. */
  readonly seq: number;
  readonly at: number;
  readonly event: E;
  /** Hex sha256 over the previous hash and this record: the chain that makes an edit visible. */
  readonly hash: string;
}

/**
 * A journal with an event that cannot be read, or cannot follow: of a newer version, or changed by somebody else. Nothing
 * may be decided on what is before that event; it is for showing alone.
 */
export class JournalUnreadable extends AuroraError {
  readonly restoreId: string;
  /** What was asked for and is before the event, in order. */
  readonly readable: readonly Recorded<unknown>[];

  constructor(fault: JournalFault, words = unreadableWords(fault)) {
    const { restoreId, seq, readable = [] } = fault;
    super({ ...words, details: { restoreId, seq } });
    this.restoreId = restoreId;
    this.readable = readable;
  }
}

/** A cluster has one restore at a time. */
export function clusterBusy(cluster: string, restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.clusterBusy,
    message: `\`${cluster}\` already has a restore: ${restoreId}.`,
    hint: `One at a time: look at it with \`/aurora status ${cluster}\`.`,
  });
}

/** A journal that somebody else has written to: changed, cut, moved, or never written by this bot. */
export class JournalBroken extends JournalUnreadable {
  constructor(fault: JournalFault) {
    const { restoreId, seq, why } = fault;
    super(fault, {
      code: 'journal-broken',
      message: `The record of ${restoreId} is broken at event ${seq}: ${why}.`,
      hint: `Somebody else has written to the database, and nothing more is done about ${restoreId}. Keep a copy of the file, find out who, and compare what is left with the audit logs of the agents (\`record verify --against\`).`,
    });
  }
}

interface JournalFault {
  readonly restoreId: string;
  readonly seq: number;
  /** Ends a sentence. */
  readonly why: string;
  readonly readable?: readonly Recorded<unknown>[];
}

function unreadableWords({ restoreId, seq, why }: JournalFault) {
  return {
    code: 'journal-unreadable',
    message: `Event ${seq} of ${restoreId} cannot be read: ${why}.`,
    hint: `Nothing is done about ${restoreId} until it can. Start the version that wrote it, or put the database back from its copy.`,
  };
}

/** A journal in short, so that nobody has to replay it who wants to know no more than how it ended. */
export interface KeptSummary {
  readonly text: string;
  /** Of the form that the text is in, see `StoredForm`. */
  readonly version: number;
}

/** Proof that the writer may still act for a cluster; agents refuse an older fence. */
export interface Lease {
  readonly cluster: string;
  readonly owner: string;
  readonly fence: number;
}

/**
 * The append-only journal. An append is atomic: all its events or none. It is refused with AuroraError
 * `journal-moved` when `expectedSeq` is not the last sequence any more (read again and decide again), and with
 * `lease-lost` when a lease is given that somebody else holds now.
 */
export interface Journal<E> {
  /** Opens a restore with its first event; AuroraError `cluster-busy` when the cluster has one that has not ended. */
  open(restore: {
    restoreId: string;
    cluster: string;
    at: number;
    event: E;
  }): Promise<readonly Recorded<E>[]>;
  append(entry: {
    restoreId: string;
    expectedSeq: number;
    at: number;
    events: readonly E[];
    lease?: Lease;
    /** The last event ends the restore: the cluster is free for another one. */
    ends?: boolean;
    /** What is kept of the journal in short from now on, written with these records or not at all; `null`: nothing. */
    summarise?: (records: readonly Recorded<E>[]) => KeptSummary | null;
  }): Promise<readonly Recorded<E>[]>;
  /**
   * Every event in order, each verified; empty for an unknown restore. `JournalUnreadable` when there is one that cannot be
   * read, `JournalBroken` when one is not as it was written, or gone.
   */
  read(restoreId: string, afterSeq?: number): Promise<readonly Recorded<E>[]>;
  listRestores(filter: {
    open?: boolean;
    cluster?: string;
  }): Promise<readonly { restoreId: string; cluster: string; open: boolean }[]>;
  /**
   * By restore, of these; of all of them when absent. One that is missing, or not of the newest event of its journal, is not in it:
   * replay that, and keep it again.
   */
  readSummaries(restoreIds?: readonly string[]): Promise<ReadonlyMap<string, KeptSummary>>;
  /** Keeps what was made of a journal as it was at `seq`; nothing happens when that has moved on. */
  keepSummary(of: { restoreId: string; seq: number; summary: KeptSummary }): Promise<void>;
  /** Of the first event that was keyed when it was written: 1, but for a restore that began before journals were. */
  keyedFrom(restoreId: string): Promise<number>;
  /** The next free name, `R1`, `R2`, …; never given twice. */
  nextRestoreId(): Promise<string>;
  /** Calls back after every commit of an append in this process; returns the way to stop. */
  onAppend(listener: (restoreId: string) => void): () => void;
}

/** What is before an event that cannot be read, and why that cannot; for showing alone. */
export async function readAsFar<E>(
  journal: Pick<Journal<E>, 'read'>,
  { restoreId, afterSeq = 0 }: { restoreId: string; afterSeq?: number },
): Promise<{ records: readonly Recorded<E>[]; unreadable: JournalUnreadable | null }> {
  try {
    return { records: await journal.read(restoreId, afterSeq), unreadable: null };
  } catch (error) {
    if (!(error instanceof JournalUnreadable)) throw error;
    return { records: error.readable as readonly Recorded<E>[], unreadable: error };
  }
}

/** Leases with fencing: one worker per cluster, and whoever takes over gets a higher fence. */
export interface Leases {
  /** `null` when somebody else holds it and it has not run out. The same owner gets it again at once, with a new fence. */
  acquire(request: { cluster: string; owner: string; ttlMs: number; now: number }): Promise<Lease | null>;
  /** False when it was lost. */
  renew(lease: Lease, times: { ttlMs: number; now: number }): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** Long lists that belong to a restore (task ids), kept out of the events and named by them through a hash. */
export interface Documents {
  /** `version`: of the form that the text is in, see `StoredForm`. */
  save(document: {
    restoreId: string;
    name: string;
    text: string;
    version: number;
  }): Promise<{ sha256: string; bytes: number }>;
  /** `null` when there is none; AuroraError `document-unreadable` when it is not what was saved. */
  load(restoreId: string, name: string): Promise<{ text: string; version: number } | null>;
}

/** A text as it lies in the store; `sha256` (hex) is of the text as UTF-8. */
export interface PackedText {
  readonly encoding: 'text' | 'zstd';
  readonly body: string | Uint8Array;
  readonly sha256: string;
}

/** The same documents, for whoever packs and unpacks them elsewhere. What is loaded is as it was kept; its text has still to be compared. */
export interface PackedDocuments {
  savePacked(document: {
    restoreId: string;
    name: string;
    packed: PackedText;
    version: number;
  }): Promise<void>;
  loadPacked(restoreId: string, name: string): Promise<{ packed: PackedText; version: number } | null>;
}
