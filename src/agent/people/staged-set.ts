import { messageOf } from '../../aurora/errors.ts';
import type { SchedulerReader } from '../../aurora/scheduler.ts';
import type { Statement } from '../../aurora/statement.ts';
import { digestStagedSet } from '../../backups/digest.ts';

/**
 * Why what the scheduler of this host would commit is not what people signed, as a sentence; `null` when it is. Read here and now,
 * because the bot could say anything of it.
 */
export async function faultOfStaged(
  reader: Pick<SchedulerReader, 'queryStaged'>,
  { staged }: Statement,
): Promise<string | null> {
  if (staged === null) return 'What was signed names no staged tasks.';
  try {
    const found = await reader.queryStaged(digestStagedSet);
    if (found === null) return 'The scheduler of this host has nothing staged.';
    const { digest, tasks } = found;
    return digest === staged ? null : `What is staged on this host (${tasks} tasks) is not what was signed.`;
  } catch (error) {
    return `What is staged on this host cannot be read, so it was not compared with what was signed: ${messageOf(error)}`;
  }
}
