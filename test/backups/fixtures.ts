import { readFileSync } from 'node:fs';
import { z } from 'zod';

const directory = new URL('../fixtures/', import.meta.url);

/** The path of a recorded file. */
export function fixturePath(name: string): string {
  return new URL(name, directory).pathname;
}

const contents = z.object({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  complete: z.boolean(),
  timestampMs: z.number(),
  frameworkId: z.string(),
  tasks: z.object({ total: z.number(), byStatus: z.record(z.string(), z.number()) }),
  jobs: z.number(),
  roles: z.number(),
  cronJobs: z.number(),
  quotas: z.number(),
  jobUpdates: z.number(),
  hostAttributes: z.number(),
  maintenanceRequests: z.number(),
  hasDbScript: z.boolean(),
});

/** What an independent decoder found in backups that are whole: path → contents. */
export function wholeBackups(): readonly (readonly [string, Omit<z.infer<typeof contents>, 'file'>])[] {
  const real = ['scheduler-backup-2026-11-23-16-20', 'scheduler-backup-2026-11-23-16-38'].map(
    (name) => [`backups/real/${name}`, contents.parse(readJson(`backups/real/${name}.json`))] as const,
  );
  const written = z
    .array(contents)
    .parse(readJson('backups/whole.json'))
    .map((one) => [`backups/whole/${one.file}`, one] as const);
  return [...real, ...written].map(([path, { file: _file, ...rest }]) => [path, rest] as const);
}

const oddNote = z.object({
  file: z.string(),
  realScheduler: z.object({
    stageRecovery: z.union([z.number(), z.object({ responseCode: z.string() })]),
    queryRecovery: z.object({ tasks: z.number(), byStatus: z.record(z.string(), z.number()) }).optional(),
  }),
  inspectVerdict: z.array(z.enum(['ok', 'suspicious', 'broken'])),
});

/** Files that are broken, cut, hostile or misleading, with what a real scheduler did with them. */
export function oddBackups(): readonly z.infer<typeof oddNote>[] {
  return z.array(oddNote).parse(readJson('backups/odd.json'));
}

export const outcome = z.object({
  runningOnMesosAtRestore: z.array(z.string()),
  killed: z.array(z.string()),
  lostAndRescheduled: z.array(z.string()),
  kept: z.array(z.string()),
});

export function readJson(name: string): unknown {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8'));
}

/** Everything an async iterable gives, as an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
