/** Documents on SQL: each is kept with its hash and a MAC over that, and read back only as it was kept. */
import type { Kysely } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import type { PackedDocuments } from '../aurora/journal.ts';
import { fromBody, toBody } from './engines.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedDocument } from './keyed-rows.ts';
import { notAsKept } from './packing.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function packedDocumentsOn(db: Kysely<Schema>, key: JournalKey): PackedDocuments {
  return {
    savePacked: async ({ restoreId, name, packed, version }) => {
      const { encoding, body, sha256 } = packed;
      const row = { restore_id: restoreId, name, encoding, sha256, version, removed_at: null };
      const values = keyedDocument.withMac(key, { ...row, body: toBody(db, body) });
      await db
        .insertInto('documents')
        .values(values)
        .onConflict((conflict) => conflict.columns(['restore_id', 'name']).doUpdateSet(values))
        .execute();
    },
    loadPacked: async (restoreId, name) => {
      const found = await db
        .selectFrom('documents')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .where('name', '=', name)
        .executeTakeFirst();
      if (found === undefined) return null;
      const row = fromBody(readRow('documents', rows.documents, found));
      if (!keyedDocument.isOurs(key, row)) throw notAsKept({ restoreId, name });
      if (row.removed_at !== null) throw removedByRule(row, row.removed_at);
      const { encoding, body, sha256, version } = row;
      return { packed: { encoding, body, sha256 }, version };
    },
  };
}

/** What is left of a document that the rule for old ones has removed. */
export interface RemovedDocument {
  readonly name: string;
  /** Hex, of its text. */
  readonly sha256: string;
  readonly removedAt: number;
}

/** By name; what this bot did not write is left out, and so is everything in a database that no bot of this version has opened. */
export async function listRemoved(
  db: Kysely<Schema>,
  { key, restoreId }: { key: JournalKey; restoreId: string },
): Promise<readonly RemovedDocument[]> {
  const found = await db
    .selectFrom('documents')
    .selectAll()
    .where('restore_id', '=', restoreId)
    .where('body', '=', '')
    .orderBy('name')
    .execute();
  return found.flatMap((each) => {
    const { success, data: row } = rows.documents.safeParse(each);
    return success && row.removed_at !== null && keyedDocument.isOurs(key, row)
      ? [{ name: row.name, sha256: row.sha256, removedAt: row.removed_at }]
      : [];
  });
}

type Row = Schema['documents'];

function removedByRule({ restore_id, name, sha256 }: Row, removedAt: number): AuroraError {
  const day = new Date(removedAt).toISOString().slice(0, 10);
  return new AuroraError({
    code: 'document-removed',
    message: `The document "${name}" of ${restore_id} was removed by rule on ${day}, long after that restore ended.`,
    hint: `Look for it in a copy of the database from before that day; its sha256 is ${sha256}. \`keepDocuments\` sets how long they are kept.`,
  });
}
