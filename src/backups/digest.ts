import { createHash } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { type Kept, SortedSpool } from '../streams/sorted-spool.ts';

interface StagedDigest {
  readonly digest: string;
  readonly tasks: number;
}

/**
 * Lower-case hex sha256 of a set of tasks, whatever their order, and how many they are: two sets have the same digest
 * when every task has the same id, status, job and instance. This is what signers sign, so its form is a promise: one
 * canonical JSON array `[taskId, status, role, environment, name, instanceId]` a line, sorted by its UTF-16 units. Of a
 * row that was read only its line is kept, compressed; of rows that are kept in order already, nothing.
 */
export async function digestStagedSet(
  rows: AsyncIterable<TaskRow> | Iterable<TaskRow>,
): Promise<StagedDigest> {
  const inOrder = rows instanceof SortedSpool ? await digestInOrder(linesOf(rows)) : null;
  if (inOrder !== null) return inOrder;
  const lines = await SortedSpool.from(keptAsLines, linesOf(rows));
  const sorted = await digestInOrder(lines.drain());
  if (sorted === null) throw new Error('lines were sorted, and are not in order');
  return sorted;
}

/**
 * `null` when they are not in order: lines of tasks in order of their ids nearly always are, but a line is longer than an id, and
 * JSON writes some letters of it in another way.
 */
async function digestInOrder(lines: AsyncIterable<string>): Promise<StagedDigest | null> {
  const hash = createHash('sha256');
  let tasks = 0;
  let last = '';
  for await (const line of lines) {
    if (line < last) return null;
    hash.update(`${line}\n`);
    last = line;
    tasks += 1;
  }
  return { digest: hash.digest('hex'), tasks };
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
