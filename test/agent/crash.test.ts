/**
 * kill -9 of the agent between accepted and done, at every kind of operation, just before and just after its effect.
 * Afterwards a new agent on the same host must tell what is so, and the effect must be there exactly once.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationKind, OperationParams, OperationRequest } from '../../src/aurora/operations.ts';
import { recoveryFlags } from '../../src/aurora/restore-flags.ts';
import { type AgentProcess, startAgentProcess } from './support/agent-under-test.ts';
import {
  backupFixture,
  createTestHost,
  flagText,
  backupName as name,
  type TestHost,
  until,
} from './support/test-host.ts';

let host: TestHost;
let agents: AgentProcess[];
beforeEach(async () => {
  host = await createTestHost();
  agents = [];
});
afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.kill()));
  await host.dispose();
});

const start = async (hold?: { kind: OperationKind; when: 'before' | 'after' }): Promise<AgentProcess> => {
  const agent = await startAgentProcess(host, hold);
  agents.push(agent);
  return agent;
};
const backup = () => ({ name, sha256: host.backupSha256 });

/** Every kind that leaves its effect on the host: what must be so before, and how the effect shows. */
interface Case<K extends OperationKind> {
  readonly params: () => OperationParams[K];
  prepare?(agent: AgentProcess): Promise<unknown>;
  /** Throws when the effect is not there, or is there more than once. */
  check(operationId: string): Promise<void>;
}

const once = async (operationId: string, verb: string): Promise<void> => {
  expect((await host.effects()).filter((line) => line === `${operationId} ${verb}`)).toHaveLength(1);
};
const has = async (...wanted: readonly string[]): Promise<void> => {
  expect(await readdir(host.dir)).toEqual(expect.arrayContaining([...wanted]));
};
const perform = async <K extends OperationKind>(agent: AgentProcess, kind: K, params: OperationParams[K]) => {
  const result = await agent.client.perform(host.request(kind, params));
  expect(result).toMatchObject({ state: 'done' });
};

const cases: { [K in OperationKind]?: Case<K> } = {
  'hold-backup': {
    params: backup,
    check: async () => {
      expect(await readFile(host.path('state', 'held', 'R1', name))).toEqual(await readFile(backupFixture));
    },
  },
  'receive-backup': {
    params: backup,
    prepare: async (agent) => {
      const bytes = (async function* () {
        yield await readFile(backupFixture);
      })();
      await agent.client.uploadBackup({ restoreId: 'R1', ...backup(), bytes });
    },
    check: async () => {
      expect(await readFile(host.path('state', 'held', 'R1', name))).toEqual(await readFile(backupFixture));
    },
  },
  'stop-scheduler': {
    params: () => ({ graceMs: 10_000 }),
    prepare: () => host.startSchedulerByHand(),
    check: (operationId) => once(operationId, 'stop'),
  },
  'start-scheduler': { params: () => ({}), check: (operationId) => once(operationId, 'start') },
  'block-traffic': { params: () => ({}), check: (operationId) => once(operationId, 'block') },
  'unblock-traffic': {
    params: () => ({}),
    prepare: (agent) => perform(agent, 'block-traffic', {}),
    check: (operationId) => once(operationId, 'unblock'),
  },
  'set-flags': {
    params: () => ({ flags: recoveryFlags('0.22.0') }),
    check: async () => {
      expect(await readFile(host.path('flags'), 'utf8')).toBe(
        `${flagText.replace('zk://zk:2181/mesos', 'zk://localhost:1111/mesos/master')}-max_registration_delay=360mins\n-reconciliation_initial_delay=365days\n`,
      );
      expect(await readFile(host.path('flags.set-aside-R1'), 'utf8')).toBe(flagText);
    },
  },
  'restore-flags': {
    params: () => ({}),
    prepare: (agent) => perform(agent, 'set-flags', { flags: recoveryFlags('0.22.0') }),
    check: async () => {
      expect(await readFile(host.path('flags'), 'utf8')).toBe(flagText);
      expect((await readdir(host.dir)).filter((file) => file.startsWith('flags.changed'))).toHaveLength(1);
    },
  },
  'set-aside-log': {
    params: () => ({}),
    check: async () => {
      await has('db.set-aside-R1');
      expect(await readdir(host.dir)).not.toContain('db');
    },
  },
  'initialize-log': {
    params: () => ({}),
    prepare: (agent) => perform(agent, 'set-aside-log', {}),
    check: (operationId) => once(operationId, 'initialize'),
  },
  'put-back-log': {
    params: () => ({}),
    prepare: async (agent) => {
      await perform(agent, 'set-aside-log', {});
      await perform(agent, 'initialize-log', {});
    },
    check: async () => {
      expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
      expect((await readdir(host.dir)).filter((file) => file.startsWith('db.'))).toEqual(['db.restored-R1']);
    },
  },
  'bring-back-log': {
    params: () => ({ of: 'R0' }),
    prepare: async (agent) => {
      await agent.client.perform(host.request('set-aside-log', {}, { restoreId: 'R0' }));
      await cp(host.path('db.set-aside-R0'), host.path('db'), { recursive: true });
      await perform(agent, 'set-aside-log', {});
    },
    check: async () => {
      expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
      expect((await readdir(host.dir)).filter((file) => file.startsWith('db.')).sort()).toEqual([
        'db.set-aside-R0',
        'db.set-aside-R1',
      ]);
    },
  },
  'place-backup': {
    params: backup,
    prepare: async (agent) => {
      await perform(agent, 'hold-backup', backup());
      await rm(host.path('backups', name));
    },
    check: async () => {
      expect(await readdir(host.path('backups'))).toEqual([name]);
    },
  },
  'take-out-backup': {
    params: backup,
    prepare: async (agent) => {
      await perform(agent, 'hold-backup', backup());
      await rm(host.path('backups', name));
      await perform(agent, 'place-backup', backup());
    },
    check: async () => {
      expect(await readdir(host.path('backups'))).toEqual([]);
      expect(await readdir(host.path('state', 'held', 'R1', 'taken-out'))).toEqual([name]);
    },
  },
};

