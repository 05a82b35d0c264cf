/** What people do in earnest goes through on a host that requires their signatures: every procedure, and every way back. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OperationKind, OperationParams } from '../../../src/aurora/operations.ts';
import type { SignedStatement, Statement } from '../../../src/aurora/statement.ts';
import { digestStagedSet } from '../../../src/backups/digest.ts';
import { type AttackedHost, createAttackedHost } from '../../attacks/attacked-host.ts';
import { backupName, granted, grantKey, recovery, sha, statementOf, tasks } from '../../attacks/restores.ts';
import { createSigners } from '../../signing/signers.ts';
import { now } from '../../signing/statements.ts';

const signers = createSigners();
const hourMs = 3_600_000;
const held = { reconciliation_initial_delay: '365days' };
const { digest: staged } = await digestStagedSet(tasks);
const signed = (intent: Statement['intent'], changes: Partial<Statement> = {}): SignedStatement =>
  intent === 'stop' || intent === 'release'
    ? signers.signed(statementOf(intent, { staged, ...changes }), 'ana')
    : signers.signed(statementOf(intent, { staged, ...changes }), 'ana', 'bo');
const stop = signed('stop');
const both = [stop, signed('commit')];

let host: AttackedHost;
beforeEach(async () => {
  host = await createAttackedHost({
    rosterYaml: signers.rosterYaml,
    publicKey: grantKey,
    now,
    oldLogOf: 'R0',
  });
});
afterEach(() => host.dispose());

/** How it ended: `done`, or the rule that refused it. */
async function ask<K extends OperationKind>(
  kind: K,
  params: OperationParams[K],
  statements: readonly SignedStatement[] = [],
  restoreId = 'R1',
): Promise<string> {
  const request = granted(kind, params, { now: host.clock.now(), restoreId, statements });
  return (await host.send(request)).ended;
}

async function isolate(statements: readonly SignedStatement[] = [stop], restoreId = 'R1'): Promise<void> {
  expect(await ask('stop-scheduler', { graceMs: 1 }, statements, restoreId)).toBe('done');
  expect(await ask('block-traffic', {}, statements, restoreId)).toBe('done');
  expect(await ask('set-flags', { flags: recovery }, statements, restoreId)).toBe('done');
  expect(await ask('set-aside-log', {}, statements, restoreId)).toBe('done');
}

async function stage(statements: readonly SignedStatement[] = [stop], restoreId = 'R1'): Promise<void> {
  await isolate(statements, restoreId);
  expect(await ask('initialize-log', {}, statements, restoreId)).toBe('done');
  expect(await ask('start-scheduler', {}, statements, restoreId)).toBe('done');
  host.stage(tasks);
  expect(await ask('stage-backup', { name: backupName }, statements, restoreId)).toBe('done');
}

/** From what was read back to the second look. */
async function startHeld(statements: readonly SignedStatement[], restoreId = 'R1'): Promise<void> {
  expect(await ask('stop-scheduler', { graceMs: 1 }, statements, restoreId)).toBe('done');
  expect(await ask('restore-flags', {}, statements, restoreId)).toBe('done');
  expect(await ask('set-flags', { flags: held }, statements, restoreId)).toBe('done');
  expect(await ask('start-scheduler', {}, statements, restoreId)).toBe('done');
}

async function putBack(statements: readonly SignedStatement[] = []): Promise<void> {
  const before = host.harms.length;
  expect(await ask('stop-scheduler', { graceMs: 1 }, statements)).toBe('done');
  expect(await ask('put-back-log', {}, statements)).toBe('done');
  expect(await ask('take-out-backup', { name: backupName, sha256: sha('b') }, statements)).toBe('done');
  expect(await ask('restore-flags', {}, statements)).toBe('done');
  expect(await ask('unblock-traffic', {}, statements)).toBe('done');
  expect(await ask('start-scheduler', {}, statements)).toBe('done');
  expect(host.harms.slice(before).filter((harm) => harm.includes('registered'))).toEqual([]);
}

