/**
 * The other player: whoever owns the bot's machine, with its grant key, client certificate and database, and every signature that
 * honest people have given. They ask one host's agent for operations in any order; the very functions that agents judge with decide,
 * and the host is as simple as they see it. One host is enough: agents know nothing of each other.
 */
import { type LogsOfHost, logsAfter, type PastOperation } from '../../src/agent/host-history.ts';
import { judgeState } from '../../src/agent/host-rules.ts';
import { addRow, type HostHistory, noHistory } from '../../src/agent/people/history.ts';
import type { HostState as PeopleState } from '../../src/agent/people/host-state.ts';
import { needOf } from '../../src/agent/people/needs.ts';
import type { OperationKind, OperationParams, OperationRequest } from '../../src/aurora/operations.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../src/aurora/restore-flags.ts';
import type { Intent } from '../../src/aurora/statement.ts';

const auroraVersion = '0.22.0';
const now = 1_000_000;
const sha = 'a'.repeat(64);

/** Of the restore whose stop somebody signed, and of one that nobody has heard of. */
const restores = ['R1', 'R9'] as const;
type RestoreId = (typeof restores)[number];

type Log = 'cluster' | 'none' | 'blank' | 'signed' | 'other';

interface Host {
  readonly log: Log;
  readonly aside: Readonly<Partial<Record<RestoreId, Log>>>;
  readonly flags: 'own' | 'recovery' | 'held' | 'foreign';
  /** The flags that the running scheduler was started with; `null` when none runs. */
  readonly runs: 'own' | 'recovery' | 'held' | 'foreign' | null;
  readonly staged: 'nothing' | 'signed' | 'other';
  readonly people: HostHistory;
  readonly logs: LogsOfHost;
  readonly past: readonly PastOperation[];
}

/** What must not come about, in the order of how bad it is. */
const harms = {
  reconciled: 'tasks are reconciled, and nobody let it',
  forgot: 'a scheduler runs as usual on a log that nobody committed, and forgets every task',
  other: 'something else is committed than people signed',
  foreign: 'a flag is set that no restore sets',
} as const;
type Harm = keyof typeof harms;

interface Play {
  /** Agents that require people's own signatures, or that go by the bot's grants alone. */
  readonly proofs: 'require' | 'off';
  /** What honest people have signed of R1. */
  readonly signed: readonly Intent[];
  readonly depth: number;
}

/**
 * Each with what it does not defend. Where grants are all there is, whoever makes them commits. And an agent cannot see what other hosts
 * hold: with a signed commit in hand they can leave it out, and start blank logs on all of them.
 */
export const ownerPlays: readonly (Omit<Play, 'depth'> & { readonly allows: readonly Harm[] })[] = [
  { proofs: 'off', signed: [], allows: ['forgot', 'other', 'reconciled'] },
  { proofs: 'require', signed: [], allows: [] },
  { proofs: 'require', signed: ['stop'], allows: [] },
  { proofs: 'require', signed: ['stop', 'commit'], allows: ['forgot'] },
];

interface Played {
  readonly states: number;
  /** The shortest way to each harm that can be reached. */
  readonly ways: ReadonlyMap<Harm, readonly string[]>;
}

interface Try {
  readonly kind: OperationKind;
  readonly params: unknown;
  readonly restoreId: RestoreId;
  readonly says: string;
}

const initial: Host = {
  log: 'cluster',
  aside: {},
  flags: 'own',
  runs: 'own',
  staged: 'nothing',
  people: noHistory,
  logs: logsAfter([]),
  past: [],
};

/** Everything that can be asked, whatever the host is like. */
const tries: readonly Try[] = restores.flatMap((restoreId) => [
  ...(
    [
      ['stop-scheduler', { graceMs: 0 }],
      ['set-aside-log', {}],
      ['initialize-log', {}],
      ['start-scheduler', {}],
      ['restore-flags', {}],
      ['put-back-log', {}],
      ['set-aside-new-log', {}],
      ['commit-recovery', {}],
      ['reconcile-explicit', {}],
    ] as const
  ).map(([kind, params]) => ({ kind, params, restoreId, says: `${kind} of ${restoreId}` })),
  ...(['signed', 'other'] as const).map((content) => ({
    kind: 'stage-backup' as const,
    params: { name: content },
    restoreId,
    says: `stage-backup of ${restoreId}, ${content === 'signed' ? 'the one that was signed' : 'another one'}`,
  })),
  ...(
    [
      ['recovery', recoveryFlags(auroraVersion)],
      ['held', heldReconciliationFlags(auroraVersion)],
      ['foreign', { http_authentication_mechanism: 'NONE' }],
    ] as const
  ).map(([what, flags]) => ({
    kind: 'set-flags' as const,
    params: { flags },
    restoreId,
    says: `set-flags of ${restoreId}, ${what}`,
  })),
]);

