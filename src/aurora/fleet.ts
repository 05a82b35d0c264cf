/** What was seen of a cluster's backups, day after day: the bot keeps it, so that a picture of weeks is there before anybody asks. */
import type { BackupVerdict } from './backups.ts';

/** One content as it was seen on the hosts; equal files are one. */
export interface SeenBackup {
  readonly sha256: string;
  /** From inside the file; `null` when it has none. */
  readonly contentAtMs: number | null;
  readonly bytes: number;
  readonly tasks: number;
  readonly jobs: number;
  readonly verdict: BackupVerdict;
  readonly frameworkId: string | null;
  /** Where it lay when it was last seen. */
  readonly copies: readonly { readonly host: string; readonly name: string }[];
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface FleetHistory {
  /** Writes down one look at all hosts that answered: what is known already is only seen once more. */
  noteSeen(
    cluster: string,
    look: {
      readonly atMs: number;
      readonly backups: readonly Omit<SeenBackup, 'firstSeenMs' | 'lastSeenMs'>[];
    },
  ): Promise<void>;
  /** Seen between two instants (both included), newest content first. */
  listSeen(
    cluster: string,
    span: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly SeenBackup[]>;
}
