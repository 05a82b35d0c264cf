/** A new bot takes the place of one whose database was lost: what it begins above, whom it waits for, and a kill in the middle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { takeStore } from '../../src/agent/day-after.ts';
import { generateGrantKeys } from '../../src/agent/grant-signer.ts';
import type { HostAgent, HostStatus } from '../../src/aurora/hosts.ts';
import { storeName } from '../../src/aurora/store-identity.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { adopt } from '../../src/cli/adopt.ts';
import { registerBot } from '../../src/cli/bot-command.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { Store } from '../../src/store/store.ts';
import { type AgentInProcess, startAgentHere } from '../agent/support/agent-in-process.ts';
import { createTestHost, type TestHost } from '../agent/support/test-host.ts';
import { newDatabase, openStore } from '../contracts/support.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
  await host.startSchedulerByHand();
  const store = { epoch: '0a'.repeat(16), incarnation: 'a' };
  // What is open stays open: the newest restore that this host knows is R40, with a fence of 17.
  for (const [restoreId, fence] of [['R40', 16] as const, ['R39', 17] as const])
    await agent.client.perform(host.request('unblock-traffic', {}, { restoreId, fence, store }));
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

const asked = (store: Store<RestoreEvent>, agents: readonly HostAgent[] = [agent.client]) => ({
  store,
  clusters: new Map([['east', { agents }]]),
  without: [] as string[],
  inMidRestore: false,
});

const beside = (change: (status: HostStatus) => HostStatus): HostAgent => ({
  ...agent.client,
  host: 'aurora-2',
  readStatus: async () => change(await agent.client.readStatus()),
});
const silent = (): HostAgent => ({
  ...beside((status) => status),
  readStatus: () => Promise.reject(new Error('no route')),
});

async function nothingChanged(store: Store<RestoreEvent>): Promise<void> {
  expect(await store.nextRestoreId()).toBe('R1');
  expect(await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 1 })).toMatchObject({ fence: 1 });
}

describe('adopt()', () => {
  it('begins above all that agents have seen, and waits for root on each host that works for another database', async () => {
    const store = await openStore(await newDatabase());
    const name = storeName(store.identity.epoch);

    expect(await adopt(asked(store))).toEqual({
      name,
      restore: 40,
      fences: new Map([['east', 17]]),
      waiting: ['aurora-1'],
    });
    await agent.close();
    await takeStore(
      { config: host.config, clock: systemClock },
      { name, reason: 'disk lost', inMidRestore: false },
    );
    agent = await startAgentHere(host);
    expect(await adopt(asked(store))).toMatchObject({ waiting: [] });

    const lease = await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 1 });
    expect(lease).toMatchObject({ fence: 18 });
    const restoreId = await store.nextRestoreId();
    expect(restoreId).toBe('R41');
    const { epoch, incarnation } = store.identity;
    const grant = { restoreId, fence: 18, store: { epoch, incarnation } };
    expect(await agent.client.perform(host.request('unblock-traffic', {}, grant))).toMatchObject({
      state: 'done',
    });
  });

  it('lowers nothing', async () => {
    const store = await openStore(await newDatabase());
    await store.passNames(90);
    await store.passFence('east', 50);

    await adopt(asked(store));

    expect(await store.nextRestoreId()).toBe('R91');
    expect(await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 1 })).toMatchObject({
      fence: 51,
    });
  });

  it('changes nothing while an agent is silent, unless its host is gone for good', async () => {
    const store = await openStore(await newDatabase());
    const both = asked(store, [agent.client, silent()]);

    await expect(adopt(both)).rejects.toMatchObject({
      code: 'adopt-unanswered',
      message: expect.stringContaining('aurora-2 (no route)') as string,
    });
    await nothingChanged(store);
    expect(await adopt({ ...both, without: ['aurora-2'] })).toMatchObject({ restore: 40 });
  });

  it.each([
    [
      'a stopped scheduler',
      (status: HostStatus) => ({
        ...status,
        scheduler: { ...status.scheduler, service: 'stopped' as const },
      }),
    ],
    ['blocked traffic', (status: HostStatus) => ({ ...status, traffic: 'blocked' as const })],
    [
      'flags of a restore',
      (status: HostStatus) => ({
        ...status,
        flags: { ...status.flags, values: { mesos_master_address: 'zk://localhost:1111/mesos/master' } },
      }),
    ],
  ])(
    'changes nothing while a host is in the middle of a restore, by %s, unless told so',
    async (_by, change) => {
      const store = await openStore(await newDatabase());
      const both = asked(store, [agent.client, beside(change)]);

      await expect(adopt(both)).rejects.toMatchObject({
        code: 'in-mid-restore',
        message: expect.stringContaining('on aurora-2:') as string,
      });
      await nothingChanged(store);
      expect(await adopt({ ...both, inMidRestore: true })).toMatchObject({ restore: 40 });
    },
  );

  it.each([
    ['a name that nobody has come to', { highestRestore: 1_000_000 }],
    ['a fence that the other hosts would refuse', { highestFence: 2_000_000 }],
  ])('believes no host that tells %s', async (_what, told) => {
    const store = await openStore(await newDatabase());
    const liar = beside((status) => ({ ...status, grants: { clockSkewMs: 0, ...status.grants, ...told } }));

    await expect(adopt(asked(store, [agent.client, liar]))).rejects.toMatchObject({
      code: 'adopt-implausible',
    });
    await nothingChanged(store);
  });

  it('goes by the newest grant and what was set aside, where an agent of before tells no more', async () => {
    const store = await openStore(await newDatabase());
    const old = beside(({ grants: _grants, ...status }) => ({
      ...status,
      lastGrant: { restoreId: 'R7', fence: 23 },
      setAsideLogs: [{ restoreId: 'R52', files: 1, bytes: 1 }],
    }));

    expect(await adopt(asked(store, [old]))).toMatchObject({
      restore: 52,
      fences: new Map([['east', 23]]),
      waiting: [],
    });
  });
});

const urlOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

it.each(['passNames', 'passFence'] as const)(
  'is done over after a kill behind %s, and comes to the same end',
  async (step) => {
    const path = await newDatabase();
    const program = `
      import { openSqliteStore } from ${urlOf('../../src/store/store.ts')};
      import { connectAgent } from ${urlOf('../../src/agent/client.ts')};
      import { systemClock as clock } from ${urlOf('../../src/aurora/system-clock.ts')};
      import { adopt } from ${urlOf('../../src/cli/adopt.ts')};
      import { testKey as key } from ${urlOf('../support/journal-key.ts')};
      const form = { version: 1, parse: (stored) => stored };
      const store = await openSqliteStore(${JSON.stringify(path)}, { form, key });
      const agent = connectAgent({ host: 'aurora-1', url: ${JSON.stringify(agent.url)}, deadlineMs: 20_000, clock });
      const held = async (...given) => {
        await store.${step}(...given);
        process.stdout.write('held');
        await new Promise(() => setInterval(() => undefined, 1_000));
      };
      await adopt({
        store: { ...store, ${step}: held },
        clusters: new Map([['east', { agents: [agent] }]]),
        without: [],
        inMidRestore: false,
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'close');
    expect(String((await once(child.stdout, 'data'))[0])).toBe('held');
    child.kill('SIGKILL');
    await exited;

    const store = await openStore(path);
    expect(await adopt(asked(store))).toMatchObject({ restore: 40, waiting: ['aurora-1'] });
    expect(await store.nextRestoreId()).toBe('R41');
    expect(await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 1 })).toMatchObject({
      fence: 18,
    });
  },
);

describe('bot adopt', () => {
  async function run(...words: string[]): Promise<{ out: string; code: number }> {
    const directory = dirname(await newDatabase());
    const config = join(directory, 'bot.yml');
    await writeFile(join(directory, 'grant.pem'), generateGrantKeys().privateKeyPem);
    await writeFile(
      config,
      stringify({
        state: './state',
        grantKey: './grant.pem',
        slack: { mode: 'socket' },
        clusters: [
          {
            name: 'east',
            auroraVersion: '0.22.0',
            channel: 'C0EAST',
            zookeeper: { servers: ['127.0.0.1:9'], serversetPath: '/aurora', logGroupPath: '/aurora/log' },
            mesos: { masters: ['http://127.0.0.1:9'] },
            hosts: [
              {
                name: 'aurora-1',
                agent: agent.url,
                advertised: 'aurora-1',
                httpPort: 8081,
                libprocess: host.config.scheduler.libprocess,
              },
            ],
            policy: { approvers: ['U1', 'U2'] },
          },
        ],
      }),
    );
    let out = '';
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown) => {
      out += String(text);
      return true;
    });
    const program = new Command();
    registerBot(program);
    try {
      await program.parseAsync(['bot', 'adopt', ...words, '--config', config], { from: 'user' });
      return { out, code: Number(process.exitCode ?? 0) };
    } finally {
      process.exitCode = 0;
      spy.mockRestore();
    }
  }

  it('says what is left to do on which host, word by word, and ends with 1 until it is done', async () => {
    const { out, code } = await run('--reason', "Ana's disk died");

    const name = /This database is ([0-9a-f]{32})\./.exec(out)?.[1] ?? '';
    expect(out).toBe(`The next restore is R41, or a later one.
Fencing tokens of east go on above 17.
This database is ${name}.
Not done yet: aurora-1 works for another database. An administrator runs this on each, as root:

  systemctl stop aurora-chatops-agent
  aurora-chatops agent take-store ${name} --config /etc/aurora-chatops/agent.yaml --reason 'Ana'\\''s disk died'
  systemctl start aurora-chatops-agent

Then run "bot adopt" again, and start the bot when it says so.
`);
    expect(code).toBe(1);
  });

  it.each(['', '  ', 'two\nlines', 'x'.repeat(501)])('takes %j for no reason', async (reason) => {
    await expect(run('--reason', reason)).rejects.toMatchObject({ code: 'reason-invalid' });
  });
});