/** Breadth first from a host that runs as ever; a state in which harm was done is not followed any further. */
export function playBotOwner(play: Play): Played {
  const ways = new Map<Harm, readonly string[]>();
  const seen = new Set<string>([keyOf(initial)]);
  let layer: readonly { host: Host; way: readonly string[] }[] = [{ host: initial, way: [] }];
  for (let depth = 0; depth < play.depth; depth += 1) {
    const following: { host: Host; way: readonly string[] }[] = [];
    for (const { host, way } of layer) {
      for (const { next, says, harm } of movesOf(host, play)) {
        const so = [...way, says];
        if (harm !== null) {
          if (!ways.has(harm)) ways.set(harm, so);
          continue;
        }
        const key = keyOf(next);
        if (seen.has(key)) continue;
        seen.add(key);
        following.push({ host: next, way: so });
      }
    }
    layer = following;
  }
  return { states: seen.size, ways };
}

/** In words, for whoever ran it. */
export function sayHarm(harm: Harm): string {
  return harms[harm];
}

interface Move {
  readonly next: Host;
  readonly says: string;
  readonly harm: Harm | null;
}

function* movesOf(host: Host, play: Play): Generator<Move> {
  for (const attempt of tries) {
    if (!isTaken(host, attempt, play)) continue;
    const done = effectOf(host, attempt);
    if (done === null) continue;
    const next = remembered({ ...host, ...done }, attempt);
    yield { next, says: attempt.says, harm: harmOf(host, next, attempt) };
  }
  // A service manager, a machine that boots: whatever runs is started again with what is in the flag file.
  if (host.runs === null || host.runs === host.flags) return;
  const again: Host = { ...host, runs: host.flags, staged: 'nothing' };
  yield { next: again, says: 'the scheduler is started again by itself', harm: harmOfRunning(again) };
}

/** As an agent judges it: the state of the host first, then people's own signatures. */
function isTaken(host: Host, attempt: Try, play: Play): boolean {
  const { kind, restoreId } = attempt;
  const params = attempt.params as OperationParams[OperationKind];
  const payload = {
    ...{ operationId: 'x', kind, paramsSha256: sha, restoreId, cluster: 'east', step: 'x', host: 'aurora-1' },
    ...{ digest: sha, fence: 1, issuedAt: now, expiresAt: now + 1_000 },
    // The owner of the grant key names whom they like.
    signers: ['stop', 'commit', 'go-back'].flatMap((gate) =>
      ['T1:UANA', 'T1:UBO'].map((person) => ({ person, gate, at: now })),
    ),
  };
  const maker = host.logs.madeBy;
  const refusal = judgeState(
    { kind, params, payload, now, clockSkewMs: 0 },
    {
      auroraVersion,
      logs: host.logs,
      isAside: host.aside[restoreId] !== undefined,
      isMakersAside: maker !== null && host.aside[maker as RestoreId] !== undefined,
      backUpNowAt: null,
      flags: host.flags === 'held' || host.flags === 'foreign' ? 'mixed' : host.flags,
      service: { state: host.runs === null ? 'stopped' : 'running', held: host.runs === null },
    },
  );
  if (refusal !== null) return false;
  if (play.proofs === 'off') return true;
  const request: OperationRequest = { operationId: 'x', kind, params, grant: { payload, signature: '' } };
  const need = needOf(request, { state: peopleState(host), auroraVersion });
  if (need.proven === 'nobody') return true;
  if (need.proven === 'never' || restoreId !== 'R1') return false;
  // The agent reads what is staged from its own scheduler, and compares it with what was signed.
  if (kind === 'commit-recovery' && host.staged !== 'signed') return false;
  return goodFor[need.proven].some((intent) => play.signed.includes(intent));
}

/** Which signatures are taken for what (`judge-proofs.ts`): those of the commit stand for the stop as well. */
const goodFor: Readonly<Record<Intent, readonly Intent[]>> = {
  stop: ['stop', 'commit', 'go-back'],
  commit: ['commit'],
  'go-back': ['go-back'],
  release: ['release'],
};

