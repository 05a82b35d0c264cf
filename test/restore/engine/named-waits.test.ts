/** Three minutes in which somebody says nothing: from the third second on the card names who, for how long, and how long at most. */
import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { createStepContext } from '../../../src/restore/engine/context.ts';
import { NamedWaits } from '../../../src/restore/engine/named-waits.ts';
import { RestoreThread } from '../../../src/restore/engine/thread.ts';
import type { StepContext } from '../../../src/restore/step.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openOffice } from '../support/office.ts';
import { startedAt, untilStopped } from '../support/story.ts';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const second = 1_000;

interface Silent {
  readonly agent?: Partial<HostAgent>;
  readonly findLeader?: () => Promise<never>;
  readonly listFrameworks?: () => Promise<never>;
}

const unreachable = (): Promise<never> =>
  Promise.reject(new AuroraError({ code: 'agent-unreachable', message: 'No answer.', hint: 'Look.' }));

/** Works with somebody who is silent for three minutes of the clock, and answers what was said and when, in seconds. */
async function sayingsOf(
  silent: Silent,
  work: (context: StepContext) => Promise<unknown>,
): Promise<readonly { at: number; text: string | null }[]> {
  const office = await openOffice(untilStopped());
  const clock = new FakeClock(startedAt);
  const lease = await office.store.acquire({ cluster: 'east', owner: 'a', ttlMs: 3_600_000, now: startedAt });
  if (lease === null) throw new Error('nobody else has it');
  const said: { at: number; text: string | null }[] = [];
  const agent = {
    host: 'aurora-2',
    readStatus: never,
    perform: never,
    ...silent.agent,
  } as unknown as HostAgent;
  const stop = new AbortController();
  const context = createStepContext({
    deps: {
      clock,
      journal: office.store,
      leases: office.store,
      documents: office.store,
      people: office.people,
      grants: { sign: (payload) => ({ payload, signature: '' }) },
      backups: { computeBlastRadius: never, digestStagedSet: never },
      clusters: new Map(),
      owner: 'test',
      onProgress: (_restoreId, text) => said.push({ at: (clock.now() - startedAt) / second, text }),
      log: () => undefined,
    },
    access: {
      cluster: {
        ...office.cluster,
        waits: { ...office.cluster.waits, agentDeadlineMs: 120 * second, pollMs: second },
      },
      agents: [agent],
      leader: {
        findLeader: silent.findLeader ?? never,
        listLogReplicas: never,
        watch: () => () => undefined,
        close: () => Promise.resolve(),
      },
      mesos: { listLiveTasks: never, listFrameworks: silent.listFrameworks ?? never },
    },
    thread: new RestoreThread({ journal: office.store, clock }, lease, await office.state()),
    step: 'stop-schedulers',
    signal: stop.signal,
  });
  let isOver = false;
  void work(context)
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  while (!isOver && clock.now() < startedAt + 180 * second) {
    for (let turns = 0; turns < 20; turns += 1) await turn();
    if (!clock.advance(startedAt + 180 * second)) break;
  }
  stop.abort();
  await turn();
  await office.close();
  return said;
}

/** The longest time without a word between the beginning and the last word, in seconds. */
function longestGap(said: readonly { at: number }[]): number {
  const times = [0, ...said.map(({ at }) => at)];
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
}

