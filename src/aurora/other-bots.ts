/**
 * Bots on one database tell each other that there is something to do. Nothing depends on it being heard: what counts is in the
 * database, and who may have missed something is told to look at everything.
 */
export interface OtherBots {
  /** Another bot has added to the journal of this restore; `null`: of any, look at all of them. Returns the way to stop. */
  onAppended(listener: (restoreId: string | null) => void): () => void;
  /** What a step of another bot is waiting for, as `onProgress` of the engine tells it. Returns the way to stop. */
  onProgress(listener: (restoreId: string, text: string | null) => void): () => void;
  /** Tells the others. Never throws, and is lost where the database does not answer. */
  tellProgress(restoreId: string, text: string | null): void;
}
