/**
 * So many connections at once, and so many of one address or client. When one more comes, the one that has been idle longest
 * makes room, of the same key first and then of the key that has most: whoever opens connections and says nothing loses
 * them, and keeps nobody out. Knows no sockets.
 */

interface PoolLimits {
  readonly all: number;
  /** Of one key. */
  readonly each: number;
}

interface ConnectionPool<C> {
  /** Which connection has to go for this one; itself when all others are at work. `null` while there is room. */
  enter(connection: C, key: string): C | null;
  /** It has begun to work, or is idle again and the last that would have to go. */
  setBusy(connection: C, isBusy: boolean): void;
  leave(connection: C): void;
}

/** Empty at first. */
export function createConnectionPool<C>(limits: PoolLimits): ConnectionPool<C> {
  /** By key, each longest idle first. */
  const pool = new Map<string, Map<C, { busy: boolean }>>();
  const keys = new Map<C, string>();

  const remove = (connection: C): void => {
    const key = keys.get(connection);
    if (key === undefined) return;
    keys.delete(connection);
    const same = pool.get(key);
    same?.delete(connection);
    if (same?.size === 0) pool.delete(key);
  };

  const longestIdle = (key: string): C | undefined => {
    for (const [connection, { busy }] of pool.get(key) ?? []) if (!busy) return connection;
    return undefined;
  };

  const keysByMost = (): readonly string[] =>
    [...pool].toSorted(([, a], [, b]) => b.size - a.size).map(([key]) => key);

  const findVictim = (key: string): C | undefined => {
    if ((pool.get(key)?.size ?? 0) >= limits.each) return longestIdle(key);
    for (const other of keysByMost()) {
      const idle = longestIdle(other);
      if (idle !== undefined) return idle;
    }
    return undefined;
  };

  return {
    enter: (connection, key) => {
      const isFull = keys.size >= limits.all || (pool.get(key)?.size ?? 0) >= limits.each;
      const victim = isFull ? (findVictim(key) ?? connection) : null;
      if (victim === connection) return connection;
      if (victim !== null) remove(victim);
      const same = pool.get(key) ?? new Map<C, { busy: boolean }>();
      same.set(connection, { busy: false });
      pool.set(key, same);
      keys.set(connection, key);
      return victim;
    },
    setBusy: (connection, busy) => {
      const same = pool.get(keys.get(connection) ?? '');
      if (same?.delete(connection) === true) same.set(connection, { busy });
    },
    leave: remove,
  };
}