const waits: Readonly<Record<string, readonly [Silent, (context: StepContext) => Promise<unknown>, RegExp]>> =
  {
    'an agent that is asked how its host is': [
      {},
      (context) => context.onEachHost((agent) => context.readStatus(agent)),
      /^aurora-2's agent: \d+ s of 2 min$/,
    ],
    'an agent that cannot be reached': [
      { agent: { readStatus: unreachable } },
      (context) => context.onEachHost((agent) => context.readStatus(agent)),
      /^aurora-2's agent: \d+ s of 2 min$/,
    ],
    'an agent that is to do something': [
      { agent: { readStatus: unreachable, perform: never } },
      (context) => context.operate('aurora-2', 'stop-scheduler', { graceMs: 1 } as never),
      /^aurora-2's agent: \d+ s of 2 min$/,
    ],
    'an agent that is at it': [
      {
        agent: {
          readStatus: () => Promise.resolve({} as never),
          perform: ((request: { operationId: string; kind: string }) =>
            Promise.resolve({ ...request, state: 'running' })) as never,
        },
      },
      (context) => context.operate('aurora-2', 'stop-scheduler', { graceMs: 1 } as never),
      /^aurora-2: stop scheduler: \d+ s of 20 min$/,
    ],
    ZooKeeper: [
      {},
      (context) => context.patiently('ZooKeeper', () => context.leader.findLeader()),
      /^ZooKeeper: \d+ s of 2 min$/,
    ],
    'the Mesos master': [
      {},
      (context) => context.patiently('the Mesos master', () => context.mesos.listFrameworks()),
      /^the Mesos master: \d+ s of 2 min$/,
    ],
    'a scheduler': [
      {},
      (context) => context.patiently('the scheduler on aurora-2', never),
      /^the scheduler on aurora-2: \d+ s of 2 min$/,
    ],
    'an election': [
      {},
      (context) =>
        context.waitFor({
          what: 'an elected scheduler',
          usual: 'up to 20 s',
          limitMs: 300 * second,
          hint: 'Look.',
          look: () => Promise.resolve(null),
        }),
      /^Waiting for an elected scheduler: \d+ s of 5 min \(usual: up to 20 s\)$/,
    ],
  };

describe('a silence of three minutes', () => {
  it.each(Object.entries(waits))('of %s is named all the time', async (_name, [silent, work, words]) => {
    const said = await sayingsOf(silent, work);
    const named = said.filter(({ text }) => text !== null);

    expect(named.length).toBeGreaterThan(100);
    expect(longestGap(named)).toBeLessThanOrEqual(3);
    expect(named[0]?.at).toBe(3);
    for (const { text } of named) expect(text).toMatch(words);
  });
});

describe('what is waited for', () => {
  const waiting = () => {
    const clock = new FakeClock(0);
    const said: (string | null)[] = [];
    return { clock, said, waits: new NamedWaits(clock, (text) => said.push(text)) };
  };
  const pass = async (clock: FakeClock, ms: number) => {
    const end = clock.now() + ms;
    while (clock.advance(end)) await turn();
  };

  it('is not said when it ends within three seconds', async () => {
    const { clock, said, waits } = waiting();
    const wait = waits.begin({ what: 'ZooKeeper', boundMs: 9_000 });
    await pass(clock, 2_900);
    wait.end();
    await pass(clock, 60_000);

    expect(said).toEqual([]);
  });

  it('is taken back once it has ended', async () => {
    const { clock, said, waits } = waiting();
    const wait = waits.begin({ what: 'ZooKeeper', boundMs: 9_000 });
    await pass(clock, 4_000);
    wait.end();

    expect(said).toEqual(['ZooKeeper: 3 s of 9 s', 'ZooKeeper: 4 s of 9 s', null]);
  });

  it('of many only the first three are named', async () => {
    const { clock, said, waits } = waiting();
    for (const host of ['a', 'b', 'c', 'd', 'e']) waits.begin({ what: host, boundMs: 60_000 });
    await pass(clock, 3_000);

    expect(said.at(-1)).toBe('a: 3 s of 60 s · b: 3 s of 60 s · c: 3 s of 60 s · and 2 more');
  });

  it('stands behind what a step says of itself', async () => {
    const { clock, said, waits } = waiting();
    waits.note('A new blank log is made.');
    waits.begin({ what: 'ZooKeeper', boundMs: 60_000 });
    await pass(clock, 3_000);

    expect(said.at(-1)).toBe('A new blank log is made. ZooKeeper: 3 s of 60 s');
  });
});
