/** Does to pretend hosts what agents have in their journals, in the order of time; who leads is who led then. */
import type { OperationJournal } from '../../src/agent/operation-journal.ts';
import { operationDefinitions } from '../../src/aurora/operations/all.ts';
import type { OperationEnd, OperationKind, OperationRequest } from '../../src/aurora/operations.ts';
import type { RestoreState } from '../../src/restore/record/state.ts';
import type { FakeClock } from '../restore/support/fake-clock.ts';
import type { PretendCluster, PretendHost } from '../restore/support/pretend-cluster.ts';
import { pretendEffects, tellHash } from '../restore/support/pretend-operations.ts';

interface Past {
  readonly cluster: PretendCluster;
  readonly clock: FakeClock;
  readonly state: RestoreState;
}

interface Deed {
  readonly at: number;
  readonly host: string;
  readonly asked: OperationRequest;
  readonly end: OperationEnd;
}

export function replayHosts(agents: ReadonlyMap<string, OperationJournal>, past: Past): void {
  const { cluster, clock } = past;
  const deeds = [...agents].flatMap(([host, journal]) => deedsOf(host, journal));
  for (const { at, host, asked, end } of deeds.toSorted((a, b) => a.at - b.at)) {
    clock.pass(Math.max(0, at - clock.now()));
    if (asked.kind === 'stage-backup') elect(host, past);
    redo(cluster.host(host), { asked, end, past });
  }
  const { facts, picture, look } = past.state;
  const leader = facts['confirm-leader']?.host;
  if (leader !== undefined) elect(leader, past);
  const staged = facts['stage-backup'];
  for (const { name, staged: rows } of cluster.hosts)
    if (name === staged?.host && rows !== null) nameProcess(cluster, name, staged.process);
  // What was shown at an earlier gate is of processes that have ended since.
  for (const { host, instance } of look === null ? [] : (picture?.hosts ?? []))
    nameProcess(cluster, host, instance);
}

/** The process that runs there now is the one that the bot has seen. */
function nameProcess(cluster: PretendCluster, name: string, process: string | null | undefined): void {
  if (process == null) return;
  const host = cluster.host(name);
  host.toldProcesses.set(host.starts, process);
}

function deedsOf(host: string, journal: OperationJournal): readonly Deed[] {
  const asked = new Map<string, OperationRequest>();
  const deeds: Deed[] = [];
  for (const { at, operationId, event, body } of journal.listAfter(0)) {
    if (event === 'accepted') asked.set(operationId, body as OperationRequest);
    const request = asked.get(operationId);
    const end = body as OperationEnd;
    if (event === 'ended' && request !== undefined && end.state === 'done')
      deeds.push({ at, host, asked: request, end });
  }
  return deeds;
}

function redo(
  host: PretendHost,
  { asked, end, past: { cluster } }: { asked: OperationRequest; end: OperationEnd; past: Past },
): void {
  const before = host.flags;
  redoAs(asked.kind, asked, { cluster, host });
  const { evidence } = end as Extract<OperationEnd<'set-flags'>, { state: 'done' }>;
  if (asked.kind !== 'set-flags') return;
  tellHash(host, before, evidence.sha256Before);
  tellHash(host, host.flags, evidence.sha256After);
}

function redoAs<K extends OperationKind>(
  kind: K,
  { params }: OperationRequest,
  on: { cluster: PretendCluster; host: PretendHost },
): void {
  pretendEffects[kind](on, operationDefinitions[kind].params.parse(params) as never);
}

/** Everybody else goes to the end of the queue, and the time of an election passes. */
function elect(name: string, { cluster, clock }: Past): void {
  for (const host of cluster.hosts)
    if (host.name !== name && host.service === 'running') cluster.rejoin(host);
  cluster.look();
  clock.pass(15_000);
  cluster.look();
  clock.pass(15_000);
  cluster.look();
}
