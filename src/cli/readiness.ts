/** What a bot lacks before it can carry a restore on. */
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import { within } from '../aurora/within.ts';

/** What a bot needs, in the words of its metric and of `/readyz`. */
export const readinessParts = ['store', 'slack', 'worker'] as const;

type ReadinessPart = (typeof readinessParts)[number];

interface Missing {
  readonly part: ReadinessPart;
  readonly says: string;
}

export interface Readiness {
  /** Empty when the bot is ready. Looked at once for all who ask within five seconds; never rejects, and waits for a part for two. */
  look(): Promise<readonly Missing[]>;
}

interface ReadinessParts {
  /** Writes what changes nothing; rejects when the store does not take it. */
  readonly writeStore: () => Promise<unknown>;
  readonly hearsSlack: () => boolean;
  readonly works: () => boolean;
  readonly clock: Clock;
  warn(fields: Record<string, unknown>, message: string): void;
}

const answerMs = 2_000;
/** A write each second, for whoever asks without being known, would be too much. */
const keptMs = 5_000;

/** Nothing is looked at before somebody asks. */
export function createReadiness({ writeStore, hearsSlack, works, clock, warn }: ReadinessParts): Readiness {
  let last: { readonly atMs: number; readonly says: Promise<string | null> } | null = null;
  const lookAtStore = async (): Promise<string | null> => {
    try {
      const written = await within(
        clock,
        answerMs,
        writeStore().then(() => true),
      );
      return written === true ? null : `The database has not taken a write for ${answerMs / 1000} seconds.`;
    } catch (error) {
      warn({ err: messageOf(error) }, 'the database takes no write');
      return 'The database takes no write. The log of the bot says why.';
    }
  };
  const store = (): Promise<string | null> => {
    const atMs = clock.now();
    if (last === null || atMs - last.atMs >= keptMs || atMs < last.atMs) last = { atMs, says: lookAtStore() };
    return last.says;
  };
  return {
    look: async () => {
      const found: Readonly<Record<ReadinessPart, string | null>> = {
        store: await store(),
        slack: hearsSlack() ? null : 'Slack does not deliver to the bot.',
        worker: works() ? null : 'The worker has not taken up the open restores yet, or has stopped.',
      };
      return readinessParts.flatMap((part) => {
        const says = found[part];
        return says === null ? [] : [{ part, says }];
      });
    },
  };
}
