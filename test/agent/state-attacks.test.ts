/** What an attacker tries who has the bot's grant key and a certificate, and invents the people: no state of a host loses a task without a commit. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildTools } from '../../src/agent/agent.ts';
import { checkJournal } from '../../src/agent/check/journal.ts';
import { acceptState, resetFence } from '../../src/agent/day-after.ts';
import { verifyAuditLog } from '../../src/agent/verify-audit.ts';
import type { GrantPayload, OperationKind, OperationParams } from '../../src/aurora/operations.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../src/aurora/restore-flags.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { createTestHost, flagText, readLines, type TestHost } from './support/test-host.ts';

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

const invented = [{ person: 'T1:UMALLORY', gate: 'stop', at: Date.now() }];
const signedCommit = ['U1', 'U2'].map((user) => ({ person: `T1:${user}`, gate: 'commit', at: Date.now() }));
const recovery = { flags: { ...recoveryFlags('0.22.0') } };
const held = { flags: { ...heldReconciliationFlags('0.22.0') } };

/** One invented person who signs the stop, unless it is said otherwise. */
const act = async <K extends OperationKind>(
  kind: K,
  params: OperationParams[K],
  payload: Partial<GrantPayload> = {},
): Promise<string> => {
  const end = await agent.client.perform(host.request(kind, params, { signers: invented, ...payload }));
  return end.state === 'failed' ? `failed: ${end.message}` : end.state;
};
const stop = (payload: Partial<GrantPayload> = {}) => act('stop-scheduler', { graceMs: 10_000 }, payload);
const starts = async (): Promise<number> =>
  (await host.effects()).filter((effect) => effect.endsWith(' start')).length;
const blankLog = async (payload: Partial<GrantPayload> = {}): Promise<void> => {
  expect(await act('set-aside-log', {}, payload)).toBe('done');
  expect(await act('initialize-log', {}, payload)).toBe('done');
};

describe('a blank log', () => {
  test('is never run on with the own flags, without a commit', async () => {
    await stop();
    await blankLog();

    expect(await act('start-scheduler', {})).toMatch(/made by R1, and two people have not signed/);
    expect(await act('start-scheduler', {}, { restoreId: 'R2' })).toMatch(/made by R1, and this agent knows/);
    expect(await starts()).toBe(0);
  });

  test('is run on in recovery mode, and keeps its flags as long as it runs', async () => {
    await act('set-flags', recovery);
    await blankLog();

    expect(await act('start-scheduler', {})).toBe('done');
    expect(await act('restore-flags', {})).toMatch(/two people have not signed/);
    expect(await act('restore-flags', {}, { restoreId: 'R2' })).toBe('done');
    expect(await readFile(host.path('flags'), 'utf8')).toContain('localhost:1111');
  });

  test('put aside and back by another restore is still a blank one', async () => {
    await blankLog();
    await act('set-aside-log', {}, { restoreId: 'R2' });
    expect(await act('put-back-log', {}, { restoreId: 'R2' })).toBe('done');

    expect(await act('start-scheduler', {}, { restoreId: 'R2' })).toMatch(/made by R1/);
    expect(await starts()).toBe(0);
  });

  test('stays one when the agent starts again, and when another log fails to be set aside', async () => {
    await act('set-flags', recovery);
    await blankLog();
    await act('start-scheduler', {});
    expect(await act('set-aside-log', {}, { restoreId: 'R2' })).toMatch(/runs/);
    await stop();
    await act('restore-flags', {});
    await agent.close();
    agent = await startAgentHere(host);

    expect(await act('start-scheduler', {}, { restoreId: 'R2' })).toMatch(/made by R1/);
  });

  test('is not made where this restore has set nothing aside', async () => {
    await rm(host.path('db'), { recursive: true });

    expect(await act('initialize-log', {})).toMatch(/set no log aside/);
    expect(await act('set-aside-new-log', {})).toMatch(/set no log aside/);
    expect(await act('bring-back-log', { of: 'R0' })).toMatch(/set no log aside/);
  });

  test('gives way to the old one, which starts with one signer', async () => {
    await blankLog();
    expect(await act('put-back-log', {})).toBe('done');

    expect(await act('start-scheduler', {})).toBe('done');
  });

  test('is refused in the audit log, too', async () => {
    await blankLog();
    await act('start-scheduler', {});

    const lines = await readLines(host.path('state', 'audit-refused.jsonl'));
    expect(lines.filter((line) => line.includes('"rule":"state"'))).toHaveLength(1);
    expect((await verifyAuditLog(host.path('state'))).problems).toEqual([]);
  });
});

