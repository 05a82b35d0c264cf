/** What the threads of `decoding-thread.ts` have in common: one file after the other, in pieces that lie in shared memory. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadAnswer, ThreadOrder, ThreadStart } from './decoding-thread.ts';

/** `take` looks at a piece, which is not there any more afterwards; `finish` gives the result of one file, and the next begins. */
export function workOnPieces<Result>(work: { take(piece: Buffer): void; finish(): Result }): void {
  if (parentPort === null) throw new Error('this is a thread of a program, not a program');
  const owner = parentPort;
  const { memory, niceness } = workerData as ThreadStart;
  // On Linux the nice value is a thread's own (setpriority(2), NOTES), and 0 is who asks.
  if (niceness > 0) setPriority(0, niceness);
  const answer = (what: ThreadAnswer<Result>): void => owner.postMessage(what);
  owner.on('message', (order: ThreadOrder) => {
    if (order.kind === 'end') {
      answer({ kind: 'result', result: work.finish() });
      return;
    }
    work.take(Buffer.from(memory, order.start, order.size));
    answer({ kind: 'done', start: order.start });
  });
}