describe.each(Object.keys(cases) as OperationKind[])('kill -9 at %s', (kind) => {
  test.each(['before', 'after'] as const)('just %s its effect: once, and answered for', async (when) => {
    const { request, check } = await interrupted(kind, when);

    const survivor = await start();
    const result = await settled(survivor, request);
    const again = await survivor.client.perform(request);

    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(again).toEqual(result);
    await check(request.operationId);
  });
});

async function interrupted<K extends OperationKind>(kind: K, when: 'before' | 'after') {
  const found = cases[kind];
  if (found === undefined) throw new Error(`no case for ${kind}`);
  const agent = await start({ kind, when });
  await found.prepare?.(agent);
  const request = host.request(kind, found.params());
  const lost = agent.client.perform(request).catch((error: unknown) => error);
  await agent.held();
  await agent.kill();
  expect(await lost).toMatchObject({ code: 'agent-unreachable' });
  return { request, check: (operationId: string) => found.check(operationId) };
}

/** What the new agent says of itself, without being asked to do it again. */
async function settled(agent: AgentProcess, { operationId }: OperationRequest) {
  let result = await agent.client.readOperation(operationId);
  await until(async () => {
    result = await agent.client.readOperation(operationId);
    return result !== null && result.state !== 'running';
  }, 'the operation is settled');
  return result;
}