async function committed(): Promise<void> {
  await stage();
  expect(await ask('commit-recovery', {}, both)).toBe('done');
}

test('a staged restore, let go on by one of those who signed the commit', async () => {
  await committed();
  await startHeld(both);
  const released = [...both, signed('release')];

  expect(await ask('unblock-traffic', {}, released)).toBe('done');
  expect(await ask('restore-flags', {}, released)).toBe('done');
  expect(await ask('reconcile-explicit', {}, released)).toBe('done');
  expect(await ask('reconcile-implicit', {}, released)).toBe('done');
  // Whatever comes later in the same restore (a scheduler that hangs, a second round) needs nobody any more.
  host.clock.pass(48 * hourMs);
  expect(await ask('reconcile-implicit', {})).toBe('done');
  expect(await ask('start-scheduler', {})).toBe('done');
});

test('what time lets go on has to have passed on this host, and is not forgotten when its agent starts again', async () => {
  await committed();
  await startHeld(both);

  host.clock.pass(599_000);
  await host.restartAgent();
  expect(await ask('restore-flags', {}, both)).toBe('proofs');
  host.clock.pass(1_000);
  expect(await ask('restore-flags', {}, both)).toBe('done');
  expect(await ask('reconcile-implicit', {}, both)).toBe('done');
});

test('a host that has not committed takes the commit of the others, and its time begins with its start', async () => {
  await isolate();
  expect(await ask('initialize-log', {}, [stop])).toBe('done');
  expect(await ask('start-scheduler', {}, [stop])).toBe('done');
  host.clock.pass(hourMs);
  await startHeld(both);

  expect(await ask('restore-flags', {}, both)).toBe('proofs');
  host.clock.pass(600_000);
  expect(await ask('restore-flags', {}, both)).toBe('done');
  expect(await ask('stop-scheduler', { graceMs: 1 }, both)).toBe('done');
  expect(await ask('start-scheduler', {}, both)).toBe('done');
});

test('where people have to let it go on, time alone does not', async () => {
  const people = [stop, signed('commit', { releasesAfterMs: null })];
  await stage();
  expect(await ask('commit-recovery', {}, people)).toBe('done');
  await startHeld(people);

  host.clock.pass(10 * hourMs);
  expect(await ask('reconcile-implicit', {}, people)).toBe('proofs');
});

test('an abort takes nobody, also of a restore that began before signatures were required', async () => {
  await host.restartAgent('observe');
  await stage([]);
  await host.restartAgent('require');

  await putBack();
});

test('an abort takes nobody after a commit that never went out', async () => {
  await stage();
  host.stage([]);
  expect(await ask('commit-recovery', {}, both)).toBe('failed');

  await putBack();
});

test('going back after the commit takes those who go back', async () => {
  await committed();
  await startHeld(both);
  expect(await ask('stop-scheduler', { graceMs: 1 }, both)).toBe('done');
  expect(await ask('put-back-log', {}, both)).toBe('proofs');

  await putBack([...both, signed('go-back')]);
});

test('a restore that lasts longer than the night goes on, and its commit is signed anew', async () => {
  await isolate();
  host.clock.pass(20 * hourMs);
  expect(await ask('initialize-log', {}, [stop])).toBe('done');
  expect(await ask('start-scheduler', {}, [stop])).toBe('done');
  host.stage(tasks);
  expect(await ask('commit-recovery', {}, both)).toBe('statement');

  const anew = signed('commit', {
    issuedAt: host.clock.now(),
    expiresAt: host.clock.now() + 12 * hourMs,
    needed: 2,
  });
  expect(await ask('commit-recovery', {}, [stop, anew])).toBe('done');
  await startHeld([stop, anew]);
});

test('after its end what was signed for a stop stops nothing any more', async () => {
  await isolate();
  await putBack();
  host.clock.pass(20 * hourMs);

  expect(await ask('stop-scheduler', { graceMs: 1 }, [stop])).toBe('statement');
});

