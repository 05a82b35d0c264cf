/**
 * What every `HostAgent` keeps to: the client of a real agent, and the pretend one that restores are tested with. A pretend agent
 * that is kinder than a real one proves nothing of a restore.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import type { GrantPayload, OperationKind, OperationRequest } from '../../src/aurora/operations.ts';
import type { Grants } from '../agent/support/grants.ts';

/** One host with its agent: a scheduler that can be started, one backup, traffic that is open. */
interface AgentUnderContract extends Pick<Grants, 'request'> {
  readonly agent: HostAgent;
  /** How often this kind has had its effect on the host. */
  effects(kind: 'block-traffic'): Promise<number>;
  /** From here on nobody answers. */
  vanish(): Promise<void>;
  dispose(): Promise<void>;
}

export function hostAgentContract(what: string, create: () => Promise<AgentUnderContract>): void {
  describe(`${what}, as a host's agent`, () => {
    let host: AgentUnderContract;
    let agent: HostAgent;
    beforeEach(async () => {
      host = await create();
      ({ agent } = host);
    });
    afterEach(() => host.dispose());

    const refusal = (request: OperationRequest): Promise<unknown> =>
      agent.perform(request).catch((error: unknown) => error);
    const backup = async () => {
      const [{ name, report }] = await firstBackup(agent);
      return { name, sha256: report.sha256 };
    };

    test('does an operation once, and gives the same id the first answer again', async () => {
      const request = host.request('block-traffic', {});

      const first = await agent.perform(request);
      const again = await agent.perform(request);

      expect(first).toMatchObject({ state: 'done', changed: true, kind: 'block-traffic', evidence: {} });
      expect(again).toEqual(first);
      expect(await agent.readOperation(request.operationId)).toEqual(first);
      expect(await host.effects('block-traffic')).toBe(1);
    });

    test('asked for many times at once does it once', async () => {
      const request = host.request('block-traffic', {});

      const answers = await Promise.all(Array.from({ length: 4 }, () => agent.perform(request)));

      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await host.effects('block-traffic')).toBe(1);
    });

    test('says that nothing was changed of a host that was as asked', async () => {
      await agent.perform(host.request('block-traffic', {}));

      expect(await agent.perform(host.request('block-traffic', {}))).toMatchObject({
        state: 'done',
        changed: false,
      });
    });

    test('keeps the answer of what failed, and does what is asked anew', async () => {
      await agent.perform(host.request('start-scheduler', {}));
      const tooEarly = host.request('set-aside-log', {});

      const first = await agent.perform(tooEarly);
      await agent.perform(host.request('stop-scheduler', { graceMs: 5_000 }));
      const again = await agent.perform(tooEarly);
      const anew = await agent.perform(host.request('set-aside-log', {}));

      expect(first).toMatchObject({ state: 'failed', message: expect.stringMatching(/scheduler .* runs/) });
      expect(again).toEqual(first);
      expect(anew).toMatchObject({ state: 'done', changed: true });
    });

    test('knows nothing of what it was never asked', async () => {
      expect(await agent.readOperation('R1.never.1')).toBeNull();
    });

    test.each<[string, OperationKind, Partial<GrantPayload>]>([
      ['host', 'block-traffic', { host: 'aurora-9' }],
      ['cluster', 'block-traffic', { cluster: 'west' }],
      ['expired', 'block-traffic', { issuedAt: 1_000, expiresAt: 61_000 }],
      ['lifetime', 'block-traffic', { expiresAt: Number.MAX_SAFE_INTEGER }],
      ['params', 'block-traffic', { paramsSha256: '0'.repeat(64) }],
      ['kind', 'block-traffic', { kind: 'unblock-traffic' }],
      ['signers', 'block-traffic', { signers: [{ person: 'T1:U1', gate: 'commit', at: 1 }] }],
      ['signers', 'reconcile-implicit', { signers: [{ person: 'T1:U1', gate: 'commit', at: 1 }] }],
    ])('refuses by the rule %s, and remembers nothing', async (rule, kind, payload) => {
      const request = host.request(kind, {}, payload);

      expect(await refusal(request)).toMatchObject({ code: 'grant-refused', details: { rule } });
      expect(await agent.readOperation(request.operationId)).toBeNull();
      expect(await host.effects('block-traffic')).toBe(0);
    });

    test('refuses what was changed after it was signed', async () => {
      const { grant, ...asked } = host.request('block-traffic', {});
      const payload = { ...grant.payload, fence: grant.payload.fence + 1 };

      expect(await refusal({ ...asked, grant: { ...grant, payload } })).toMatchObject({
        details: { rule: 'signature' },
      });
    });

    test('refuses an older fencing token than it has seen, and takes the same again', async () => {
      await agent.perform(host.request('unblock-traffic', {}, { fence: 5 }));

      expect(await refusal(host.request('block-traffic', {}, { fence: 4 }))).toMatchObject({
        code: 'grant-refused',
        details: { rule: 'fence' },
      });
      expect(await agent.perform(host.request('unblock-traffic', {}, { fence: 5 }))).toMatchObject({
        state: 'done',
      });
      expect(await host.effects('block-traffic')).toBe(0);
    });

    test('refuses a known id for something else', async () => {
      const operationId = 'R1.same.1';
      await agent.perform(host.request('unblock-traffic', {}, { operationId }));

      for (const other of [
        host.request('block-traffic', {}, { operationId }),
        host.request('unblock-traffic', {}, { operationId, restoreId: 'R2' }),
      ])
        expect(await refusal(other)).toMatchObject({ details: { rule: 'id-reused' } });
      expect(await host.effects('block-traffic')).toBe(0);
    });

    test('is not waited for any more when the signal aborts, and answers by its id', async () => {
      const request = host.request('block-traffic', {});
      const waiting = new AbortController();

      const lost = agent.perform(request, waiting.signal).catch((error: unknown) => error);
      waiting.abort();

      expect(await lost).toMatchObject({ code: 'agent-not-waited-for' });
      expect(await agent.perform(request)).toMatchObject({ state: 'done', changed: true });
      expect(await host.effects('block-traffic')).toBe(1);
    });

    test('shows in its status what an operation has done', async () => {
      const before = await agent.readStatus();
      await agent.perform(host.request('start-scheduler', {}));
      const running = await agent.readStatus();
      await agent.perform(host.request('stop-scheduler', { graceMs: 5_000 }));
      await agent.perform(host.request('block-traffic', {}));
      await agent.perform(host.request('set-aside-log', {}));
      const after = await agent.readStatus();

      expect(before).toMatchObject({ host: agent.host, traffic: 'open', log: { exists: true } });
      expect(running.scheduler).toMatchObject({ service: 'running', pid: expect.any(Number) });
      expect(after).toMatchObject({
        traffic: 'blocked',
        log: { exists: false },
        scheduler: { service: 'stopped', pid: null, logLockHeld: false, httpPortOpen: false },
      });
    });

    test('shows in its status what the newest grant said that it took, and nothing of a refused one', async () => {
      expect((await agent.readStatus()).lastGrant).toBeNull();
      const journal = { seq: 12, hash: 'ab'.repeat(32) };
      await agent.perform(host.request('block-traffic', {}, { fence: 3, journal }));
      const refused = host.request('unblock-traffic', {}, { fence: 4, host: 'elsewhere' });
      await expect(agent.perform(refused)).rejects.toMatchObject({ code: 'grant-refused' });

      expect((await agent.readStatus()).lastGrant).toEqual({ restoreId: 'R1', fence: 3, journal });
    });

    test('gives the tasks that a backup is said to hold, as a stream that may be left', async () => {
      const [{ name, report }] = await firstBackup(agent);

      const tasks = await Array.fromAsync(agent.readBackupTasks(name));
      for await (const task of agent.readBackupTasks(name)) {
        expect(task).toEqual(tasks[0]);
        break;
      }

      expect(tasks).toHaveLength(report.tasks.total);
      expect(await agent.inspectBackup(name)).toEqual(report);
    });

    test('says of a backup that is not there that it is missing', async () => {
      const name = 'scheduler-backup-2020-01-01-00-00';
      const { name: known } = await backup();

      await expect(agent.inspectBackup(name)).rejects.toMatchObject({ code: 'backup-missing' });
      await expect(Array.fromAsync(agent.readBackupTasks(name))).rejects.toMatchObject({
        code: 'backup-missing',
      });
      await expect(agent.readHeldBackup({ restoreId: 'R1', name: known })).rejects.toMatchObject({
        code: 'backup-missing',
      });
    });

    test('gives the bytes that it holds, and takes them for another restore', async () => {
      const held = await backup();
      await agent.perform(host.request('hold-backup', held));

      const bytes = await agent.readHeldBackup({ restoreId: 'R1', name: held.name });
      await agent.uploadBackup({ restoreId: 'R2', ...held, bytes });
      const received = await agent.perform(host.request('receive-backup', held, { restoreId: 'R2' }));

      expect(received).toMatchObject({ state: 'done', evidence: { bytes: expect.any(Number) } });
    });

    test('keeps nothing of an upload that is not what was announced', async () => {
      const bytes = (async function* () {
        yield Buffer.from('not the backup');
      })();

      await expect(agent.uploadBackup({ restoreId: 'R2', ...(await backup()), bytes })).rejects.toMatchObject(
        {
          code: 'upload-differs',
        },
      );
    });

    test('that does not answer is unreachable, whatever it is asked', async () => {
      const { name, sha256 } = await backup();
      const bytes = (async function* () {
        yield Buffer.from('x');
      })();
      await host.vanish();

      const ends = await Promise.allSettled([
        agent.readStatus(),
        agent.listBackups(),
        agent.inspectBackup(name),
        Array.fromAsync(agent.readBackupTasks(name)),
        agent.readHeldBackup({ restoreId: 'R1', name }),
        agent.uploadBackup({ restoreId: 'R1', name, sha256, bytes }),
        agent.perform(host.request('block-traffic', {})),
        agent.readOperation('R1.never.1'),
      ]);

      for (const end of ends)
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'agent-unreachable' } });
      expect(await host.effects('block-traffic')).toBe(0);
    });
  });
}

async function firstBackup(agent: HostAgent) {
  const [first] = await agent.listBackups();
  if (first === undefined) throw new Error('the host has no backup');
  return [first] as const;
}
