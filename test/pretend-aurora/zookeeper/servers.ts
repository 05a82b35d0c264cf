import { systemClock } from '../../../src/aurora/system-clock.ts';
import { startZooKeeperServer } from '../../../src/pretend-aurora/zookeeper/server.ts';
import { startRealZooKeeper } from '../../support/zookeeper.ts';

/** What the contract needs of a ZooKeeper: the drill's own, or Debian's. */
export interface ServerUnderTest {
  readonly host: string;
  readonly port: number;
  /** Stops answering, keeps connections. */
  freeze(): Promise<void>;
  thaw(): void;
  close(): Promise<void>;
}

/** Bounds of session timeouts that both servers are started with. */
export const bounds = { minSessionTimeoutMs: 500, maxSessionTimeoutMs: 20_000 } as const;

export const serversUnderTest: readonly { name: string; start(): Promise<ServerUnderTest> }[] = [
  {
    name: 'the in-process server',
    start: async () => {
      const host = '127.0.0.1';
      const server = await startZooKeeperServer({ host, port: 0, clock: systemClock, ...bounds });
      return {
        host,
        port: server.port,
        freeze: async () => server.pause(),
        thaw: () => server.resume(),
        close: () => server.close(),
      };
    },
  },
  { name: 'ZooKeeper 3.8 of Debian', start: () => startRealZooKeeper(bounds) },
];
