import { maskedCrc32c } from './crc32c.ts';
import { compressSnappy, uncompressSnappy } from './snappy.ts';
import { ByteCursor, encodeVarint } from './varint.ts';

interface TableEntry {
  readonly key: string;
  readonly value: Buffer;
  readonly sequence: number;
}

/** `kTableMagicNumber` of `table/format.h`. */
const magic = 0xdb4775248b80fb57n;
const restartInterval = 16;

/** A sorted table (`doc/table_format.md`) with one data block, compressed when that saves an eighth. */
export function encodeTable(entries: readonly TableEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  const last = sorted.at(-1)?.key ?? '';
  const data = storedBlock(encodeBlock(sorted.map((entry) => [internalKey(entry), entry.value])));
  const metaIndex = storedBlock(encodeBlock([]));
  const index = storedBlock(
    encodeBlock([[internalKey({ key: shortSuccessor(last), sequence: 2 ** 48 }), handle(0, data)]]),
  );
  const footer = Buffer.alloc(48);
  Buffer.concat([handle(data.length, metaIndex), handle(data.length + metaIndex.length, index)]).copy(footer);
  footer.writeBigUInt64LE(magic, 40);
  return Buffer.concat([data, metaIndex, index, footer]);
}

/** Entries of a table that `encodeTable` wrote; throws RangeError for anything else. */
export function decodeTable(file: Buffer): TableEntry[] {
  if (file.length < 48 || file.readBigUInt64LE(file.length - 8) !== magic) {
    throw new RangeError('not an sstable (bad magic number)');
  }
  const footer = new ByteCursor(file.subarray(file.length - 48));
  footer.varint();
  footer.varint();
  const index = readBlock(file, footer.varint(), footer.varint());
  return index.flatMap(([, where]) => {
    const at = new ByteCursor(where);
    return readBlock(file, at.varint(), at.varint()).map(([key, value]) => ({
      key: key.subarray(0, -8).toString('latin1'),
      value,
      sequence: Number(key.readBigUInt64LE(key.length - 8) >> 8n),
    }));
  });
}

function internalKey({ key, sequence }: { key: string; sequence: number }): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeBigUInt64LE((BigInt(sequence) << 8n) | 1n);
  return Buffer.concat([Buffer.from(key, 'latin1'), tail]);
}

function shortSuccessor(key: string): string {
  return key === '' ? '' : String.fromCharCode(key.charCodeAt(0) + 1);
}

function handle(offset: number, stored: Buffer): Buffer {
  return Buffer.concat([encodeVarint(offset), encodeVarint(stored.length - 5)]);
}

function encodeBlock(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  const pieces: Buffer[] = [];
  const restarts: number[] = [0];
  let size = 0;
  let previous: Buffer = Buffer.alloc(0);
  entries.forEach(([key, value], position) => {
    const restart = position % restartInterval === 0;
    if (restart && position > 0) restarts.push(size);
    let shared = 0;
    while (!restart && shared < key.length && key[shared] === previous[shared]) shared++;
    const piece = Buffer.concat([
      encodeVarint(shared),
      encodeVarint(key.length - shared),
      encodeVarint(value.length),
      key.subarray(shared),
      value,
    ]);
    pieces.push(piece);
    size += piece.length;
    previous = key;
  });
  const trailer = Buffer.alloc(4 * restarts.length + 4);
  [...restarts, restarts.length].forEach((value, position) => {
    trailer.writeUInt32LE(value, 4 * position);
  });
  return Buffer.concat([...pieces, trailer]);
}

function storedBlock(block: Buffer): Buffer {
  const compressed = compressSnappy(block);
  const small = compressed.length < block.length - Math.floor(block.length / 8);
  const body = small ? compressed : block;
  const kind = Uint8Array.of(small ? 1 : 0);
  const trailer = Buffer.alloc(5);
  trailer[0] = kind[0] ?? 0;
  trailer.writeUInt32LE(maskedCrc32c(body, kind), 1);
  return Buffer.concat([body, trailer]);
}

function readBlock(file: Buffer, offset: number, size: number): (readonly [Buffer, Buffer])[] {
  const body = file.subarray(offset, offset + size);
  const block = file[offset + size] === 1 ? uncompressSnappy(body) : body;
  const restarts = block.readUInt32LE(block.length - 4);
  const cursor = new ByteCursor(block.subarray(0, block.length - 4 - 4 * restarts));
  const entries: [Buffer, Buffer][] = [];
  let previous: Buffer = Buffer.alloc(0);
  while (!cursor.done) {
    const [shared, unshared, length] = [cursor.varint(), cursor.varint(), cursor.varint()];
    const key = Buffer.concat([previous.subarray(0, shared), cursor.take(unshared)]);
    entries.push([key, cursor.take(length)]);
    previous = key;
  }
  return entries;
}
