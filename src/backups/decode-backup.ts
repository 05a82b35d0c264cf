import { createHash } from 'node:crypto';
import type { BackupReport } from '../aurora/backups.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { CodecError } from '../thrift/codec-error.ts';
import { StreamReader } from '../thrift/stream-reader.ts';
import { BackupFold } from './backup-fold.ts';
import { ForeignFormat } from './foreign-format.ts';
import { visitSnapshot } from './snapshot-visitor.ts';

/**
 * Decodes a backup in one pass, to its last byte: hashes it, adds up what is in it, judges it. Never throws for what
 * the bytes say; what reading the chunks throws passes through. Memory stays constant but for 8 bytes a task (to
 * notice an id that comes twice). `onTask` is called for every task as it is read and keeps it or not; of a broken
 * file it has seen the tasks in front of the break.
 */
export async function decodeBackup(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onTask?: (row: TaskRow) => void,
): Promise<Omit<BackupReport, 'file'>> {
  const decoder = new BackupDecoder(onTask);
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    decoder.push(chunk);
  }
  return decoder.finish(hash.digest('hex'));
}

/** The same, for a caller that brings the bytes itself, and their hash. */
export class BackupDecoder {
  readonly #fold = new BackupFold();
  readonly #format = new ForeignFormat();
  readonly #reader: StreamReader;
  #bytes = 0;
  #problem: string | null = null;

  constructor(onTask?: (row: TaskRow) => void) {
    this.#reader = new StreamReader(visitSnapshot(this.#fold, onTask));
  }

  /** Takes the next bytes of the file. Rethrows what `onTask` throws, and nothing else. */
  push(chunk: Uint8Array): void {
    this.#format.see(chunk);
    this.#bytes += chunk.length;
    // After a break the bytes are still counted: the report is about the whole file.
    if (this.#problem === null) this.#attempt(() => this.#reader.push(chunk));
  }

  /** The report; call once, after the last chunk. `sha256` of all of them, in lower-case hex. */
  finish(sha256: string): Omit<BackupReport, 'file'> {
    if (this.#problem === null) this.#attempt(() => this.#reader.finish());
    return {
      bytes: this.#bytes,
      sha256,
      ...this.#fold.report({
        complete: this.#problem === null,
        problem: this.#problem,
        foreign: this.#format.explain(),
        trailingBytes: this.#reader.trailingBytes,
        sawInvalidText: this.#reader.sawInvalidText,
      }),
    };
  }

  #attempt(read: () => void): void {
    try {
      read();
    } catch (thrown) {
      if (!(thrown instanceof CodecError)) throw thrown;
      this.#problem =
        thrown.code === 'rpc-truncated'
          ? `Truncated at ${this.#bytes.toLocaleString('en')} bytes: the backup is not whole.`
          : `It is not a whole backup: ${thrown.problem}. A scheduler refuses such a file, or stages it as an empty cluster.`;
    }
  }
}
