import { createHash } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';

/** Hash of a record: over the hash before it and everything in it. Anybody can follow it, and anybody could have written it. */
export function chainHash(
  previous: string,
  record: { restoreId: string; seq: number; at: number; event: unknown },
): string {
  return createHash('sha256').update(previous).update(canonicalJson(record)).digest('hex');
}
