/**
 * Who asked for what and whether it was granted: one line of JSON for every request, reads and refusals too, each
 * naming the hash of the one before it (audit-chain.ts). Kept for people; the agent itself never acts on it.
 *
 * A grant is on disk before anything is done about it, and when the line cannot be written nothing is done. The rest is
 * written before the answer and synced with the next grant, or a second later; while the disk is full it is only counted
 * (`unwritten` of the next line). Files are rotated and bounded in number,
 * because whoever may ask could otherwise fill the disk that the restore needs.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { aboutPath, explainSystemError, isFull } from '../aurora/system-errors.ts';
import { chainStart, hashLine } from './audit-chain.ts';
import { createBallast } from './files/ballast.ts';

/** Where a request came from. */
export interface RequestSource {
  /** Address of the other side. */
  readonly from: string;
  /** Subject and fingerprint of its certificate; `null` without TLS. */
  readonly client: string | null;
  /** Method and path, as asked. */
  readonly request: string;
}

export interface AuditEntry extends RequestSource {
  readonly at: number;
  /** `failed`: it was granted and the agent could not answer it. */
  readonly decision: 'granted' | 'refused' | 'answered-again' | 'failed';
  /** Why it was refused; docs/agent.md lists the rules. */
  readonly rule?: string;
  /** HTTP, when the entry was written with the answer. */
  readonly status?: number;
  /** How many more of the kind came within the same second and have no line of their own. */
  readonly more?: number;
  readonly operation?: {
    readonly operationId: string;
    readonly kind: string;
    readonly restoreId: string;
    readonly step: string;
    readonly fence: number;
    readonly digest: string;
    readonly signers: readonly string[];
  };
}

/** Something the agent did of itself. */
interface AuditNote {
  readonly at: number;
  readonly event: 'opened' | 'closed' | 'traffic-blocked-again' | 'fence-reset' | 'state-accepted';
}

export interface AuditLog {
  /** Throws when it cannot be written: then the request must not be granted. */
  write(entry: AuditEntry | AuditNote): void;
  /** Hash of the last line, to be kept elsewhere. */
  head(): string;
  close(at: number): void;
}

export interface AuditBounds {
  readonly fileBytes: number;
  /** Rotated files that are kept. */
  readonly files: number;
}

const syncMs = 1_000;
/** More than the longest line. */
const tailBytes = 512 * 1024;

/** Opens or begins the log in `directory`, readable by its owner only. */
export function openAuditLog(directory: string, bounds: AuditBounds, at: number): AuditLog {
  const ballast = createBallast(directory);
  const path = join(directory, currentName);
  let previous = chainStart;
  let file = openSync(path, 'a+', 0o600);
  let bytes = fstatSync(file).size;
  let syncedAt = 0;
  let unwritten = 0;
  /** Where the file ends is known: nothing has failed since it was last looked at. */
  let sure = false;

  const append = (fields: object): void => {
    // After a crash or a failed write half a line may be there: the next one begins on its own and vouches for it.
    const torn = !sure && endsMidLine(file);
    if (torn) writeSync(file, '\n');
    if (!sure) previous = lastHash(directory);
    const line = JSON.stringify({ ...fields, ...(torn ? { torn } : {}), previous });
    sure = false;
    writeWhole(file, `${line}\n`);
    sure = true;
    bytes += Buffer.byteLength(line) + 1;
    previous = hashLine(line);
  };
  const rotate = (): void => {
    fsyncSync(file);
    closeSync(file);
    const rotated = listRotated(directory);
    const turn = turnOf(rotated.at(-1) ?? '') + 1;
    renameSync(path, join(directory, `audit-${String(turn).padStart(6, '0')}.jsonl`));
    for (const name of rotated.slice(0, Math.max(0, rotated.length + 1 - bounds.files))) {
      unlinkSync(join(directory, name));
    }
    file = openSync(path, 'a+', 0o600);
    bytes = 0;
  };

  const write = (entry: AuditEntry | AuditNote): void => {
    if (bytes > bounds.fileBytes) rotate();
    append(unwritten === 0 ? entry : { ...entry, unwritten });
    unwritten = 0;
    const granted = 'operation' in entry && entry.decision === 'granted';
    if (!granted && entry.at - syncedAt < syncMs && entry.at >= syncedAt) return;
    fsyncSync(file);
    syncedAt = entry.at;
  };

  ballast.spend(() => append({ at, event: 'opened' }));
  return {
    write: (entry) => {
      try {
        if ('operation' in entry) ballast.spend(() => write(entry));
        else write(entry);
      } catch (error) {
        // A full disk must not hide the host from the bot; what has no line is counted in the next one.
        if (!isFull(error) || 'operation' in entry) throw explainSystemError(aboutPath(error, path)) ?? error;
        unwritten += 1;
      }
    },
    head: () => previous,
    close: (closedAt) => {
      append({ at: closedAt, event: 'closed' });
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** Every file of the log, oldest first, as absolute paths. */
export function listAuditFiles(directory: string): readonly string[] {
  const names = [
    ...listRotated(directory),
    ...(existsSync(join(directory, currentName)) ? [currentName] : []),
  ];
  return names.map((name) => join(directory, name));
}

const currentName = 'audit.jsonl';

function listRotated(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => turnOf(name) > 0)
    .sort((a, b) => turnOf(a) - turnOf(b));
}

function turnOf(name: string): number {
  return Number(/^audit-(\d{6,9})\.jsonl$/.exec(name)?.[1] ?? 0);
}

/** Of the last line there is, whole or not. */
function lastHash(directory: string): string {
  for (const path of listAuditFiles(directory).toReversed()) {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(size, tailBytes));
      readSync(file, tail, 0, tail.length, size - tail.length);
      const last = tail.toString('utf8').replace(/\n$/, '').split('\n').at(-1) ?? '';
      if (last !== '') return hashLine(last);
    } finally {
      closeSync(file);
    }
  }
  return chainStart;
}

function endsMidLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
