import { maskedCrc32c } from './crc32c.ts';

/**
 * LevelDB's record format (`doc/log_format.md`), used by the write-ahead file and the manifest: blocks of 32
 * KiB, records split at block ends, a 7-byte header (CRC, length, kind) before every piece.
 */
const blockSize = 32_768;
const headerSize = 7;
const kinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** The bytes that append `payload` to a record file which is `offset` bytes long. */
export function frameRecord(payload: Buffer, offset: number): Buffer {
  const pieces: Buffer[] = [];
  let position = offset;
  let rest = payload;
  let first = true;
  do {
    const left = blockSize - (position % blockSize);
    const padding = left < headerSize ? left : 0;
    const room = (padding > 0 ? blockSize : left) - headerSize;
    const piece = rest.subarray(0, room);
    rest = rest.subarray(piece.length);
    pieces.push(Buffer.alloc(padding), frameHeader(piece, pieceKind(first, rest.length === 0)), piece);
    position += padding + headerSize + piece.length;
    first = false;
  } while (rest.length > 0);
  return Buffer.concat(pieces);
}

/** The payloads of a record file. A tail that was cut short (a process killed while writing) is left out. */
export function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let pieces: Buffer[] = [];
  let position = 0;
  while (position + headerSize <= file.length) {
    const left = blockSize - (position % blockSize);
    if (left < headerSize) {
      position += left;
      continue;
    }
    const length = file.readUInt16LE(position + 4);
    const kind = file[position + 6];
    const piece = file.subarray(position + headerSize, position + headerSize + length);
    if (piece.length < length || file.readUInt32LE(position) !== checksum(piece, kind ?? 0)) break;
    position += headerSize + length;
    pieces.push(piece);
    if (kind === kinds.full || kind === kinds.last) {
      records.push(Buffer.concat(pieces));
      pieces = [];
    }
  }
  return records;
}

function pieceKind(first: boolean, last: boolean): number {
  if (first) return last ? kinds.full : kinds.first;
  return last ? kinds.last : kinds.middle;
}

function checksum(piece: Buffer, kind: number): number {
  return maskedCrc32c(Uint8Array.of(kind), piece);
}

function frameHeader(piece: Buffer, kind: number): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(checksum(piece, kind), 0);
  header.writeUInt16LE(piece.length, 4);
  header[6] = kind;
  return header;
}
