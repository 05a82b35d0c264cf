import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Call, type Push, pushSchema, type Subscribe } from '../../mesos/master/protocol.ts';

/** A scheduler's connection to the simulated master. */
export interface Driver {
  /**
   * Calls go out one after another, in order. One that is made while no master has this scheduler's subscription, or that
   * the master does not take, is dropped as a lost message: nobody makes up for it (aurora.md 16).
   */
  call(call: Call): void;
  close(): void;
}

const callMs = 5_000;

/** Subscribes and passes on what the master says. `onLost` when the stream ends without `close`. */
export function connectDriver(options: {
  url: string;
  subscribe: Subscribe;
  onPush: (push: Push) => void;
  onLost: () => void;
}): Driver {
  const { url, onPush } = options;
  const stop = new AbortController();
  let turn: Promise<void> = Promise.resolve();
  let isConnected = false;

  const read = async (): Promise<void> => {
    const response = await fetch(`${url}/drill/subscribe`, {
      method: 'POST',
      body: JSON.stringify(options.subscribe),
      signal: stop.signal,
    });
    if (response.body === null) return;
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      isConnected = true;
      onPush(pushSchema.parse(JSON.parse(line)));
    }
  };
  void read()
    .catch(() => undefined)
    .then(() => {
      isConnected = false;
      if (!stop.signal.aborted) options.onLost();
    });

  const send = async (call: Call): Promise<void> => {
    await fetch(`${url}/drill/call`, {
      method: 'POST',
      body: JSON.stringify(call),
      signal: AbortSignal.timeout(callMs),
    }).catch(() => undefined);
  };
  return {
    call: (call) => {
      if (!isConnected) return;
      turn = turn.then(() => send(call));
    },
    close: () => stop.abort(),
  };
}

/** What a `-mesos_master_address` leads to. */
type MasterAddressKind = 'the-master' | 'nobody' | 'refused';

/**
 * Only the world's own address reaches the simulated master. A ZooKeeper address without a path is refused by
 * Mesos, and the scheduler then deadlocks while it shuts down (aurora.md 13).
 */
export function judgeMasterAddress(address: string, worldAddress: string): MasterAddressKind {
  if (address === worldAddress) return 'the-master';
  return /^zk:\/\/[^/]+\/?$/.test(address) ? 'refused' : 'nobody';
}
