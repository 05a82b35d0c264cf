/** Where the watch of a cluster keeps what it has seen and said, so that a new process neither repeats nor forgets any of it. */
export interface WatchKeeper {
  /** What was saved last; `null` when there is nothing, or nothing that this bot has written. */
  loadWatch(cluster: string): Promise<{ readonly text: string; readonly version: number } | null>;
  /** Takes the place of what was saved before. `version`: of the form that the text is in, see `StoredForm`. */
  saveWatch(kept: { cluster: string; text: string; version: number }): Promise<void>;
}

/** What the ledger of messages calls it, where it has the name of a restore otherwise. */
export function watchName(cluster: string): string {
  return `watch:${cluster}`;
}
