import type { JobKey, TaskFlaw } from '../../aurora/tasks.ts';

/** A task of what is staged, as people choose from it. */
export interface StagedTask {
  readonly taskId: string;
  readonly jobKey: JobKey;
  readonly status: string;
  /** Why no scheduler can live on it; absent when one can. */
  readonly flaw?: TaskFlaw;
}
