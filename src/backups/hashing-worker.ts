/** The thread that hashes what another one has decoded, and gives its memory back to their owner. */
import { createHash } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { DecodingOrder, Hashed, HashingStart } from './decoding-thread.ts';

if (parentPort === null) throw new Error('this is a thread of a program, not a program');
const owner = parentPort;
const { decoding, niceness } = workerData as HashingStart;

if (niceness > 0) setPriority(0, niceness);

let hash = createHash('sha256');
decoding.on('message', (order: DecodingOrder) => {
  if (order.kind === 'piece') {
    hash.update(order.bytes);
    owner.postMessage({ kind: 'free', memory: order.bytes.buffer } satisfies Hashed, [order.bytes.buffer]);
    return;
  }
  owner.postMessage({ kind: 'hash', sha256: hash.digest('hex') } satisfies Hashed);
  hash = createHash('sha256');
});
