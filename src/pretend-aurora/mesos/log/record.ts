import { ByteCursor, encodeVarint } from '../leveldb/varint.ts';

/** `Metadata.Status` of Mesos' `messages/log.proto`. Only VOTING takes part in decisions (mesos.md 2.1). */
export const replicaStatuses = { VOTING: 1, RECOVERING: 2, STARTING: 3, EMPTY: 4 } as const;
export type ReplicaStatus = keyof typeof replicaStatuses;

/** What a replica holds at one position. */
export interface Action {
  readonly position: number;
  readonly promised: number;
  readonly performed: number;
  readonly learned: boolean;
  readonly content:
    | { readonly kind: 'nop' }
    | { readonly kind: 'append'; readonly bytes: Buffer }
    | { readonly kind: 'truncate'; readonly to: number };
}

type LogRecord =
  | { readonly kind: 'metadata'; readonly status: ReplicaStatus; readonly promised: number }
  | { readonly kind: 'action'; readonly action: Action };

const contentKinds = { nop: 1, append: 2, truncate: 3 } as const;

/** Protobuf bytes of a `Record`, fields as in `messages/log.proto`. */
export function encodeRecord(record: LogRecord): Buffer {
  if (record.kind === 'metadata') {
    const metadata = [number(1, replicaStatuses[record.status]), number(2, record.promised)];
    return Buffer.concat([number(1, 3), message(4, metadata)]);
  }
  const { action } = record;
  return Buffer.concat([
    number(1, 2),
    message(3, [
      number(1, action.position),
      number(2, action.promised),
      number(3, action.performed),
      number(4, action.learned ? 1 : 0),
      number(5, contentKinds[action.content.kind]),
      encodeContent(action.content),
    ]),
  ]);
}

/** The inverse; throws RangeError when the bytes are cut short. */
export function decodeRecord(bytes: Buffer): LogRecord {
  const record = readFields(bytes);
  const metadata = record.get(4);
  if (Buffer.isBuffer(metadata)) {
    const fields = readFields(metadata);
    return { kind: 'metadata', status: statusOf(fields.get(1)), promised: asNumber(fields.get(2)) };
  }
  const action = record.get(3);
  const fields = readFields(Buffer.isBuffer(action) ? action : Buffer.alloc(0));
  return {
    kind: 'action',
    action: {
      position: asNumber(fields.get(1)),
      promised: asNumber(fields.get(2)),
      performed: asNumber(fields.get(3)),
      learned: asNumber(fields.get(4)) === 1,
      content: decodeContent(fields),
    },
  };
}

function encodeContent(content: Action['content']): Buffer {
  if (content.kind === 'append') return message(7, [bytesField(1, content.bytes)]);
  if (content.kind === 'truncate') return message(8, [number(1, content.to)]);
  return message(6, []);
}

function decodeContent(fields: ReadonlyMap<number, Buffer | number>): Action['content'] {
  const kind = asNumber(fields.get(5));
  const inner = (id: number) => {
    const bytes = fields.get(id);
    return readFields(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0));
  };
  if (kind === contentKinds.append) {
    const bytes = inner(7).get(1);
    return { kind: 'append', bytes: Buffer.isBuffer(bytes) ? Buffer.from(bytes) : Buffer.alloc(0) };
  }
  if (kind === contentKinds.truncate) return { kind: 'truncate', to: asNumber(inner(8).get(1)) };
  return { kind: 'nop' };
}

function statusOf(value: Buffer | number | undefined): ReplicaStatus {
  const found = Object.entries(replicaStatuses).find(([, code]) => code === value);
  return found ? (found[0] as ReplicaStatus) : 'EMPTY';
}

function asNumber(value: Buffer | number | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function readFields(bytes: Buffer): Map<number, Buffer | number> {
  const fields = new Map<number, Buffer | number>();
  const cursor = new ByteCursor(bytes);
  while (!cursor.done) {
    const tag = cursor.varint();
    fields.set(tag >>> 3, (tag & 7) === 2 ? cursor.slice() : cursor.varint());
  }
  return fields;
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([encodeVarint(id << 3), encodeVarint(value)]);
}

function bytesField(id: number, bytes: Buffer): Buffer {
  return Buffer.concat([encodeVarint((id << 3) | 2), encodeVarint(bytes.length), bytes]);
}

function message(id: number, fields: readonly Buffer[]): Buffer {
  return bytesField(id, Buffer.concat(fields));
}
