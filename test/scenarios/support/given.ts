/** What a scenario begins with. */
import type { Policy, RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { PretendCluster } from '../../restore/support/pretend-cluster.ts';

export interface Given {
  /** Aurora's release; 0.22.0 when absent. */
  readonly release?: string;
  /** What the cluster is configured for; to bring a log back that was set aside, a restore that completed comes before. */
  readonly procedure?: RestoreProcedure;
  readonly policy?: Partial<Policy>;
  /** Changes the cluster before anybody proposes anything. */
  readonly cluster?: (cluster: PretendCluster) => void;
  /** A second cluster beside `east`. */
  readonly also?: 'west';
  /** False: nothing is proposed and no bot runs before the play begins. */
  readonly begun?: boolean;
}
