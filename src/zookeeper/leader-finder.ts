import { AuroraError } from '../aurora/errors.ts';
import type { LeaderFinder, LogReplica } from '../aurora/leader.ts';
import { zookeeperUnreachable } from './failures.ts';
import { watchChildren } from './path-watch.ts';
import { readServerset } from './read-serverset.ts';
import { connectionString } from './servers.ts';
import type { ZooKeeperSession } from './session.ts';
import { type SharedOptions, SharedSessions } from './shared-sessions.ts';

export interface LeaderFinderOptions extends SharedOptions {
  /** `-serverset_path` as an external reader sees it: with `-zk_chroot_path` in front. */
  readonly serversetPath: string;
  /** `-native_log_zk_group_path`, which no chroot applies to. */
  readonly logGroupPath: string;
  /** Those of the whole program; left out, this finder has a session of its own. */
  readonly sessions?: SharedSessions;
}

/**
 * Reads who leads and whose log replicas run, from ZooKeeper. Nothing is connected before the first question. Throws
 * AuroraError `zookeeper-address` for addresses it cannot use. What it finds is a hint: a leader is confirmed by
 * asking the scheduler.
 */
export function openLeaderFinder(options: LeaderFinderOptions): LeaderFinder {
  connectionString(options.servers);
  const session = (options.sessions ?? new SharedSessions()).share(options);
  const closing = new AbortController();
  const serversetPath = withoutTrailingSlash(options.serversetPath);
  const logGroupPath = withoutTrailingSlash(options.logGroupPath);

  const ask = async <T>(work: (live: ZooKeeperSession) => Promise<T>): Promise<T> => {
    try {
      return await session.use(work);
    } catch (cause) {
      if (cause instanceof AuroraError) throw cause;
      throw zookeeperUnreachable({ servers: options.servers, garbage: null, cause });
    }
  };
  return {
    findLeader: async () => {
      try {
        return await ask((live) => readServerset(live, serversetPath));
      } catch (error) {
        if (error instanceof AuroraError) return { kind: 'unreachable', error };
        throw error;
      }
    },
    listLogReplicas: () => ask((live) => readLogGroup(live, logGroupPath)),
    watch: (listener) => {
      const stopped = new AbortController();
      const signal = AbortSignal.any([closing.signal, stopped.signal]);
      for (const path of [serversetPath, logGroupPath])
        void watchChildren(session, { path, clock: options.clock, signal, listener });
      return () => stopped.abort();
    },
    close: async () => {
      closing.abort();
      await session.close();
    },
  };
}

/** Every child counts, whatever its data says: a replica that runs must never be missing from this list. */
async function readLogGroup(session: ZooKeeperSession, path: string): Promise<readonly LogReplica[]> {
  const names = (await session.children(path)) ?? [];
  const replicas = await Promise.all(
    names.toSorted().map(async (node) => ({ node, data: await session.data(`${path}/${node}`) })),
  );
  return replicas.flatMap(({ node, data }) =>
    data === null ? [] : [{ node, address: data.toString('utf8') }],
  );
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
