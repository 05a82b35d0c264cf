/** Bytes that are kept for a while, in pieces: in memory while they are few, and in a file that has no name once they are many. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one piece is. */
export type Piece = Buffer | InFile;

interface InFile {
  readonly start: number;
  readonly size: number;
}

const closer = new FinalizationRegistry<number>(closeSync);

export class Pieces {
  readonly #memoryBytesMax: number;
  #memoryBytes = 0;
  #file: number | null = null;
  #fileBytes = 0;

  constructor(memoryBytesMax: number) {
    this.#memoryBytesMax = memoryBytesMax;
  }

  /** Takes a copy. Where no file can be written, all of it stays in memory. */
  keep(bytes: Buffer): Piece {
    return (
      (this.#memoryBytes + bytes.length > this.#memoryBytesMax ? this.#write(bytes) : null) ??
      this.#copy(bytes)
    );
  }

  /** Throws what reading the file throws, and RangeError when it has become shorter. */
  read(piece: Piece): Buffer {
    if (!isInFile(piece)) return piece;
    const bytes = Buffer.allocUnsafe(piece.size);
    for (let read = 0; read < piece.size; ) {
      const more = readSync(this.#file ?? -1, bytes, read, piece.size - read, piece.start + read);
      if (more === 0) throw new RangeError('what was kept in a file is no longer there');
      read += more;
    }
    return bytes;
  }

  /** Nothing is read any more. Without it the file is gone when nobody has this object any more. */
  end(): void {
    if (this.#file === null) return;
    closer.unregister(this);
    closeSync(this.#file);
    this.#file = null;
  }

  /** In memory of its own size: what a library returns may be the beginning of a larger piece. */
  #copy(bytes: Buffer): Buffer {
    const exact = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(exact);
    this.#memoryBytes += bytes.length;
    return exact;
  }

  #write(bytes: Buffer): Piece | null {
    const start = this.#fileBytes;
    try {
      this.#file ??= this.#open();
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#file, bytes, written, bytes.length - written, start + written);
    } catch {
      return null;
    }
    this.#fileBytes += bytes.length;
    return { start, size: bytes.length };
  }

  #open(): number {
    const directory = mkdtempSync(join(tmpdir(), 'aurora-chatops-'));
    try {
      const file = openSync(join(directory, 'pieces'), 'wx+', 0o600);
      closer.register(this, file, this);
      return file;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}

function isInFile(piece: Piece): piece is InFile {
  return !Buffer.isBuffer(piece);
}
