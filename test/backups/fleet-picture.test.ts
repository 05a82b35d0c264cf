/** One picture of a cluster for all who ask: nobody is asked twice at once, and what is old is dated. */
import { describe, expect, it } from 'vitest';
import type { KnownBackups } from '../../src/aurora/backups.ts';
import type { FleetHistory } from '../../src/aurora/fleet.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { createFleet } from '../../src/backups/fleet.ts';
import { createFleetPicture, type FleetPicture } from '../../src/backups/fleet-picture.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { readingAgent, unreachable } from '../slack/support/cluster.ts';
import { WatchedClock } from '../support/watched-clock.ts';

const whole = 'scheduler-backup-2026-11-23-16-30';
const cut = 'scheduler-backup-2026-11-23-14-30';
const never = <T>(): Promise<T> => new Promise(() => undefined);
const now = Date.parse('2026-11-23T16:44:00Z');

type Noted = Parameters<FleetHistory['noteSeen']>;

function pictureOf(agents: readonly HostAgent[], clock = new WatchedClock(now)) {
  const noted: Noted[] = [];
  const warnings: unknown[] = [];
  const history = {
    noteSeen: (...seen: Noted) => {
      noted.push(seen);
      return Promise.resolve();
    },
  };
  const warn = (fields: unknown): void => void warnings.push(fields);
  const picture = createFleetPicture({ cluster: 'east', agents, clock, history, warn });
  return { picture, clock, noted, warnings };
}

/** Has read its backup already: it answers without waiting for a disk. */
async function readyAgent(host: string, name = whole): Promise<HostAgent> {
  const agent = readingAgent(host, { backups: [name] });
  const known = await agent.listKnownBackups();
  return { ...agent, listKnownBackups: () => Promise.resolve(known) };
}

/** Counts its questions, and answers each when it is told to. */
async function askedAgent(host: string, name = whole) {
  const agent = await readyAgent(host, name);
  let asked = 0;
  let answer = Promise.withResolvers<void>();
  const asking: HostAgent = {
    ...agent,
    listKnownBackups: async () => {
      asked += 1;
      await answer.promise;
      return await agent.listKnownBackups();
    },
  };
  return {
    agent: asking,
    asked: () => asked,
    answers: () => answer.resolve(),
    freezes: () => {
      answer = Promise.withResolvers();
    },
  };
}

/** A look at hosts of which some never answer. */
async function lookInVain({ picture, clock }: { picture: FleetPicture; clock: WatchedClock }) {
  const looked = picture.look(5_000);
  for (let half = 0; half < 2; half += 1) await clock.passes(2_500);
  return await looked;
}

describe('a look', () => {
  it('asks each host once, however many people ask at the same time', async () => {
    const [one, two] = [await askedAgent('aurora-1'), await askedAgent('aurora-2')];
    const { picture } = pictureOf([one.agent, two.agent]);

    const looks = [picture.look(5_000), picture.look(5_000), picture.look(800)];
    one.answers();
    two.answers();
    const inventories = await Promise.all(looks);
    const asked = [one.asked(), two.asked()];
    await picture.look(5_000);

    expect(asked).toEqual([1, 1]);
    expect(inventories.map(({ answered }) => answered)).toEqual([2, 2, 2]);
    expect(one.asked()).toBe(2);
  });

  it('shows what a host said before it fell silent, with the time, and recommends none of it', async () => {
    const [one, two] = [await askedAgent('aurora-1'), await askedAgent('aurora-2', cut)];
    for (const host of [one, two]) host.answers();
    const setting = pictureOf([{ ...one.agent, readStatus: never<never> }, two.agent]);
    await setting.picture.look(5_000);
    one.freezes();
    await setting.clock.passes(60_000);

    const inventory = await lookInVain(setting);

    expect(inventory.silent).toEqual([
      { host: 'aurora-1', why: 'The agent on aurora-1 did not answer in time.' },
    ]);
    expect(inventory.recommended).toBeNull();
    expect(inventory.items.find(({ report }) => report.verdict === 'ok')?.copies).toEqual([
      { host: 'aurora-1', name: whole, asOfMs: now },
    ]);
  });

  it('recommends what another host has that answers, and names both', async () => {
    const [one, two] = [await askedAgent('aurora-1'), await askedAgent('aurora-2')];
    for (const host of [one, two]) host.answers();
    const setting = pictureOf([{ ...one.agent, readStatus: never<never> }, two.agent]);
    await setting.picture.look(5_000);
    one.freezes();

    const { items, recommended } = await lookInVain(setting);

    expect(items[0]?.sha256).toBe(recommended);
    expect(items[0]?.copies).toEqual([
      { host: 'aurora-2', name: whole },
      { host: 'aurora-1', name: whole, asOfMs: now },
    ]);
  });

  it('tells an agent of before, which reads all before it answers, from a frozen host', async () => {
    const old = { ...readingAgent('aurora-1', {}), listKnownBackups: never<never> };
    const setting = pictureOf([old, await readyAgent('aurora-2')]);

    const inventory = await lookInVain(setting);

    expect(inventory).toMatchObject({ reading: ['aurora-1'], silent: [], answered: 1 });
  });

  it('asks a frozen host once, however often it is looked at', async () => {
    const asked = { list: 0, status: 0 };
    const frozen: HostAgent = {
      ...readingAgent('aurora-1', {}),
      listKnownBackups: () => {
        asked.list += 1;
        return never();
      },
      readStatus: () => {
        asked.status += 1;
        return never();
      },
    };
    const setting = pictureOf([frozen]);

    for (let look = 0; look < 3; look += 1) await lookInVain(setting);

    expect(asked).toEqual({ list: 1, status: 1 });
  });

  it('counts what a host has still to read, and goes on until it is read', async () => {
    const agent = await readyAgent('aurora-1');
    let left = 2;
    const reads: HostAgent = {
      ...agent,
      listKnownBackups: async (): Promise<KnownBackups> => {
        const unread = { name: cut, bytes: 1, mtimeMs: 0, reading: true as const };
        const answer = { ...(await agent.listKnownBackups()), reading: new Array(left).fill(unread) };
        left = Math.max(0, left - 1);
        return answer;
      },
    };
    const { picture, clock } = pictureOf([reads]);

    const first = await picture.look(5_000);
    const through = picture.lookThrough(5_000);
    await clock.passes(0);
    for (let poll = 0; poll < 2; poll += 1) await clock.passes(500);

    expect(first.unread).toEqual([{ host: 'aurora-1', left: 2, of: 3 }]);
    expect((await through).unread).toEqual([]);
  });

  it('says why a host refuses, in its own words', async () => {
    const { picture } = pictureOf([readingAgent('aurora-1', { backups: unreachable('aurora-1') })]);

    const { silent } = await picture.look(5_000);

    expect(silent).toEqual([{ host: 'aurora-1', why: 'The agent on aurora-1 does not answer.' }]);
  });
});

