import type { Clock } from '../../aurora/clock.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';

/**
 * Watches a session's connection from now on. Answers whether it has been without one for as long as the session lasts:
 * ZooKeeper was away then, and this process knew it. A process that stood still itself, or whose session the server
 * ended, finds out within moments of losing its connection.
 */
export async function watchAbsence(
  session: ZooKeeperSession,
  { clock, onLost }: { clock: Clock; onLost: () => void },
): Promise<() => boolean> {
  let lostAt: number | null = null;
  await session.call<undefined>('watching the connection', (client, done) => {
    client.on('disconnected', () => {
      if (lostAt !== null) return;
      lostAt = clock.now();
      onLost();
    });
    client.on('connected', () => {
      lostAt = null;
    });
    done(null, undefined);
  });
  return () => lostAt !== null && clock.now() - lostAt >= session.timeoutMs;
}
