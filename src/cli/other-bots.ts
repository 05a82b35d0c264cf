/** What a bot does when another one on the same database has done something. */
import type { Logger } from 'pino';
import type { Journal } from '../aurora/journal.ts';
import type { OtherBots } from '../aurora/other-bots.ts';
import type { RestoreWorker } from '../restore/engine/worker.ts';
import type { Outbox } from '../slack/outbox.ts';

interface Shared {
  readonly others: OtherBots | null;
}

/** The journal, as one that also tells what other bots add. What may have been missed is found by whoever asks now and then. */
export function hearingOthers<J extends Pick<Journal<unknown>, 'onAppend'> & Shared>(journal: J): J {
  const { others } = journal;
  if (others === null) return journal;
  return {
    ...journal,
    onAppend: (listener) => {
      const own = journal.onAppend(listener);
      const foreign = others.onAppended((restoreId) => restoreId !== null && listener(restoreId));
      return () => {
        own();
        foreign();
      };
    },
  };
}

/** Decisions that another bot took, restores that it opened, what its steps wait for. Returns the way to stop. */
export function workWithOthers(
  { others }: Shared,
  parts: {
    worker: Pick<RestoreWorker, 'start' | 'wake'>;
    outbox: Pick<Outbox, 'progress'>;
    logger: Pick<Logger, 'warn'>;
  },
): () => Promise<void> {
  const { worker, outbox, logger } = parts;
  const stops = [
    others?.onAppended((restoreId) => {
      if (restoreId !== null) worker.wake(restoreId);
      else
        void worker.start().catch((error: unknown) => {
          logger.warn({ err: error }, 'it cannot be seen what other bots have done; trying again');
        });
    }),
    others?.onProgress((restoreId, text) => outbox.progress(restoreId, text)),
  ];
  return () => {
    for (const stop of stops) stop?.();
    return Promise.resolve();
  };
}