describe('what two people have committed', () => {
  const signers = [...invented, ...signedCommit];

  test('starts with the own flags, and its old log comes back only by two people', async () => {
    await blankLog();
    expect(await act('start-scheduler', {}, { signers })).toBe('done');
    await stop();

    expect(await act('put-back-log', {})).toMatch(/is old/);
    expect(await act('put-back-log', {}, { restoreId: 'R2' })).toBe('done');
    expect(await readFile(host.path('db.set-aside-R1', 'CURRENT'), 'utf8')).toBe('old CURRENT');
    const back = ['U1', 'U2'].map((user) => ({ person: `T1:${user}`, gate: 'go-back', at: Date.now() }));
    expect(await act('put-back-log', {}, { signers: [...invented, ...back] })).toBe('done');
  });

  test('is the log of the host for the restore after it', async () => {
    await blankLog();
    await act('start-scheduler', {}, { signers });
    await stop({ restoreId: 'R2' });
    await blankLog({ restoreId: 'R2' });
    expect(await act('put-back-log', {}, { restoreId: 'R2' })).toBe('done');

    expect(await act('start-scheduler', {}, { restoreId: 'R2' })).toBe('done');
  });
});

describe('flags', () => {
  test.each<[string, Record<string, string | null>]>([
    ['authentication off', { http_authentication_mechanism: 'NONE' }],
    ['other rules of access', { shiro_ini_path: '/tmp/shiro.ini' }],
    ['another executor', { thermos_executor_path: '/tmp/executor' }],
    ['the root of the hosts', { global_container_mounts: '/:/host:rw' }],
    ['another master', { mesos_master_address: 'zk://evil:2181/mesos' }],
    ['another ensemble', { zk_endpoints: 'evil:2181' }],
    ['a hook', { webhook_config: '/tmp/hook.json' }],
    ['one more than those of recovery mode', { ...recovery.flags, cluster_name: 'west' }],
    ['one less', { max_registration_delay: '360mins' }],
    ['others of recovery mode', { ...recovery.flags, max_registration_delay: '1mins' }],
  ])('%s: not written', async (_what, flags) => {
    expect(await act('set-flags', { flags })).toMatch(/not the flags that a restore sets/);
    expect(await readFile(host.path('flags'), 'utf8')).toBe(flagText);
    expect(await readdir(host.dir)).not.toContain('flags.set-aside-R1');
  });

  test('of recovery mode and the one that holds reconciliation back are written', async () => {
    expect(await act('set-flags', held)).toBe('done');
    expect(await act('start-scheduler', {})).toMatch(/some flags of recovery mode/);
    expect(await act('restore-flags', {})).toBe('done');
    expect(await act('set-flags', recovery, { restoreId: 'R2' })).toBe('done');
    expect(await act('start-scheduler', {}, { restoreId: 'R2' })).toBe('done');
  });

  test('of the recovery tool are its quorum and nothing else', async () => {
    const params = { name: 'scheduler-backup-2026-11-23-16-38', sha256: host.backupSha256 };
    const signers = signedCommit;

    expect(
      await act('run-recovery-tool', { ...params, flags: { native_log_file_path: '/tmp/x' } }, { signers }),
    ).toMatch(/quorum size 1/);
  });
});

describe('a backup of now', () => {
  const minute = 60_000;
  /** Somebody else approves each time, and each is an errand of its own. */
  let asks = 0;
  beforeEach(() => {
    asks = 0;
  });
  const ask = async (agoMs = 0): Promise<string> => {
    asks += 1;
    const at = Date.now() - agoMs;
    return await act(
      'back-up-now',
      {},
      {
        restoreId: `errand-now-${asks}`,
        signers: [{ person: `T1:UMALLORY${asks}`, gate: 'errand', at }],
        issuedAt: at,
        expiresAt: at + minute,
        fence: asks,
      },
    );
  };
  const startAgo = async (agoMs: number): Promise<void> => {
    await agent.close();
    const clock = { ...systemClock, now: () => systemClock.now() - agoMs };
    agent = await startAgentHere(host, { clock });
    await writeFile(host.path('leads'), String(-agoMs));
  };
  const written = async (): Promise<number> => (await readdir(host.path('backups'))).length - 1;
  const backUps = async () => (await host.calls()).filter((call) => call === 'performBackup').length;

  test('is not written again and again, until the good ones are rotated away', async () => {
    await writeFile(host.path('leads'), '0');
    await host.startSchedulerByHand();

    expect(await ask()).toBe('done');
    for (let again = 0; again < 5; again += 1) expect(await ask()).toMatch(/less than 30 min ago/);
    await agent.close();
    agent = await startAgentHere(host);
    expect(await ask()).toMatch(/less than 30 min ago/);

    expect([await written(), await backUps()]).toEqual([1, 1]);
    const lines = await readLines(host.path('state', 'audit-refused.jsonl'));
    expect(lines.filter((line) => line.includes('"rule":"too-soon"')).length).toBeGreaterThan(0);
  });

  // No names 30 min apart, also when a minute ends meanwhile: in another time zone they would be of one minute, and the agent waits for the next.
  test.each([
    [27, 1],
    [33, 2],
    // The clock was set back since.
    [-27, 1],
    [-33, 2],
  ])('%d min after another there are %d', async (minutes, backups) => {
    await host.startSchedulerByHand();
    await startAgo(minutes * minute);
    expect(await ask(minutes * minute)).toBe('done');
    await startAgo(0);

    await ask();

    expect([await written(), await backUps()]).toEqual([backups, backups]);
  });

  test('may be asked for by an honest bot as soon as there is somebody to write it', async () => {
    await host.startSchedulerByHand();

    expect(await ask()).toMatch(/does not lead/);
    await writeFile(host.path('leads'), '0');
    expect(await ask()).toBe('done');
  });
});

