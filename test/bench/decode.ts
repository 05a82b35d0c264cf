import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { decodeTaskRows } from '../../src/backups/task-rows.ts';
import { StreamReader } from '../../src/thrift/stream-reader.ts';
import { largeBackup } from '../backups/large-backup.ts';

interface DecodeBench {
  readonly tasks: number;
  readonly megabytes: number;
  /** MB/s (10^6) of each way over the same file. */
  readonly readOnly: number;
  readonly skipAll: number;
  readonly inspect: number;
  readonly rows: number;
  /** Peak resident memory of the process, in MB, after `inspect`. */
  readonly rssMb: number;
}

/**
 * Measures decoding of a backup of `tasks` tasks against only reading its file: passing over everything, the whole
 * inspection (rows, sums and sha256), and handing out every row. The file is written to the temporary directory first.
 */
export async function benchDecode(tasks = 200_000): Promise<DecodeBench> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-decode-'));
  const file = join(directory, 'backup');
  try {
    const bytes = await writeLargeBackup(file, tasks);
    const rate = async (work: () => Promise<void>): Promise<number> => {
      const start = performance.now();
      await work();
      return Math.round(bytes / 1000 / (performance.now() - start));
    };
    const readOnly = await rate(async () => {
      for await (const _chunk of createReadStream(file, { highWaterMark: 128 * 1024 }));
    });
    const skipAll = await rate(async () => {
      const reader = new StreamReader(() => ({ kind: 'skip' }));
      for await (const chunk of createReadStream(file, {
        highWaterMark: 128 * 1024,
      }) as AsyncIterable<Buffer>)
        reader.push(chunk);
      reader.finish();
    });
    const inspect = await rate(async () => {
      const report = await inspectBackup(file);
      if (report.tasks.total !== tasks) throw new Error(`decoded ${report.tasks.total} of ${tasks} tasks`);
    });
    const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const rows = await rate(async () => {
      for await (const _row of decodeTaskRows(createReadStream(file) as AsyncIterable<Buffer>, file));
    });
    return { tasks, megabytes: Math.round(bytes / 1e6), readOnly, skipAll, inspect, rows, rssMb };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function writeLargeBackup(path: string, tasks: number): Promise<number> {
  const recorded = await readFile(
    new URL('../fixtures/backups/real/scheduler-backup-2026-11-23-16-38', import.meta.url),
  );
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    for (const chunk of largeBackup(recorded, tasks)) {
      await file.write(chunk);
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