describe('kill -9 in a call to the scheduler', () => {
  /** Kills the agent while the scheduler works on the call. */
  const interruptedCall = async <K extends OperationKind>(
    kind: K,
    params: OperationParams[K],
    call: string,
  ): Promise<OperationRequest<K>> => {
    await writeFile(host.path(`hold-${call}`), '');
    const agent = await start();
    const request = host.request(kind, params);
    const lost = agent.client.perform(request).catch((error: unknown) => error);
    await until(async () => (await host.calls()).includes(call), 'the call arrives');
    await agent.kill();
    await rm(host.path(`hold-${call}`));
    expect(await lost).toMatchObject({ code: 'agent-unreachable' });
    return request;
  };
  const timesCalled = async (call: string): Promise<number> =>
    (await host.calls()).filter((name) => name === call).length;
  const stageFirst = async (): Promise<void> => {
    const agent = await start();
    await perform(agent, 'stage-backup', { name });
    await agent.kill();
  };

  test.each([
    ['commit-recovery', 'commitRecovery'],
    ['reconcile-explicit', 'triggerExplicitTaskReconciliation'],
    ['reconcile-implicit', 'triggerImplicitTaskReconciliation'],
  ] as const)('%s becomes uncertain and is never sent again', async (kind, call) => {
    await host.startSchedulerByHand();
    const request = await interruptedCall(kind, {}, call);

    const survivor = await start();
    const result = await settled(survivor, request);
    const again = await survivor.client.perform(request);

    expect(result?.state).toBe('uncertain');
    expect(again).toEqual(result);
    expect(await timesCalled(call)).toBe(1);
  });

  test('stage-backup is found in the staging slot', async () => {
    await host.startSchedulerByHand();
    const request = await interruptedCall('stage-backup', { name }, 'stageRecovery');

    const result = await settled(await start(), request);

    expect(result).toMatchObject({ state: 'done', changed: true, evidence: { answer: 'ok' } });
    expect(await timesCalled('stageRecovery')).toBe(1);
  });

  test('stage-backup that never arrived is sent', async () => {
    await host.startSchedulerByHand();
    const agent = await start({ kind: 'stage-backup', when: 'before' });
    const request = host.request('stage-backup', { name });
    const lost = agent.client.perform(request).catch((error: unknown) => error);
    await agent.held();
    await agent.kill();

    const result = await settled(await start(), request);

    expect(await lost).toMatchObject({ code: 'agent-unreachable' });
    expect(result).toMatchObject({ state: 'done', evidence: { answer: 'ok', messages: [] } });
    expect(await timesCalled('stageRecovery')).toBe(1);
  });

  test('commit-recovery that never arrived fails, and is not sent by the agent itself', async () => {
    await host.startSchedulerByHand();
    await stageFirst();
    const agent = await start({ kind: 'commit-recovery', when: 'before' });
    const request = host.request('commit-recovery', {});
    const lost = agent.client.perform(request).catch((error: unknown) => error);
    await agent.held();
    await agent.kill();

    const result = await settled(await start(), request);

    expect(await lost).toMatchObject({ code: 'agent-unreachable' });
    expect(result).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('before the commit reached'),
    });
    expect(await timesCalled('commitRecovery')).toBe(0);
  });

  test('a scheduler that cannot be asked leaves stage-backup uncertain', async () => {
    const pid = await host.startSchedulerByHand();
    const request = await interruptedCall('stage-backup', { name }, 'stageRecovery');
    process.kill(pid, 'SIGKILL');

    const result = await settled(await start(), request);

    expect(result?.state).toBe('uncertain');
  });

  test('delete-staged-tasks is found in what is left', async () => {
    await host.startSchedulerByHand();
    await stageFirst();
    const params = { taskIds: ['t-1'] };
    const request = await interruptedCall('delete-staged-tasks', params, 'deleteRecoveryTasks');

    const result = await settled(await start(), request);

    expect(result).toMatchObject({ state: 'done', evidence: { answer: 'ok' } });
  });
});

describe('a command that outlives its agent', () => {
  test.each([
    ['start-scheduler', 'start', {}],
    ['block-traffic', 'block', {}],
  ] as const)('%s is waited for and not started a second time', async (kind, verb, params) => {
    await writeFile(host.path(`hold-before-${verb}`), '');
    const agent = await start();
    const request = host.request(kind, params);
    const lost = agent.client.perform(request).catch((error: unknown) => error);
    await until(async () => (await readdir(host.dir)).includes(`reached-before-${verb}`), 'the command runs');
    await agent.kill();

    const survivor = await start();
    const meanwhile = await survivor.client.readOperation(request.operationId);
    await rm(host.path(`hold-before-${verb}`));
    const result = await settled(survivor, request);

    expect(await lost).toMatchObject({ code: 'agent-unreachable' });
    expect(meanwhile).toMatchObject({ state: 'running' });
    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(await host.effects()).toEqual([`${request.operationId} ${verb}`]);
  });
});

test('an interrupted operation whose grant has run out waits to be asked for again', async () => {
  const agent = await start({ kind: 'set-aside-log', when: 'before' });
  const operationId = 'R1.short.1';
  const brief = host.request('set-aside-log', {}, { operationId, expiresAt: Date.now() + 1_500 });
  const lost = agent.client.perform(brief).catch((error: unknown) => error);
  await agent.held();
  await agent.kill();
  await until(() => Date.now() > brief.grant.payload.expiresAt, 'the grant runs out');

  const survivor = await start();
  await until(async () => (await survivor.client.readOperation(operationId)) === null, 'it is let go of');
  const before = await readdir(host.dir);
  const result = await survivor.client.perform(host.request('set-aside-log', {}, { operationId }));

  expect(await lost).toMatchObject({ code: 'agent-unreachable' });
  expect(before).toContain('db');
  expect(result).toMatchObject({ state: 'done', changed: true });
});
