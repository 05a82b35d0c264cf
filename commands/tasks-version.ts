import { setImmediate } from 'node:timers/promises';

interface WithId {
  readonly taskId: string;
}

const atOnce = 20_000;

/** The same for the same tasks in any order; another one for others, but for chances of one in 10^15. Leaves the loop alone in between. */
export async function tasksVersion(tasks: AsyncIterable<WithId> | Iterable<WithId>): Promise<string> {
  let high = 0;
  let low = 0;
  let count = 0;
  for await (const { taskId } of tasks) {
    count += 1;
    if (count % atOnce === 0) await setImmediate();
    let one = 0x811c_9dc5;
    let other = 0xc2b2_ae35;
    for (let at = 0; at < taskId.length; at += 1) {
      const unit = taskId.charCodeAt(at);
      one = Math.imul(one ^ unit, 0x0100_0193);
      other = Math.imul(other ^ unit, 0x85eb_ca6b);
      other ^= other >>> 13;
    }
    // Added up, so that the order does not matter, and not exclusive-or, so that a task that is there twice counts.
    high = (high + (one >>> 0)) >>> 0;
    low = (low + (other >>> 0)) >>> 0;
  }
  return `${count}:${high}:${low}`;
}
