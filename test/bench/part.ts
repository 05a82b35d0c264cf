export interface BenchOptions {
  /** Of the backup, or of the cluster. */
  readonly tasks: number;
  say(line: string): void;
}

/** One part of the bench: lines for people, and its entry in the last line of `--json`. */
export type BenchPart = (options: BenchOptions) => Promise<{
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, number | null>>;
}>;
