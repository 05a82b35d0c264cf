/** How far a restore has come before somebody attacks it, and what honest people have signed of it. */
import type { OperationRequest } from '../../src/aurora/operations.ts';
import type { Statement } from '../../src/aurora/statement.ts';
import { digestStagedSet } from '../../src/backups/digest.ts';
import { createSigners } from '../signing/signers.ts';
import type { AttackedHost } from './attacked-host.ts';
import { granted, recovery, statementOf, tasks } from './restores.ts';

export const signers = createSigners();
export const hourMs = 3_600_000;
export const { digest: staged } = await digestStagedSet(tasks);
export const stop = signers.signed(statementOf('stop'), 'cy');
export const commitOf = (changes: Partial<Statement> = {}): Statement =>
  statementOf('commit', { staged, ...changes });
export const commit = signers.signed(commitOf(), 'ana', 'bo');

/** Isolated with the stop that Cy has signed, and what was signed is staged. */
export async function atTheCommit(host: AttackedHost): Promise<void> {
  const given = { now: host.clock.now(), statements: [stop] };
  const way: readonly OperationRequest[] = [
    granted('stop-scheduler', { graceMs: 1 }, given),
    granted('set-flags', { flags: recovery }, given),
    granted('set-aside-log', {}, given),
    granted('initialize-log', {}, given),
    granted('start-scheduler', {}, given),
  ];
  for (const request of way) await mustBeDone(host, request);
  host.stage(tasks);
}

/** Committed, and started with reconciliation held back. */
export async function atTheSecondLook(host: AttackedHost, statements = [stop, commit]): Promise<void> {
  await atTheCommit(host);
  const given = { now: host.clock.now(), statements };
  const way: readonly OperationRequest[] = [
    granted('commit-recovery', {}, given),
    granted('stop-scheduler', { graceMs: 1 }, given),
    granted('restore-flags', {}, given),
    granted('set-flags', { flags: { reconciliation_initial_delay: '365days' } }, given),
    granted('start-scheduler', {}, given),
  ];
  for (const request of way) await mustBeDone(host, request);
}

export async function mustBeDone(host: AttackedHost, request: OperationRequest): Promise<void> {
  const { ended, says } = await host.send(request);
  if (ended !== 'done') throw new Error(`${request.kind} on the way there ended with ${ended}: ${says}`);
}

/** One request that must be refused. */
export interface Trick {
  readonly tries: string;
  readonly prepare?: (host: AttackedHost) => Promise<void>;
  readonly does: (host: AttackedHost) => Promise<OperationRequest> | OperationRequest;
  /** The rule that refuses it; what is refused when its turn comes ends as `failed`. */
  readonly rule: string;
  /** The scheduler ends afterwards, and whatever holds it not starts it again. */
  readonly thenDies?: true;
}
