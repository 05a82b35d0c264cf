/** The watches of a bot, from their start to their stop, over a real store. */
import { expect, it } from 'vitest';
import type { HostAgent, HostStatus } from '../../src/aurora/hosts.ts';
import type { BackupProof } from '../../src/aurora/proof.ts';
import { openWatches } from '../../src/cli/watches.ts';
import { defaultWatchPolicy as policy } from '../../src/watch/policy.ts';
import { openStore } from '../contracts/support.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { eastAccess } from '../slack/support/cluster.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const turn = () => new Promise((next) => setImmediate(next));

const proofOf = (atMs: number): BackupProof => ({
  sha256: 'ab'.repeat(32),
  atMs,
  tookMs: 6_000,
  auroraVersion: '0.22.0',
  way: 'staged',
  verdict: 'proven',
  says: 'A scheduler takes it.',
  tasks: 9,
});

/** One host proves backups, and its newest proof is so old. */
async function world(proofAgeMs: number) {
  const store = await openStore(':memory:');
  const clock = new FakeClock(Date.UTC(2026, 10, 30));
  const atMs = clock.now() - proofAgeMs;
  const access = await eastAccess();
  let asked = 0;
  const proving = (agent: HostAgent): HostAgent => ({
    ...agent,
    listBackups: () => Promise.resolve([]),
    readStatus: async (): Promise<HostStatus> => {
      asked += 1;
      const prove = { at: '03:30', running: null, impossible: null, recent: [proofOf(atMs)] };
      return { ...(await agent.readStatus()), clockMs: clock.now(), prove };
    },
  });
  const agents = access.agents.map((agent) => (agent.host === 'aurora-3' ? proving(agent) : agent));
  const told: string[] = [];
  const open = () =>
    openWatches({
      config: {
        clusters: [{ name: 'east', channel: 'C0OPS', watch: { channel: null, policy } }],
      },
      clusters: new Map([['east', { ...access, agents }]]),
      store,
      voice: {
        tell: ({ alarm: { kind, said } }) => {
          if (kind.startsWith('proof')) told.push(`${kind}: ${said?.says}`);
          return Promise.resolve();
        },
      },
      clock,
      metrics: null,
      log: () => undefined,
    });
  /** Time passes, and everybody who waited for it is done with what they do then. */
  const passes = async (ms: number) => {
    const until = clock.now() + ms;
    do for (let turns = 0; turns < 200; turns += 1) await turn();
    while (clock.advance(until));
  };
  return { open, passes, told, asked: () => asked, clock };
}

it('proofs that agents tell get old: told once, also by the bot that starts after it', async () => {
  const { open, passes, told } = await world(7 * day - 5 * minute);
  const watches = open();
  watches.start();

  await passes(10 * minute);
  const early = [...told];
  await passes(20 * minute);
  await watches.stop();
  const again = open();
  again.start();
  await passes(20 * minute);
  await again.stop();

  expect(early).toEqual([]);
  expect(told).toEqual(['proof-old: No backup of `east` has been proven restorable for 7 days.']);
});

it('nothing is looked at before the start, and nothing after the stop', async () => {
  const { open, passes, asked } = await world(day);
  const watches = open();
  await passes(10 * minute);
  const before = asked();

  watches.start();
  await passes(10 * minute);
  const meanwhile = asked();
  await watches.stop();
  await passes(60 * minute);

  expect(before).toBe(0);
  expect(meanwhile).toBeGreaterThan(1);
  expect(asked()).toBe(meanwhile);
});
