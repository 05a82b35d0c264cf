/**
 * The key of what a bot keeps. It is never in the database, so whoever writes that cannot write what this bot would have
 * written: every row that something is decided by carries a MAC over all that it says.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';

/** What a MAC is about: the same words mean nothing under another one. */
type Domain =
  | 'key'
  | 'seal'
  | 'restore'
  | 'event'
  | 'document'
  | 'summary'
  | 'post'
  | 'cursor'
  | 'watch'
  | 'progress';

export interface JournalKey {
  /** Tells one key from another, and nothing about it: 16 hex digits. */
  readonly id: string;
  /** Hex HMAC-SHA256 over the canonical JSON of domain and fields. */
  mac(domain: Domain, fields: readonly (string | number)[]): string;
  /** False for a row that has none. */
  holds(domain: Domain, fields: readonly (string | number)[], mac: string | null | undefined): boolean;
}

/** By HKDF-SHA256 (RFC 5869), so that the secret may serve for something else as well; of any length from 32 bytes. */
export function journalKeyFrom(secret: Uint8Array): JournalKey {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'aurora-chatops journal 1', 32));
  const mac: JournalKey['mac'] = (domain, fields) =>
    createHmac('sha256', key)
      .update(canonicalJson([domain, ...fields]))
      .digest('hex');
  return {
    id: mac('key', []).slice(0, 16),
    mac,
    holds: (domain, fields, given) => {
      const due = mac(domain, fields);
      return given?.length === due.length && timingSafeEqual(Buffer.from(given), Buffer.from(due));
    },
  };
}
