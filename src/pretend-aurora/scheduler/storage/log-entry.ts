import { deflateSync, inflateSync } from 'node:zlib';
import { snapshot } from '../../../thrift/structs.ts';
import { decodeStruct, encodeStruct } from '../../../thrift/tbinary.ts';
import type { Snapshot, StoreChange } from './store.ts';

/** One entry of the simulated replicated log: a whole state, or a change of it. */
export type LogEntry =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'transaction'; readonly change: StoreChange };

const kinds = { snapshot: 1, transaction: 2 } as const;

/**
 * Our own form (aurora.md 5.5 has the real one): a kind byte, for a change the removed ids as JSON, and
 * deflated TBinary.
 */
export function encodeLogEntry(entry: LogEntry): Buffer {
  if (entry.kind === 'snapshot') {
    return Buffer.concat([
      Buffer.of(kinds.snapshot),
      deflateSync(encodeStruct(snapshot, entry.snapshot), { level: 3 }),
    ]);
  }
  const removed = Buffer.from(JSON.stringify(entry.change.removeTasks ?? []));
  const head = Buffer.alloc(5);
  head[0] = kinds.transaction;
  head.writeUInt32BE(removed.length, 1);
  const saved = deflateSync(encodeStruct(snapshot, entry.change.save ?? {}), { level: 3 });
  return Buffer.concat([head, removed, saved]);
}

/** The inverse; throws CodecError or an error of zlib when the bytes are not one of ours. */
export function decodeLogEntry(bytes: Buffer): LogEntry {
  if (bytes[0] === kinds.snapshot) {
    return { kind: 'snapshot', snapshot: decodeStruct(snapshot, inflateSync(bytes.subarray(1))) };
  }
  const end = 5 + bytes.readUInt32BE(1);
  const removeTasks = JSON.parse(bytes.subarray(5, end).toString('utf8')) as string[];
  return {
    kind: 'transaction',
    change: { removeTasks, save: decodeStruct(snapshot, inflateSync(bytes.subarray(end))) },
  };
}
