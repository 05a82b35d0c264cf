/** The scheduler's flags as its packaging keeps them. */
export interface FlagDriver {
  read(): Promise<{ sha256: string; values: Readonly<Record<string, string>> }>;
  /** What restores had made of the file when they put the original back, newest first; what cannot be read is left out. */
  listChanged(): Promise<readonly { restoreId: string; values: Readonly<Record<string, string>> }[]>;
  /** Throws what `set` would throw before it writes anything. */
  rehearse(flags: FlagChange['flags']): Promise<void>;
  /** The flags as asked and the original set aside for this restore: nothing is left to do. `null` otherwise. */
  observeSet(request: FlagChange): Promise<FlagEvidence | null>;
  /** Sets the original aside (once per restore), then replaces values. May be repeated. */
  set(request: FlagChange): Promise<FlagEvidence>;
  /** The original's hash when the file is the original again, or was never set aside by this restore. */
  observeRestored(restoreId: string): Promise<{ sha256: string } | null>;
  /** The same bytes and mode again; the changed file is moved beside. May be repeated. */
  restore(restoreId: string): Promise<{ sha256: string }>;
}

export interface FlagChange {
  readonly restoreId: string;
  readonly flags: Readonly<Record<string, string | null>>;
}

export interface FlagEvidence {
  readonly setAside: string;
  /** Of the original. */
  readonly sha256Before: string;
  readonly sha256After: string;
}
