/**
 * Who asked for what and whether it was granted: one line of JSON for every operation and every read; refusals of a kind
 * are counted (audit-tally.ts). Kept for people; the agent itself never acts on it.
 *
 * Three chains, each with files of its own: what was done (`audit`), what was read, and what was refused. Whoever may ask,
 * or may not, can fill the one of what they do, and turn none of the others over.
 *
 * A grant is on disk before anything is done about it, and when the line cannot be written nothing is done. The rest is
 * written before the answer and synced with the next grant, or a second later; while the disk is full it is only counted
 * (`unwritten` of the next line). Files are rotated and bounded in number,
 * because whoever may ask could otherwise fill the disk that the restore needs.
 */
import { aboutPath, explainSystemError, isFull } from '../aurora/system-errors.ts';
import type { AuditEntry, AuditNote } from './audit-entry.ts';
import { type AuditBounds, type AuditFile, openAuditFile } from './audit-file.ts';
import { createAuditTally } from './audit-tally.ts';
import { createBallast } from './files/ballast.ts';

export interface AuditLog {
  /** Throws when it cannot be written: then the request must not be granted. */
  write(entry: AuditEntry | AuditNote): void;
  /** Hash of the last line of what was done, to be kept elsewhere. */
  head(): string;
  close(at: number): void;
}

/** The chains by their file names. */
export const auditChains = { done: 'audit', read: 'audit-reads', refused: 'audit-refused' } as const;

type Chain = keyof typeof auditChains;

/** Of so many files of what was done, reads and refusals may keep one each. */
const filesShare = 4;
const syncMs = 1_000;

/** Opens or begins the log in `directory`, readable by its owner only; `bounds` are those of what was done. */
export function openAuditLog(directory: string, bounds: AuditBounds, at: number): AuditLog {
  const ballast = createBallast(directory);
  const tally = createAuditTally();
  const smaller = { ...bounds, files: Math.max(1, Math.ceil(bounds.files / filesShare)) };
  const done = openChain(openAuditFile(directory, auditChains.done, bounds));
  const others = new Map<Exclude<Chain, 'done'>, OpenChain>();
  const other = (chain: Exclude<Chain, 'done'>): OpenChain => {
    const open = others.get(chain) ?? openChain(openAuditFile(directory, auditChains[chain], smaller));
    others.set(chain, open);
    return open;
  };

  const writeDone = (entry: AuditEntry | AuditNote): void => {
    try {
      if ('operation' in entry) ballast.spend(() => done.write(entry, true));
      else done.write(entry, false);
    } catch (error) {
      if (!isFull(error) || 'operation' in entry)
        throw explainSystemError(aboutPath(error, done.path)) ?? error;
      done.unwritten += 1;
    }
  };
  /** A full disk must not hide the host from the bot; what has no line is counted in the next one. */
  const writeOther = (chain: Exclude<Chain, 'done'>, entry: AuditEntry): void => {
    let open: OpenChain | null = null;
    try {
      open = other(chain);
      open.write(entry, false);
    } catch (error) {
      if (!isFull(error)) throw explainSystemError(aboutPath(error, open?.path ?? directory)) ?? error;
      if (open !== null) open.unwritten += 1;
    }
  };
  const place = (entry: AuditEntry): void => {
    const chain = chainOf(entry);
    if (chain === 'done') writeDone(entry);
    else writeOther(chain, entry);
  };

  ballast.spend(() => done.write({ at, event: 'opened' }, false));
  return {
    write: (entry) => {
      if ('event' in entry) return writeDone(entry);
      for (const due of entry.decision === 'granted' ? [entry] : tally.take(entry)) place(due);
      // A granted operation waits for no line but its own.
      if (chainOf(entry) === 'read') for (const due of tally.due(entry.at)) place(due);
    },
    head: () => done.head(),
    close: (closedAt) => {
      for (const due of tally.rest()) place(due);
      done.write({ at: closedAt, event: 'closed' }, false);
      for (const chain of [done, ...others.values()]) chain.close();
    },
  };
}

function chainOf({ decision, operation }: AuditEntry): Chain {
  if (decision === 'refused' || decision === 'failed') return 'refused';
  return operation === undefined ? 'read' : 'done';
}

interface OpenChain {
  readonly path: string;
  /** Lines that a full disk did not take. */
  unwritten: number;
  write(entry: AuditEntry | AuditNote, now: boolean): void;
  head(): string;
  close(): void;
}

/** Synced at once where that is asked for, and otherwise once a second. */
function openChain(file: AuditFile): OpenChain {
  let syncedAt = 0;
  return {
    path: file.path,
    unwritten: 0,
    write(entry, now) {
      file.append(this.unwritten === 0 ? entry : { ...entry, unwritten: this.unwritten });
      this.unwritten = 0;
      if (!now && entry.at - syncedAt < syncMs && entry.at >= syncedAt) return;
      file.sync();
      syncedAt = entry.at;
    },
    head: file.head,
    close: file.close,
  };
}
