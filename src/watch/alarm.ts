/** What an alarm is: a kind, judged from one look and what was seen before it. */
import type { Cluster } from '../aurora/cluster.ts';
import type { Backups } from './backups.ts';
import type { History } from './history.ts';
import type { Observation } from './observation.ts';
import type { WatchPolicy } from './policy.ts';

export type Severity = 'warning' | 'critical';

/** Something that holds now. Whole sentences; names stand between backticks. */
export interface Finding {
  /** What of the cluster it is about, such as a host; empty for all of it. One alarm for each kind and subject. */
  readonly subject: string;
  readonly severity: Severity;
  /** The fact. */
  readonly says: string;
  readonly means: string;
  readonly next: string;
  /** Sha256 of the backup that should be kept from rotation. */
  readonly hold?: string;
}

/** What the kinds judge. */
export interface View {
  readonly cluster: Pick<Cluster, 'name' | 'hosts' | 'auroraVersion'>;
  readonly observation: Observation;
  readonly history: History;
  readonly backups: Backups;
  readonly policy: WatchPolicy;
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** Whether it could not be told of this subject: then what was said of it stays, and nothing new is said. */
  isUnseen(subject: string): boolean;
}

export interface AlarmKind {
  /** In metrics with `_` for `-`; stored. */
  readonly kind: string;
  /** When it is raised, for the table of the manual. */
  readonly when: string;
  readonly worst: Severity;
  /** It must have held for this long, and in two looks, before it is told; and have been over for as long. */
  holdMs(policy: WatchPolicy): number;
  judge(view: View): Judged;
}

/** Everything was seen. */
export function seen(findings: readonly Finding[]): Judged {
  return { findings, isUnseen: () => false };
}

/** Nothing that it needs was seen. */
export const unseen: Judged = Object.freeze({ findings: [], isUnseen: () => true });