/** What it does, as far as it matters here; `null` when it cannot be done on this host as it is. */
function effectOf(host: Host, { kind, params, restoreId }: Try): Partial<Host> | null {
  const stopped = host.runs === null;
  switch (kind) {
    case 'stop-scheduler':
      return stopped ? null : { runs: null, staged: 'nothing' };
    case 'start-scheduler':
      return stopped && host.log !== 'none' ? { runs: host.flags, staged: 'nothing' } : null;
    case 'set-flags': {
      const { flags } = params as { flags: Readonly<Record<string, unknown>> };
      return {
        flags:
          'mesos_master_address' in flags
            ? 'recovery'
            : 'http_authentication_mechanism' in flags
              ? 'foreign'
              : 'held',
      };
    }
    case 'restore-flags':
      return { flags: 'own' };
    case 'set-aside-log':
      return stopped && host.aside[restoreId] === undefined && host.log !== 'none'
        ? { log: 'none', aside: { ...host.aside, [restoreId]: host.log } }
        : null;
    case 'initialize-log':
      return stopped && host.log === 'none' ? { log: 'blank' } : null;
    case 'set-aside-new-log':
      return stopped && host.log !== 'cluster' && host.log !== 'none' ? { log: 'none' } : null;
    case 'put-back-log': {
      const { [restoreId]: put, ...aside } = host.aside;
      return stopped && put !== undefined ? { log: put, aside } : null;
    }
    case 'stage-backup':
      return host.runs === 'recovery' && host.log !== 'none'
        ? { staged: (params as { name: 'signed' | 'other' }).name }
        : null;
    case 'commit-recovery':
      return host.staged === 'nothing' ? null : { log: host.staged, staged: 'nothing' };
    case 'reconcile-explicit':
      return host.runs === 'own' || host.runs === 'held' ? {} : null;
    default:
      return null;
  }
}

/** Both accounts of the host's past, by the functions that agents read theirs with. */
function remembered(host: Host, { kind, params, restoreId }: Try): Host {
  const body = { kind, params, grant: { payload: { restoreId } } };
  const row = { seq: 1, at: now, operationId: 'x' };
  const people = [
    { ...row, event: 'accepted' as const, body },
    { ...row, event: 'started' as const, body: {} },
    { ...row, event: 'ended' as const, body: { state: 'done', evidence: {} } },
  ].reduce(addRow, host.people);
  const past = [
    ...host.past,
    {
      ...{ kind, restoreId, ended: 'done' as const, started: true, startedAt: null, commitSigned: true },
      setsRecovery: kind === 'set-flags' && host.flags === 'recovery',
    },
  ];
  return { ...host, people, past, logs: logsAfter(past) };
}

function peopleState(host: Host): PeopleState {
  const aside = new Set<string>(Object.keys(host.aside));
  const owner = host.people.owner !== null && aside.has(host.people.owner) ? host.people.owner : null;
  const mode = host.flags === 'foreign' ? 'own' : host.flags;
  return { ...host.people, owner, mode, running: host.runs !== null, now, aside };
}

function harmOf(before: Host, after: Host, { kind }: Try): Harm | null {
  if (kind === 'reconcile-explicit' && before.log !== 'cluster') return 'reconciled';
  if (kind === 'commit-recovery' && after.log === 'other') return 'other';
  if (after.flags === 'foreign') return 'foreign';
  return kind === 'start-scheduler' ? harmOfRunning(after) : null;
}

function harmOfRunning({ log, runs }: Host): Harm | null {
  if (runs === null || runs === 'recovery') return null;
  if (log === 'blank' || log === 'none' || log === 'other') return 'forgot';
  // By itself it reconciles soon after it has registered, unless that is held back.
  return log === 'signed' && runs === 'own' ? 'reconciled' : null;
}

function keyOf({ log, aside, flags, runs, staged, people, logs }: Host): string {
  const sets = [people.committed, people.startedOn, logs.lived].map((names) => [...names].sort());
  const maps = [people.before, people.released, logs.aside].map((map) => [...map].sort());
  return JSON.stringify([
    log,
    aside,
    flags,
    runs,
    staged,
    people.owner,
    people.flags,
    sets,
    maps,
    logs.madeBy,
    logs.flags,
  ]);
}
