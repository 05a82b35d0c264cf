/** A statement as a restore of three hosts would make it. */
import type { Statement } from '../../src/aurora/statement.ts';

export const now = Date.parse('2026-11-30T03:00:00Z');

export function statementWith(changes: Partial<Statement> = {}): Statement {
  return {
    version: 1,
    intent: 'commit',
    cluster: 'east',
    restore: 'R1',
    digest: 'e'.repeat(64),
    journal: 'a'.repeat(64),
    procedure: 'staged',
    hosts: ['aurora-1', 'aurora-2', 'aurora-3'],
    backup: 'b'.repeat(64),
    oldLogOf: null,
    staged: 'c'.repeat(64),
    leftOut: { tasks: 0, sha256: 'd'.repeat(64) },
    flags: { native_log_quorum_size: '1' },
    authors: [],
    tasks: { killed: 3, startedAgain: 1, kept: 5 },
    needed: 2,
    releasesAfterMs: 600_000,
    issuedAt: now - 60_000,
    expiresAt: now + 3_600_000,
    ...changes,
  };
}
