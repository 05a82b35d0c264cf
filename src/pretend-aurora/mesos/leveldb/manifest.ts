import { frameRecord, readRecords } from './record-file.ts';
import { ByteCursor, encodeVarint } from './varint.ts';

/** What a manifest says in the end: which files make up the database (`db/version_edit.cc`). */
export interface Manifest {
  readonly logNumber: number;
  readonly nextFile: number;
  readonly lastSequence: number;
  readonly tables: readonly ManifestTable[];
}

export interface ManifestTable {
  readonly number: number;
  readonly size: number;
  readonly smallest: string;
  readonly largest: string;
}

const tags = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  newFile: 7,
  previousLog: 9,
} as const;
const comparator = Buffer.from('leveldb.BytewiseComparator');

/** A manifest as LevelDB leaves it: the snapshot record, then one edit for each log switch of an opening. */
export function encodeManifest(manifest: Manifest): Buffer {
  const head = Buffer.concat([
    Buffer.of(tags.comparator),
    encodeVarint(comparator.length),
    comparator,
    ...manifest.tables.map(encodeTableEdit),
  ]);
  const edits = [
    head,
    encodeNumbers({
      ...manifest,
      nextFile: Math.max(0, manifest.nextFile - 1),
      logNumber: manifest.logNumber,
    }),
    encodeNumbers(manifest),
  ];
  return edits.reduce((file, edit) => Buffer.concat([file, frameRecord(edit, file.length)]), Buffer.alloc(0));
}

/** The last word of each kind in the file. */
export function decodeManifest(file: Buffer): Manifest {
  const numbers = { logNumber: 0, nextFile: 2, lastSequence: 0 };
  const tables: ManifestTable[] = [];
  for (const record of readRecords(file)) {
    const cursor = new ByteCursor(record);
    while (!cursor.done) {
      const tag = cursor.varint();
      if (tag === tags.comparator) cursor.slice();
      else if (tag === tags.logNumber) numbers.logNumber = cursor.varint();
      else if (tag === tags.nextFile) numbers.nextFile = cursor.varint();
      else if (tag === tags.lastSequence) numbers.lastSequence = cursor.varint();
      else if (tag === tags.newFile) tables.push(decodeTableEdit(cursor));
      else cursor.varint();
    }
  }
  return { ...numbers, tables };
}

function encodeNumbers(numbers: { logNumber: number; nextFile: number; lastSequence: number }): Buffer {
  return Buffer.concat([
    Buffer.of(tags.logNumber),
    encodeVarint(numbers.logNumber),
    Buffer.of(tags.previousLog, 0, tags.nextFile),
    encodeVarint(numbers.nextFile),
    Buffer.of(tags.lastSequence),
    encodeVarint(numbers.lastSequence),
  ]);
}

function encodeTableEdit(table: ManifestTable): Buffer {
  const keys = [table.smallest, table.largest].flatMap((key) => {
    const bytes = Buffer.concat([Buffer.from(key, 'latin1'), Buffer.alloc(8)]);
    return [encodeVarint(bytes.length), bytes];
  });
  return Buffer.concat([
    Buffer.of(tags.newFile, 2),
    encodeVarint(table.number),
    encodeVarint(table.size),
    ...keys,
  ]);
}

function decodeTableEdit(cursor: ByteCursor): ManifestTable {
  cursor.varint();
  const number = cursor.varint();
  const size = cursor.varint();
  const [smallest, largest] = [cursor.slice(), cursor.slice()].map((key) =>
    key.subarray(0, -8).toString('latin1'),
  );
  return { number, size, smallest: smallest ?? '', largest: largest ?? '' };
}
