import type { CheckResult } from '../restore/record/facts.ts';

/** What was found about one cluster, or about the bot itself (`cluster` is `null`). */
export interface LiveFinding extends Omit<CheckResult, 'host'> {
  readonly cluster: string | null;
  /** Empty when it is about the cluster. */
  readonly hosts: readonly string[];
  /** Where in the configuration to look; absent where nothing in it is about this. */
  readonly line?: number;
}