describe('a fencing token', () => {
  const refusal = (fence: number): Promise<unknown> =>
    agent.client
      .perform(
        host.request(
          'hold-backup',
          { name: 'scheduler-backup-2026-11-23-16-38', sha256: host.backupSha256 },
          { fence, signers: [] },
        ),
      )
      .then(
        ({ state }) => state,
        (error: unknown) => error,
      );

  test('far above the highest is refused, and the honest bot goes on', async () => {
    expect(await refusal(Number.MAX_SAFE_INTEGER)).toMatchObject({ details: { rule: 'fence-jump' } });
    expect(await refusal(7)).toBe('done');
    expect(await refusal(7 + 1_000_001)).toMatchObject({ details: { rule: 'fence-jump' } });
  });

  test('that was stolen is forgotten by root, on the host, while the agent is stopped', async () => {
    await refusal(900_000);
    const reset = () => resetFence({ config: host.config, clock: systemClock });
    await expect(reset()).rejects.toMatchObject({ code: 'agent-already-runs' });
    await agent.close();

    expect(await reset()).toEqual({ before: 900_000 });

    agent = await startAgentHere(host);
    expect(await refusal(3)).toBe('done');
    expect(await refusal(2)).toMatchObject({ details: { rule: 'fence' } });
    const lines = await readLines(host.path('state', 'audit.jsonl'));
    expect(lines.filter((line) => line.includes('"event":"fence-reset"'))).toHaveLength(1);
    expect((await verifyAuditLog(host.path('state'))).problems).toEqual([]);
  });
});

describe('a lost state directory', () => {
  const strict = (): Promise<AgentInProcess> =>
    startAgentHere({
      ...host,
      config: { ...host.config, trust: { ...host.config.trust, requireEpoch: true } },
    });
  const lose = async (): Promise<void> => {
    await agent.close();
    await rm(host.path('state'), { recursive: true });
    agent = await strict();
  };
  const epochOf = async (): Promise<string> => (await agent.client.readStatus()).grants?.epoch ?? '';
  const verdict = (request: ReturnType<TestHost['request']>): Promise<unknown> =>
    agent.client.perform(request).then(
      ({ state }) => state,
      (error: unknown) => error,
    );

  test('brings no captured grant back to life', async () => {
    await agent.close();
    agent = await strict();
    const before = await epochOf();
    const captured = host.request('block-traffic', {}, { epoch: before });
    expect(await verdict(captured)).toBe('done');
    await lose();

    const after = await epochOf();
    expect(after).toMatch(/^[0-9a-f]{32}$/);
    expect(after).not.toBe(before);
    expect(await verdict(captured)).toMatchObject({
      code: 'grant-refused',
      details: { rule: 'epoch', epoch: after },
    });
    expect(await verdict(host.request('block-traffic', {}))).toMatchObject({
      details: { rule: 'epoch', epoch: after },
    });
    expect(await verdict(host.request('block-traffic', {}, { epoch: after }))).toBe('done');
  });

  test('beside a log set aside refuses everything until root has accepted what is there', async () => {
    await act('set-aside-log', {});
    const check = () => checkJournal(buildTools(host.config, systemClock, null));
    expect(await check()).toMatchObject([{ level: 'ok' }, { level: 'problem', what: /made by R1/ }]);
    await lose();
    const asked = async (kind: 'block-traffic' | 'put-back-log') =>
      await verdict(host.request(kind, {}, { epoch: await epochOf() }));

    expect(await asked('block-traffic')).toMatchObject({ details: { rule: 'state-unknown' } });
    expect(await asked('put-back-log')).toMatchObject({ message: /R1 left something on this host/ });
    await agent.close();
    expect(await check()).toMatchObject([{ level: 'problem', what: /R1 left something/ }]);
    expect(await acceptState({ config: host.config, clock: systemClock })).toEqual({ restoreIds: ['R1'] });
    agent = await strict();

    expect(await check()).toMatchObject([{ level: 'ok' }]);
    expect(await asked('put-back-log')).toBe('done');
    expect(await readFile(host.path('db', 'CURRENT'), 'utf8')).toBe('old CURRENT');
  });

  test.each(['flags.set-aside-R7', join('db.set-aside-R7', 'CURRENT')])('is seen by %s', async (name) => {
    await act('set-flags', recovery, { restoreId: 'R7' });
    await act('set-aside-log', {}, { restoreId: 'R7' });
    for (const other of ['flags.set-aside-R7', 'db.set-aside-R7'])
      if (!name.startsWith(other)) await rm(host.path(other), { recursive: true });
    await lose();

    expect(await verdict(host.request('block-traffic', {}, { epoch: await epochOf() }))).toMatchObject({
      details: { rule: 'state-unknown' },
    });
  });
});