test('off-line: the tool runs on what was signed, again after a run that failed, and hosts start in turn', async () => {
  const off = { procedure: 'recovery-tool', backup: await backupOf() } as const;
  const signedOff = [signed('stop', off), signed('commit', off)];
  const run = { name: backupName, sha256: off.backup, flags: { native_log_quorum_size: '1' } };
  await isolate(signedOff.slice(0, 1));
  expect(await ask('initialize-log', {}, signedOff.slice(0, 1))).toBe('done');

  expect(
    await ask('run-recovery-tool', { ...run, name: 'scheduler-backup-2026-11-29-13-00' }, signedOff),
  ).toBe('failed');
  expect(await ask('set-aside-new-log', {}, signedOff)).toBe('done');
  expect(await ask('initialize-log', {}, signedOff)).toBe('done');
  expect(await ask('run-recovery-tool', run, signedOff)).toBe('done');
  expect(await ask('start-scheduler', {}, signedOff)).toBe('done');
  await startHeld(signedOff);
});

test('back to an old log: that of the restore that people signed, and no other', async () => {
  const old = { procedure: 'set-aside-log', backup: null, oldLogOf: 'R0' } as const;
  const signedOld = [signed('stop', old), signed('commit', old)];
  await isolate(signedOld.slice(0, 1));

  expect(await ask('bring-back-log', { of: 'R1' }, signedOld)).toBe('signed-content');
  expect(await ask('bring-back-log', { of: 'R0' }, signedOld)).toBe('done');
  expect(await ask('start-scheduler', {}, signedOld)).toBe('done');
  await startHeld(signedOld);
});

test('a restore after one that has ended is aborted as any other, onto what that one has brought', async () => {
  await committed();
  await startHeld(both);
  expect(await ask('restore-flags', {}, [...both, signed('release')])).toBe('done');

  const next = [signed('stop', { restore: 'R2', journal: sha('2') })];
  await stage(next, 'R2');
  expect(await ask('stop-scheduler', { graceMs: 1 }, [], 'R2')).toBe('done');
  expect(await ask('put-back-log', {}, [], 'R2')).toBe('done');
  expect(await ask('restore-flags', {}, [], 'R2')).toBe('done');
  expect(await ask('start-scheduler', {}, [], 'R2')).toBe('done');
});

test('a restore of before signatures were looked at cannot be undone afterwards by nobody', async () => {
  await host.restartAgent('observe');
  await stage([]);
  expect(await ask('commit-recovery', {})).toBe('done');
  await startHeld([]);
  expect(await ask('restore-flags', {})).toBe('done');
  await host.restartAgent('require');

  expect(await ask('put-back-log', {}, [stop])).toBe('proofs');
});

test('a flag file that somebody broke is put back without anybody', async () => {
  await isolate();
  await writeFile(host.path('flags'), 'not a flag file $(at all)');

  await putBack();
});

test('observe does it, and says what it would have refused', async () => {
  await host.restartAgent('observe');
  expect(await ask('stop-scheduler', { graceMs: 1 })).toBe('done');
  expect(await ask('set-flags', { flags: recovery }, [stop])).toBe('done');

  const { mode, rosterHash, refused, verified } = await host.readStatus();
  expect({ mode, rosterHash }).toEqual({
    mode: 'observe',
    rosterHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(refused).toMatchObject([
    {
      restoreId: 'R1',
      rule: 'proofs',
      says: expect.stringContaining('stop-scheduler needs the stop signed'),
    },
  ]);
  expect(verified).toMatchObject([{ restoreId: 'R1', intent: 'stop', proofs: 1 }]);
});

/** A backup of the host, by its hash. */
async function backupOf(): Promise<string> {
  await writeFile(host.path(`backups/${backupName}`), 'a backup');
  return createHash('sha256').update('a backup').digest('hex');
}
