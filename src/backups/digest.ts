import { createHash } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { type Kept, SortedSpool } from '../streams/sorted-spool.ts';

/**
 * Lower-case hex sha256 of a set of tasks, whatever their order, and how many they are: two sets have the same digest
 * when every task has the same id, status, job and instance. This is what signers sign, so its form is a promise: one
 * canonical JSON array `[taskId, status, role, environment, name, instanceId]` a line, sorted by its UTF-16 units. Of a
 * row that was read only its line is kept, compressed.
 */
export async function digestStagedSet(
  rows: AsyncIterable<TaskRow> | Iterable<TaskRow>,
): Promise<{ digest: string; tasks: number }> {
  const lines = await SortedSpool.from(keptAsLines, linesOf(rows));
  const hash = createHash('sha256');
  for await (const line of lines.drain()) hash.update(`${line}\n`);
  return { digest: hash.digest('hex'), tasks: lines.size };
}

/** JSON has no line breaks. */
const keptAsLines: Kept<string> = {
  keyOf: (line) => line,
  write: (lines) => lines.join('\n'),
  read: (text) => text.split('\n'),
};

async function* linesOf(rows: AsyncIterable<TaskRow> | Iterable<TaskRow>): AsyncGenerator<string> {
  for await (const { taskId, status, jobKey, instanceId } of rows)
    yield canonicalJson([taskId, status, jobKey.role, jobKey.environment, jobKey.name, instanceId]);
}
