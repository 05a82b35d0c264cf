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

/** A part that is nothing but its numbers, each under its name. */
export function measured(title: string, measure: () => Promise<object>): BenchPart {
  return async () => {
    const json = { ...(await measure()) } as Record<string, number>;
    const lines = Object.entries(json).map(([name, value]) => `  ${name.padEnd(14)} ${value}`);
    return { lines: [`${title}:`, ...lines], json };
  };
}
