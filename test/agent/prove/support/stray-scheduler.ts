/**
 * A "scheduler" whose every flag is wrong: it tries to reach the cluster's addresses, and the cluster's directories, instead of starting.
 * `stray-scheduler.ts {"addresses":[…],"places":[…]} …`; its exit code is 100 and how much it reached.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const { addresses, places } = JSON.parse(process.argv[2] ?? '') as { addresses: string[]; places: string[] };

const reaches = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [host = '', port = ''] = address.split(':');
    const socket = connect({ host, port: Number(port), timeout: 2_000 });
    const end = (reached: boolean) => (): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });

const reads = (place: string): boolean => {
  try {
    return readdirSync(place).length > 0;
  } catch {
    return false;
  }
};

const writes = (place: string): boolean => {
  try {
    writeFileSync(join(place, 'stray'), '');
    return true;
  } catch {
    return false;
  }
};

const reached = [
  ...(await Promise.all(addresses.map(reaches))),
  ...places.map(reads),
  ...[...places, '/', '/etc', '/var', '/dev/shm'].map(writes),
].filter(Boolean).length;
process.exit(100 + reached);
