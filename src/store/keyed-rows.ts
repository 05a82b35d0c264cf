/** What a bot keeps beside its journals and acts by, each row with a MAC over everything in it. */
import type { JournalKey } from './journal-key.ts';
import type { Schema } from './schema.ts';

type Fields = readonly (string | number)[];

export const keyedDocument = keyed<Schema['documents']>('document', (row) => [
  row.restore_id,
  row.name,
  row.version,
  row.sha256,
  ...(row.removed_at === null ? [] : [row.removed_at]),
]);
export const keyedSummary = keyed<Schema['summaries']>('summary', (row) => [
  row.restore_id,
  row.seq,
  row.head,
  row.body,
  row.version,
]);
export const keyedPost = keyed<Schema['posts']>('post', (row) => [
  row.key,
  row.restore_id,
  row.channel,
  row.ts,
  row.content_sha256,
]);
export const keyedWatch = keyed<Schema['watches']>('watch', (row) => [row.cluster, row.version, row.body]);
export const keyedCursor = keyed<Schema['cursors']>('cursor', (row) => [row.restore_id, row.seq]);

function keyed<R extends { readonly mac: string | null }>(
  domain: 'document' | 'summary' | 'post' | 'cursor' | 'watch',
  fieldsOf: (row: Omit<R, 'mac'>) => Fields,
) {
  return {
    withMac: <G extends Omit<R, 'mac'>>(key: JournalKey, row: G) => ({
      ...row,
      mac: key.mac(domain, fieldsOf(row)),
    }),
    isOurs: (key: JournalKey, row: R): boolean => key.holds(domain, fieldsOf(row), row.mac),
  };
}
