import type { Lifetime } from './lifetime.ts';

/** Calls that some release does not have; all others of ours exist in every release (aurora.md 2). */
export const callLifetimes: Readonly<Record<string, Lifetime>> = {
  getVersion: { to: 6 },
  getLocks: { to: 12 },
  getJobUpdateSummaries: { from: 6 },
  getJobUpdateDetails: { from: 6 },
  getJobUpdateDiff: { from: 10 },
  getTierConfigs: { from: 14 },
  triggerExplicitTaskReconciliation: { from: 16 },
  triggerImplicitTaskReconciliation: { from: 16 },
  pruneTasks: { from: 18 },
  slaDrainHosts: { from: 21 },
};
