import { ByteCursor, encodeVarint } from './varint.ts';

export type Change =
  | { readonly key: string; readonly value: Buffer }
  | { readonly key: string; readonly value: null };

/** One record of the write-ahead file (`db/write_batch.cc`): changes that happen together. */
export function encodeBatch(changes: readonly Change[], sequence: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(sequence));
  head.writeUInt32LE(changes.length, 8);
  const pieces = changes.flatMap(({ key, value }) => {
    const keyBytes = Buffer.from(key, 'latin1');
    const start = [Buffer.of(value === null ? 0 : 1), encodeVarint(keyBytes.length), keyBytes];
    return value === null ? start : [...start, encodeVarint(value.length), value];
  });
  return Buffer.concat([head, ...pieces]);
}

/** The inverse. */
export function decodeBatch(record: Buffer): { sequence: number; changes: Change[] } {
  const cursor = new ByteCursor(record);
  const sequence = Number(cursor.take(8).readBigUInt64LE());
  const count = cursor.take(4).readUInt32LE();
  const changes = Array.from({ length: count }, (): Change => {
    const isPut = cursor.take(1)[0] === 1;
    const key = cursor.slice().toString('latin1');
    return { key, value: isPut ? Buffer.from(cursor.slice()) : null };
  });
  return { sequence, changes };
}
