import type { Clock } from '../../aurora/clock.ts';
import type { SessionOptions, ZooKeeperSession } from '../../zookeeper/session.ts';
import { joinLogGroup, makePath, openAuthor } from './nodes.ts';

/** A replica's place in the group of its log. */
export interface LogMembership {
  /** Name of its node now, ten digits. */
  node(): string;
  /** The process ends: its node stays until the session times out (aurora.md 13, "ZooKeeper lags behind a stop"). */
  drop(): void;
}

const retryMs = 200;

/**
 * Joins the group on a session of its own, and again after every session that the server has ended: libmesos does, whatever
 * became of the scheduler around it (test/fixtures/two-elected/nodes.json). Rejects as `openSession` does when it cannot join at first.
 */
export async function joinLog(
  options: SessionOptions & {
    readonly path: string;
    readonly libprocess: string;
    readonly clock: Clock;
    readonly credentials?: string | undefined;
  },
): Promise<LogMembership> {
  const { path, libprocess, clock } = options;
  const over = new AbortController();
  let session: ZooKeeperSession | null = null;
  let node = '';

  const join = async (): Promise<void> => {
    const author = await openAuthor(options);
    const opened = author.session;
    session = opened;
    try {
      await makePath(author, path);
      node = await joinLogGroup(author, path, libprocess);
    } catch (error) {
      opened.close();
      throw error;
    }
    if (over.signal.aborted) opened.drop();
    void opened.ended.then(joinAgain);
  };
  const joinAgain = async (): Promise<void> => {
    while (!over.signal.aborted) {
      try {
        await join();
        return;
      } catch {
        await clock.sleep(retryMs, over.signal);
      }
    }
  };

  await join();
  return {
    node: () => node,
    drop: () => {
      over.abort();
      session?.drop();
    },
  };
}
