/** A replica that joins a log while another one leaves: nothing of what was written is lost by that. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { Replica } from '../../../src/pretend-aurora/mesos/log/replica.ts';
import { catchUp } from '../../../src/pretend-aurora/scheduler/log/catch-up.ts';
import { Ensemble } from '../../../src/pretend-aurora/scheduler/log/ensemble.ts';
import { LogWriter } from '../../../src/pretend-aurora/scheduler/log/log-writer.ts';
import { startReplicaServer } from '../../../src/pretend-aurora/scheduler/log/replica-server.ts';

const timeoutMs = 5_000;
let directory: string;
let closing: (() => unknown)[];
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'late-replica-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  fs.rmSync(directory, { recursive: true });
});

function open(name: string, status: 'VOTING' | 'EMPTY'): Replica {
  fs.mkdirSync(join(directory, name));
  const replica = new Replica(join(directory, name));
  closing.push(() => replica.close());
  if (status === 'VOTING') replica.persistMetadata({ status, promised: 0 });
  return replica;
}

/** `leavesAfter`: so many questions are answered, and it is gone. */
async function serve(replica: Replica, leavesAfter = Number.POSITIVE_INFINITY): Promise<string> {
  let asked = 0;
  const { port, close } = await startReplicaServer({
    host: '127.0.0.1',
    port: 0,
    replica: () => {
      asked += 1;
      return asked > leavesAfter ? null : replica;
    },
    ensembleSize: () => 3,
  });
  closing.push(close);
  return `127.0.0.1:${port}`;
}

/** One replica that holds an entry, and a blank one that votes. */
async function refilled(leavesAfter?: number): Promise<readonly string[]> {
  const [full, blank] = [open('full', 'VOTING'), open('blank', 'VOTING')];
  const writer = new LogWriter({
    ensemble: new Ensemble({ replica: full, self: 'full', replicas: [] }),
    quorum: 1,
  });
  await writer.elect({ timeoutMs, first: false });
  await writer.append(Buffer.from('restored'), timeoutMs);
  return [await serve(full, leavesAfter), await serve(blank)];
}

it('a replica that has not recovered wins no election: it holds nothing to replay', async () => {
  const late = open('late', 'EMPTY');
  const ensemble = new Ensemble({ replica: late, self: 'late', replicas: await refilled() });
  const writer = new LogWriter({ ensemble, quorum: 2 });
  const joins = { ensemble, quorum: 2, msPerSecond: 1, clock: systemClock, say: () => undefined };

  expect(await writer.elect({ timeoutMs, first: false })).toBeNull();
  await catchUp({ ...joins, signal: new AbortController().signal });

  expect((await writer.elect({ timeoutMs, first: false }))?.map(String)).toEqual(['restored']);
});

it('a replica does not join when who holds the data leaves in the middle', async () => {
  const late = open('late', 'EMPTY');
  const ensemble = new Ensemble({ replica: late, self: 'late', replicas: await refilled(1) });
  const ends = new AbortController();
  let rounds = 0;
  const clock = {
    ...systemClock,
    sleep: () => {
      rounds += 1;
      if (rounds === 3) ends.abort();
      return Promise.resolve();
    },
  };

  await catchUp({
    ensemble,
    quorum: 2,
    msPerSecond: 1,
    clock,
    signal: ends.signal,
    say: () => undefined,
  });

  expect(rounds).toBe(3);
  expect(late.status).toBe('EMPTY');
});

it('an election fails when who holds the data leaves between its promise and the question what it holds', async () => {
  const late = open('late', 'VOTING');
  // The first proposal is too low: it has promised one before.
  const ensemble = new Ensemble({ replica: late, self: 'late', replicas: (await refilled(2)).slice(0, 1) });
  const writer = new LogWriter({ ensemble, quorum: 2 });

  expect(await writer.elect({ timeoutMs, first: false })).toBeNull();
});
