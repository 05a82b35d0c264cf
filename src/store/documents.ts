/** Documents on SQL: each is kept with its hash and a MAC over that, and read back only as it was kept. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import type { Documents } from '../aurora/journal.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedDocument } from './keyed-rows.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function documentsOn(db: Kysely<Schema>, key: JournalKey): Documents {
  return {
    save: async ({ restoreId, name, text, version }) => {
      const sha256 = sha256Of(text);
      const values = keyedDocument.withMac(key, {
        restore_id: restoreId,
        name,
        body: text,
        sha256,
        version,
      });
      await db
        .insertInto('documents')
        .values(values)
        .onConflict((conflict) => conflict.columns(['restore_id', 'name']).doUpdateSet(values))
        .execute();
      return { sha256, bytes: Buffer.byteLength(text) };
    },
    load: async (restoreId, name) => {
      const found = await db
        .selectFrom('documents')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .where('name', '=', name)
        .executeTakeFirst();
      if (found === undefined) return null;
      const row = readRow('documents', rows.documents, found);
      const { body: text, version } = row;
      if (sha256Of(text) === row.sha256 && keyedDocument.isOurs(key, row)) return { text, version };
      throw new AuroraError({
        code: 'document-unreadable',
        message: `The document "${name}" of ${restoreId} is not as it was kept.`,
        hint: 'Something else has written to the database. Put it back from its copy.',
      });
    },
  };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
