/**
 * Whoever owns the bot's host tries operations in any order, with every grant they can make and every signature that honest people have
 * given for a stop, on a host whose agent requires proofs. Seeded, so that a sequence that breaks something can be played again.
 */

import { operationKinds } from '../../src/aurora/operations/all.ts';
import type { OperationKind, OperationRequest } from '../../src/aurora/operations.ts';
import type { SignedStatement, Statement } from '../../src/aurora/statement.ts';
import { createRandom, type Random } from '../fuzz/random.ts';
import { createSigners } from '../signing/signers.ts';
import { now as signedAt } from '../signing/statements.ts';
import { type AttackedHost, createAttackedHost } from './attacked-host.ts';
import { backupName, granted, grantKey, recovery, sha, statementOf } from './restores.ts';

const longest = 14;
const signers = createSigners();
const restores = ['R1', 'R2', 'R3', 'R0'] as const;

/** R1 restores a backup, R2 another one off-line, R3 brings back the log of R0. */
const stops: Readonly<Record<(typeof restores)[number], SignedStatement | null>> = {
  R1: signers.signed(statementOf('stop'), 'ana'),
  R2: signers.signed(
    statementOf('stop', { restore: 'R2', journal: sha('2'), procedure: 'recovery-tool', backup: sha('b') }),
    'bo',
    'cy',
  ),
  R3: signers.signed(
    statementOf('stop', {
      restore: 'R3',
      journal: sha('3'),
      procedure: 'set-aside-log',
      backup: null,
      oldLogOf: 'R0',
    }),
    'ana',
    'bo',
  ),
  R0: null,
};
const honest = Object.values(stops).flatMap((signed) => signed ?? []);

interface Found {
  readonly sequences: number;
  readonly operations: number;
  /** Of them: done. A search in which nothing is done has tried nothing. */
  readonly done: number;
  /** What was broken, each once. */
  readonly harms: readonly string[];
  /** The first sequence that broke something, with its seed. */
  readonly broken: {
    readonly seed: number;
    readonly harms: readonly string[];
    readonly tried: readonly string[];
  } | null;
}

/** In `observe` the same attacker meets no signatures: what a search must find there shows that it can find anything. */
export async function searchSequences(asked: {
  sequences: number;
  seed: number;
  mode?: 'require' | 'observe';
}): Promise<Found> {
  const { mode = 'require' } = asked;
  let [operations, done] = [0, 0];
  let broken: Found['broken'] = null;
  const harms = new Set<string>();
  for (let turn = 0; turn < asked.sequences; turn += 1) {
    const seed = asked.seed + turn;
    const played = await playSequence(seed, mode);
    operations += played.tried.length;
    done += played.done;
    for (const harm of played.harms) harms.add(harm);
    if (played.harms.length > 0) broken ??= { seed, harms: played.harms, tried: played.tried };
  }
  return { sequences: asked.sequences, operations, done, harms: [...harms], broken };
}

async function playSequence(
  seed: number,
  mode: 'require' | 'observe',
): Promise<{ harms: readonly string[]; tried: readonly string[]; done: number }> {
  const random = createRandom(seed);
  const host = await createAttackedHost({
    rosterYaml: signers.rosterYaml,
    publicKey: grantKey,
    mode,
    now: signedAt,
    oldLogOf: 'R0',
  });
  const tried: string[] = [];
  let done = 0;
  try {
    let way = [...random.pick(ways)];
    for (let length = 6 + random.int(longest); length > 0 && host.harms.length === 0; length -= 1) {
      const next = random.chance(0.6) ? way.shift() : undefined;
      if (way.length === 0) way = [...random.pick(ways)];
      const { says, isDone } = await move(host, random, next);
      tried.push(says);
      if (isDone) done += 1;
    }
    return { harms: host.harms, tried, done };
  } finally {
    await host.dispose();
  }
}

