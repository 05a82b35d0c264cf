import type { Logger } from 'pino';
import type { Clock } from '../aurora/clock.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { listRestores } from '../restore/service/list.ts';
import type { Store } from '../store/store.ts';

const everyMs = 24 * 3_600_000;

/** Tidies the store now and once a day. A failure is logged and tried again the next day: nobody waits for it. */
export function keepTidy(
  store: Store<RestoreEvent>,
  {
    keepDocumentsMs,
    clock,
    logger,
  }: { keepDocumentsMs: number; clock: Clock; logger: Pick<Logger, 'info' | 'warn'> },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const tidied = await store.tidy({ now: clock.now(), keepDocumentsMs });
        // Of an earlier version, or changed by somebody: made again now, while nobody waits for it.
        await listRestores(store, { open: false });
        if (tidied.documents > 0) logger.info(tidied, 'old documents were removed by rule');
      } catch (error) {
        logger.warn({ err: error }, 'the database was not tidied');
      }
      await clock.sleep(everyMs, stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
