/** A bot whose database was lost, or that runs on a copy of it, before a host that has worked for another one. */
import { copyFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeStore } from '../../../src/agent/day-after.ts';
import { storeName } from '../../../src/aurora/store-identity.ts';
import { type AgentInProcess, startAgentHere } from '../../agent/support/agent-in-process.ts';
import { createTestHost, type TestHost } from '../../agent/support/test-host.ts';
import { newDatabase } from '../../contracts/support.ts';
import { type BotOnStore, startBotOn, storyClock } from '../support/bot-on-store.ts';

let host: TestHost;
let agent: AgentInProcess;
const bots: BotOnStore[] = [];
beforeEach(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host, { clock: storyClock });
});
afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.close()));
  await agent.close();
  await host.dispose();
});

async function botOn(
  path: string,
  more: { fence?: number; isOfBefore?: boolean; agentIsOfBefore?: boolean } = {},
): Promise<BotOnStore> {
  const grants = {
    sign: ({ ...payload }: Parameters<Parameters<typeof startBotOn>[1]['grants']['sign']>[0]) =>
      host.request(payload.kind, {} as never, payload).grant,
  };
  const bot = await startBotOn(path, { url: agent.url, grants, ...more });
  bots.push(bot);
  return bot;
}

const knownStore = async () => (await agent.client.readStatus()).grants?.store;
const hasStopped = async (bot: BotOnStore) => expect(await bot.stop()).toMatchObject({ state: 'done' });
const runsNot = async () => (await agent.client.readStatus()).scheduler.service === 'stopped';

/** R1 of a bot has stopped the scheduler; the bot is gone, and somebody has started the scheduler again. */
async function lived(fence = 1): Promise<string> {
  const path = await newDatabase();
  const bot = await botOn(path, { fence });
  await hasStopped(bot);
  await bot.close();
  await host.startSchedulerByHand();
  return path;
}

async function takeOnHost(name: string, inMidRestore = true): Promise<void> {
  await agent.close();
  try {
    await takeStore({ config: host.config, clock: storyClock }, { name, reason: 'disk lost', inMidRestore });
  } finally {
    agent = await startAgentHere(host, { clock: storyClock });
  }
}

describe('a host that has worked for a database', () => {
  it('goes on with every later start of a bot on it', async () => {
    const path = await newDatabase();
    for (let start = 1; start <= 3; start += 1) {
      const bot = await botOn(path, { fence: start });
      expect(await bot.findLost()).toBeNull();
      await hasStopped(bot);
      expect(await knownStore()).toMatchObject({
        name: storeName(bot.store.identity.epoch),
        incarnation: bot.store.identity.incarnation,
      });
      await bot.close();
    }
  });

  it.each([
    ['a fence that is too low', 1],
    ['a fence that has outgrown what the host has seen, and a name that was used before', 9],
  ])('does nothing for a new one, with %s, and says why', async (_what, fence) => {
    await lived(5);
    const fresh = await botOn(await newDatabase(), { fence });

    expect(await fresh.findLost()).toEqual({
      message: expect.stringMatching(
        /^it works for another bot's database \(last new start seen \d/,
      ) as string,
      stops: true,
    });
    await expect(fresh.stop()).rejects.toThrow(/works for another bot's database/);
    expect(await runsNot()).toBe(false);
  });

  it('does nothing for a copy that runs beside it, whichever of the two comes second', async () => {
    const path = await lived();
    const copy = await newDatabase();
    await copyFile(path, copy);
    await hasStopped(await botOn(path, { fence: 2 }));
    await host.startSchedulerByHand();

    const second = await botOn(copy, { fence: 9 });

    await expect(second.stop()).rejects.toThrow(/started later on another copy of this database/);
    expect(await runsNot()).toBe(false);
  });

  it('takes another one after root has said so on the host, and nobody else takes it back', async () => {
    const old = await lived(5);
    const path = await newDatabase();
    const fresh = await botOn(path, { fence: 6 });
    const { epoch } = fresh.store.identity;
    await fresh.store.passNames(1);
    await fresh.close();

    await takeOnHost(storeName(epoch));

    expect(await knownStore()).toMatchObject({ name: storeName(epoch), incarnation: null });
    await expect((await botOn(old, { fence: 50 })).stop()).rejects.toThrow(/another bot's database/);
    const again = await botOn(path, { fence: 7 });
    // R1 of it bears the name of the other R1.
    await expect(again.stop()).rejects.toThrow(/has seen another event/);
  });
});

/** The table of docs/runbook.md. */
describe('bots and agents of before and of now', () => {
  it('a bot of before works with an agent that knows no database, which goes on knowing none', async () => {
    await hasStopped(await botOn(await newDatabase(), { isOfBefore: true }));
    expect(await knownStore()).toBeNull();
  });

  it('a bot of before is refused where a database is known, with what to do', async () => {
    const path = await lived();
    await expect((await botOn(path, { fence: 2, isOfBefore: true })).stop()).rejects.toMatchObject({
      message: expect.stringContaining("does not name the bot's database") as string,
      hint: expect.stringContaining('upgrade the bot') as string,
    });
  });

  it('a bot of now shows an agent of before nothing that it does not know', async () => {
    await hasStopped(await botOn(await newDatabase(), { agentIsOfBefore: true }));
    expect(await knownStore()).toBeNull();
  });

  it('a restore that a bot of before has begun goes on with the bot of now, and is remembered from then on', async () => {
    const path = await newDatabase();
    const before = await botOn(path, { isOfBefore: true });
    await hasStopped(before);
    await before.close();

    const now = await botOn(path, { fence: 2 });
    expect(await now.findLost()).toBeNull();
    await hasStopped(now);

    expect(await knownStore()).toMatchObject({ incarnation: now.store.identity.incarnation });
  });
});
