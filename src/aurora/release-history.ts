import type { ReleaseTraits } from './release-traits.ts';

/** Differences of releases as one table: what the oldest was like, and what each later one changed, oldest first. */
export interface Differences<T> {
  readonly oldest: T;
  readonly changes: readonly { readonly minor: number; readonly change: Partial<T> }[];
}

/**
 * Taken from the release tags and from running 0.9.0, 0.12.0, 0.17.0, 0.20.0 and 0.23-SNAPSHOT (aurora-versions.md;
 * test/fixtures/releases). What only a run has shown is dated to the oldest release that showed it.
 */
export const releaseHistory: Differences<ReleaseTraits> = {
  oldest: {
    sessionKey: true,
    protocol: 'tjson',
    leaderHealth: false,
    electionNodesNameHosts: false,
    reconciliation: 'by-executor',
    flagParser: 'arg-scanner',
    backsUpUnregistered: true,
    shortSession: true,
    recoveryTool: false,
  },
  changes: [
    { minor: 9, change: { reconciliation: 'by-timer' } },
    // Still an argument, but empty and ignored.
    { minor: 10, change: { sessionKey: false } },
    { minor: 13, change: { leaderHealth: true } },
    { minor: 16, change: { reconciliation: 'on-call', protocol: 'tbinary' } },
    { minor: 17, change: { electionNodesNameHosts: true } },
    { minor: 19, change: { flagParser: 'jcommander', shortSession: false } },
    { minor: 20, change: { backsUpUnregistered: false, recoveryTool: true } },
  ],
};