async function move(
  host: AttackedHost,
  random: Random,
  next: OperationKind | 'dies' | undefined,
): Promise<{ says: string; isDone: boolean }> {
  const chance = next === undefined ? random.int(12) : -1;
  if (next === 'dies' || chance === 0) {
    await host.schedulerDies();
    return { says: 'the scheduler dies', isDone: false };
  }
  if (chance === 1) {
    await host.restartAgent();
    return { says: 'the agent starts again', isDone: false };
  }
  if (chance === 2) host.clock.pass(random.pick([60_000, 3_600_000, 86_400_000]));
  const request = anyRequest(host, random, next ?? random.pick(operationKinds));
  const { ended } = await host.send(request);
  const { restoreId } = request.grant.payload;
  return { says: `${request.kind} under ${restoreId}: ${ended}`, isDone: ended === 'done' };
}

/** Ways to a harm: followed half of the time, with anything in between, so that a search comes somewhere. */
const ways: readonly (readonly (OperationKind | 'dies')[])[] = [
  ['stop-scheduler', 'set-aside-log', 'initialize-log', 'start-scheduler'],
  ['stop-scheduler', 'set-aside-log', 'bring-back-log', 'start-scheduler'],
  ['stop-scheduler', 'put-back-log', 'start-scheduler', 'dies'],
  [
    'stop-scheduler',
    'set-flags',
    'set-aside-log',
    'initialize-log',
    'start-scheduler',
    'restore-flags',
    'dies',
  ],
  [
    ...(['stop-scheduler', 'set-flags', 'set-aside-log', 'initialize-log', 'start-scheduler'] as const),
    ...(['stop-scheduler', 'restore-flags', 'start-scheduler', 'reconcile-implicit'] as const),
  ],
  [
    'stop-scheduler',
    'set-aside-log',
    'set-aside-new-log',
    'set-aside-log',
    'put-back-log',
    'put-back-log',
    'start-scheduler',
  ],
];

function anyRequest(host: AttackedHost, random: Random, kind: OperationKind): OperationRequest {
  const restoreId = random.chance(0.7) ? 'R1' : random.pick(restores);
  const statements = random.chance(0.85)
    ? [stops[restoreId] ?? random.pick(honest)]
    : [random.pick(honest), forged(random, restoreId)];
  const given = { now: host.clock.now(), restoreId, statements, digest: random.pick([sha('e'), sha('f')]) };
  return paramsOf(kind, random, given);
}

/** Signed by nobody who may, for this: made from what was signed for a stop, or with keys that are in no roster. */
function forged(random: Random, restore: string): SignedStatement {
  const { statement, proofs } = random.pick(honest);
  const intent = random.pick<Statement['intent']>(['commit', 'go-back', 'release']);
  const claimed = { ...statement, intent, restore, needed: 1, releasesAfterMs: 0, staged: sha('0') };
  return random.chance(0.5) ? { statement: claimed, proofs } : signers.signed(claimed, 'eve');
}

function paramsOf(
  kind: OperationKind,
  random: Random,
  given: Parameters<typeof granted>[2],
): OperationRequest {
  switch (kind) {
    case 'hold-backup':
    case 'receive-backup':
    case 'place-backup':
    case 'take-out-backup':
      return granted(kind, { name: backupName, sha256: sha('b') }, given);
    case 'stop-scheduler':
      return granted(kind, { graceMs: 1 }, given);
    case 'set-flags':
      return granted(kind, { flags: random.pick(flagChanges) }, given);
    case 'stage-backup':
      return granted(kind, { name: backupName }, given);
    case 'bring-back-log':
      return granted(kind, { of: random.pick(['R0', 'R1']) }, given);
    case 'delete-staged-tasks':
      return granted(kind, { taskIds: ['t-1'] }, given);
    case 'run-recovery-tool':
      return granted(
        kind,
        { name: backupName, sha256: sha('b'), flags: { native_log_quorum_size: '1' } },
        given,
      );
    default:
      return granted(kind, {}, given);
  }
}

const flagChanges = [
  recovery,
  recovery,
  recovery,
  { mesos_master_address: 'zk://evil:2181/mesos' },
  { http_authentication_mechanism: 'NONE' },
  { ...recovery, thermos_executor_path: '/tmp/evil' },
  { reconciliation_initial_delay: '365days' },
  { reconciliation_initial_delay: '1secs' },
];
