import { createHash } from 'node:crypto';
import { canonicalJson } from '../aurora/operations.ts';
import type { TaskRow } from '../aurora/tasks.ts';

/**
 * Lower-case hex sha256 of a set of tasks, whatever their order: two sets have the same digest when every task has the
 * same id, status, job and instance. This is what signers sign, so its form is a promise: one canonical JSON array
 * `[taskId, status, role, environment, name, instanceId]` a line, sorted by its UTF-16 units.
 */
export function stagedSetDigest(rows: Iterable<TaskRow>): string {
  const lines = Array.from(rows, ({ taskId, status, jobKey, instanceId }) =>
    canonicalJson([taskId, status, jobKey.role, jobKey.environment, jobKey.name, instanceId]),
  ).sort();
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}
