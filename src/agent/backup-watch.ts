/**
 * Has the library of backups look again: every now and then, which is what counts, and soon after the system has said that something
 * changed, which it may forget to say (inotify(7): its queue is bounded, and a network file system tells nothing).
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import type { BackupLibrary } from './backup-library.ts';
import { settleMs } from './settling.ts';

const pollMs = 30_000;
/** Between two looks at least, whatever happens in the directory; and as many times as long as a look took. */
const quietMs = 1_000;
const quietLooks = 20;
const quietMsMax = 60_000;

interface Watched {
  readonly library: Pick<BackupLibrary, 'look'>;
  readonly directory: string;
  readonly clock: Clock;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** Begins with a look. */
export function watchBackups({ library, directory, clock, warn }: Watched): { stop(): Promise<void> } {
  const over = new AbortController();
  let hint = new AbortController();
  let watcher: FSWatcher | null = null;
  let told = '';

  const listen = (): void => {
    if (watcher !== null) return;
    try {
      // By path: all that comes of it is an earlier look.
      watcher = watch(directory, { persistent: false }, () => hint.abort());
      watcher.on('error', stopListening);
    } catch {
      // The directory is not there yet, or all watches are taken: there is the poll.
    }
  };
  const stopListening = (): void => {
    watcher?.close();
    watcher = null;
  };
  const look = async (): Promise<number> => {
    try {
      const { settling } = await library.look();
      told = '';
      return settling ? settleMs : pollMs;
    } catch (error) {
      const why = messageOf(error);
      if (why !== told) warn({ directory, why }, 'the backups cannot be looked at');
      told = why;
      return pollMs;
    }
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      listen();
      hint = new AbortController();
      const startedAt = clock.now();
      const nextMs = await look();
      const tookMs = Math.max(0, clock.now() - startedAt);
      const restMs = Math.min(Math.max(quietMs, quietLooks * tookMs), quietMsMax);
      await clock.sleep(restMs, over.signal);
      await clock.sleep(Math.max(0, nextMs - restMs), AbortSignal.any([over.signal, hint.signal]));
    }
  };
  const ended = run();
  return {
    stop: async () => {
      over.abort();
      stopListening();
      await ended;
    },
  };
}
