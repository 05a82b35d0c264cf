/** Whose grants a host takes, by the database that they name: attackers with the bot's key, copies, and bots and agents of before. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeStore } from '../../src/agent/day-after.ts';
import type { GrantPayload } from '../../src/aurora/operations.ts';
import { type GrantedStore, storeName } from '../../src/aurora/store-identity.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { readAudit } from './support/audit-lines.ts';
import { createTestHost, type TestHost } from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

const epoch = '0a'.repeat(16);
const mine = (incarnation: string, after?: string): GrantedStore => ({
  epoch,
  incarnation,
  ...(after !== undefined && { after }),
});

const ask = async (store: GrantedStore | undefined, payload: Partial<GrantPayload> = {}): Promise<string> => {
  const request = host.request('block-traffic', {}, { ...payload, ...(store !== undefined && { store }) });
  return await agent.client.perform(request).then(
    ({ state }) => state,
    (error: { details: { rule: string }; message: string }) => `${error.details.rule}: ${error.message}`,
  );
};
const known = async () => (await agent.client.readStatus()).grants?.store;

const take = async (name: string, more: { inMidRestore?: boolean } = {}) => {
  await agent.close();
  try {
    return await takeStore(
      { config: host.config, clock: systemClock },
      { name, reason: 'the disk is lost', inMidRestore: true, ...more },
    );
  } finally {
    agent = await startAgentHere(host);
  }
};

describe('a host that knows no database', () => {
  test('takes a bot of before, and remembers nothing', async () => {
    expect(await ask(undefined)).toBe('done');
    expect(await known()).toBeNull();
  });

  test('remembers the first that comes, over its own end, and never tells its epoch', async () => {
    expect(await ask(mine('a'))).toBe('done');
    await agent.close();
    agent = await startAgentHere(host);

    const status = await agent.client.readStatus();
    expect(status.grants?.store).toMatchObject({ name: storeName(epoch), incarnation: 'a' });
    expect(JSON.stringify([status, await readAudit(host.path('state'))])).not.toContain(epoch);
  });

  test('does not remember who was refused', async () => {
    expect(await ask(mine('a'), { signers: [] })).toMatch(/^signers: /);
    expect(await known()).toBeNull();
  });
});

describe('a host that knows one', () => {
  beforeEach(async () => {
    expect(await ask(mine('a'), { fence: 5 })).toBe('done');
  });

  test.each([
    ['that very start', mine('a'), /^done/],
    ['the next one', mine('b', 'a'), /^done/],
    ['a thief of the key, who names no database', undefined, /^store: .*does not name the bot's database/],
    [
      'a thief who has read the status',
      { epoch: storeName(epoch), incarnation: 'a' },
      /^store: .*another bot/,
    ],
    ['a new database', { epoch: '0b'.repeat(16), incarnation: 'a' }, /^store: .*another bot's database/],
    ['a copy that was started once more', mine('c', 'before a'), /^store: .*runs on a copy of the database/],
    ['a copy that claims nothing', mine('c'), /^store: .*runs on a copy/],
  ])('is asked by %s', async (_who, store, answer) => {
    expect(await ask(store, { fence: 5 })).toMatch(answer);
    expect((await known())?.name).toBe(storeName(epoch));
  });

  test('says so before it speaks of fences, with what to do', async () => {
    const request = host.request(
      'block-traffic',
      {},
      { store: { epoch: '0b'.repeat(16), incarnation: 'x' } },
    );
    await expect(agent.client.perform(request)).rejects.toMatchObject({
      details: { rule: 'store' },
      hint: expect.stringContaining('run "aurora-chatops bot adopt"') as string,
    });
  });

  test('of two that run side by side takes the one that came last, and the other never again', async () => {
    expect(await ask(mine('b', 'a'), { fence: 6 })).toBe('done');
    expect(await ask(mine('a'), { fence: 7 })).toMatch(/^store: .*copy/);
    expect(await ask(mine('c', 'a'), { fence: 7 })).toMatch(/^store: .*copy/);
  });
});

describe('root on the host', () => {
  const other = '0b'.repeat(16);

  test('gives it to another database alone, with a line in the audit log', async () => {
    expect(await ask(mine('a'))).toBe('done');

    expect(await take(storeName(other))).toMatchObject({ before: { name: storeName(epoch) } });

    expect(await ask(mine('b', 'a'))).toMatch(/^store: /);
    expect(await ask(undefined)).toMatch(/^store: /);
    expect(await ask({ epoch: other, incarnation: 'x' })).toBe('done');
    expect(await ask({ epoch: other, incarnation: 'y' })).toMatch(/^store: .*copy/);
    const lines = (await readAudit(host.path('state'))).filter((line) => line['event'] === 'store-taken');
    expect(lines).toMatchObject([{ store: storeName(other), reason: 'the disk is lost' }]);
  });

  test('frees it for whichever comes first, so that a bot of before is taken again', async () => {
    await ask(mine('a'));
    await take('any');
    expect(await ask(undefined)).toBe('done');
  });

  test('is not obeyed with another name, or in the middle of a restore, unless root says so', async () => {
    await ask(mine('a'));
    await expect(take('R40')).rejects.toMatchObject({ code: 'store-name-invalid' });
    await agent.client.perform(host.request('stop-scheduler', { graceMs: 1_000 }, { store: mine('a') }));
    await expect(take(storeName(other), { inMidRestore: false })).rejects.toMatchObject({
      code: 'in-mid-restore',
      message: expect.stringContaining('R1 is in the middle') as string,
    });
    expect((await known())?.name).toBe(storeName(epoch));
    expect(await take(storeName(other))).toBeDefined();
  });

  test('never has an operation of the old one answered to the new one', async () => {
    const operationId = 'R1.forward.block-traffic.1';
    expect(await ask(mine('a'), { operationId })).toBe('done');
    await take(storeName(other));
    expect(await ask({ epoch: other, incarnation: 'x' }, { operationId })).toMatch(/^id-reused: /);
  });
});

test('what a bot has to be above of is told: fences, and names of restores', async () => {
  await ask(mine('a'), { fence: 41, restoreId: 'R40' });
  await ask(mine('a'), { fence: 42, restoreId: 'R7' });
  await agent.close();
  agent = await startAgentHere(host);
  expect((await agent.client.readStatus()).grants).toMatchObject({ highestFence: 42, highestRestore: 40 });
});