describe('what was seen', () => {
  it('is written down when it changes, once a minute otherwise, and never what only lay there before', async () => {
    const [one, two] = [await askedAgent('aurora-1'), await askedAgent('aurora-2', cut)];
    for (const host of [one, two]) host.answers();
    const setting = pictureOf([{ ...one.agent, readStatus: never<never> }, two.agent]);
    const { picture, clock, noted } = setting;

    await picture.look(5_000);
    await picture.look(5_000);
    const [, first] = noted[0] ?? [];
    const afterTwo = noted.length;
    await clock.passes(60_000);
    await picture.look(5_000);
    const afterAMinute = noted.length;
    one.freezes();
    await lookInVain(setting);

    expect([afterTwo, afterAMinute, noted.length]).toEqual([1, 2, 3]);
    expect(first).toMatchObject({ atMs: now });
    expect(first?.backups.map(({ copies }) => copies)).toEqual([
      [{ host: 'aurora-1', name: whole }],
      [{ host: 'aurora-2', name: cut }],
    ]);
    expect(noted.at(-1)?.[1].backups.map(({ copies }) => copies)).toEqual([
      [{ host: 'aurora-2', name: cut }],
    ]);
  });

  it('costs nobody an answer when it cannot be written down', async () => {
    const clock = new FakeClock(now);
    const warnings: unknown[] = [];
    const picture = createFleetPicture({
      cluster: 'east',
      agents: [readingAgent('aurora-1', { backups: [whole] })],
      clock,
      history: { noteSeen: () => Promise.reject(new Error('the disk is full')) },
      warn: (fields) => void warnings.push(fields),
    });

    const { items } = await picture.look(5_000);

    expect(items).toHaveLength(1);
    expect(warnings).toEqual([{ cluster: 'east', why: 'the disk is full' }]);
  });
});

describe('the fleet', () => {
  it('looks at one cluster after the other, then at each every so often, until it is stopped', async () => {
    const clock = new WatchedClock(now);
    const hosts = await Promise.all(['east', 'west'].map((cluster) => askedAgent(cluster)));
    for (const host of hosts) host.answers();
    const clusters = new Map(hosts.map(({ agent }) => [agent.host, { agents: [agent] }]));
    const noted: string[] = [];
    const fleet = createFleet({
      clusters,
      clock,
      everyMs: 300_000,
      history: {
        noteSeen: (cluster) => {
          noted.push(cluster);
          return Promise.resolve();
        },
      },
      warn: () => undefined,
    });
    const asked = (): number[] => hosts.map((host) => host.asked());

    fleet.start();
    await clock.passes(0);
    await expect.poll(asked).toEqual([1, 0]);
    await clock.passes(30_000);
    await expect.poll(asked).toEqual([1, 1]);
    await expect.poll(() => noted).toEqual(['east', 'west']);
    await clock.passes(270_000);
    await expect.poll(asked).toEqual([2, 1]);
    await fleet.stop();
    await clock.passes(600_000);

    expect(asked()).toEqual([2, 1]);
    expect(() => fleet.of('north')).toThrow('north is not configured');
  });

  it('stops at once while a host is frozen, and writes nothing afterwards', async () => {
    const clock = new WatchedClock(now);
    const frozen = await askedAgent('aurora-1');
    const noted: string[] = [];
    const history = {
      noteSeen: (cluster: string) => {
        noted.push(cluster);
        return Promise.resolve();
      },
    };
    const clusters = new Map([['east', { agents: [frozen.agent] }]]);
    const fleet = createFleet({ clusters, clock, everyMs: 300_000, history, warn: () => undefined });
    fleet.start();
    await clock.passes(0);
    await expect.poll(frozen.asked).toBe(1);

    await fleet.stop();
    frozen.answers();
    await fleet.of('east').look(5_000);

    expect(noted).toEqual([]);
  });
});
