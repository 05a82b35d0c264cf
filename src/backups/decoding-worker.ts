/**
 * The thread that decodes: pieces of one backup after the other, in order. A piece that has been decoded goes on to the thread
 * that hashes, in the same memory; from there it comes back to be filled again. It runs what `decodeBackup` runs.
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { BackupDecoder } from './decode-backup.ts';
import type { DecodingOrder, DecodingStart } from './decoding-thread.ts';

if (parentPort === null) throw new Error('this is a thread of a program, not a program');
const owner = parentPort;
const { hashing, niceness } = workerData as DecodingStart;

// On Linux the nice value is a thread's own (setpriority(2), NOTES), and 0 is who asks.
if (niceness > 0) setPriority(0, niceness);

let decoder = new BackupDecoder();
owner.on('message', (order: DecodingOrder) => {
  if (order.kind === 'piece') {
    decoder.push(order.bytes);
    hashing.postMessage(order, [order.bytes.buffer]);
    return;
  }
  owner.postMessage(decoder.finish(''));
  decoder = new BackupDecoder();
  hashing.postMessage(order);
});
