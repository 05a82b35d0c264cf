/** Reads everything that the checks of `check-hosts` judge: once, all of it at the same time, and nothing is changed. */

import type { BackupReport } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import type { LeaderAnswer } from '../../aurora/leader.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../aurora/restore-flags.ts';
import { countTasks } from '../../aurora/tasks.ts';
import type { LostHistory } from '../looks/lost-history.ts';
import type { StepAgent, StepContext } from '../step.ts';
import { readReleaseSigns } from '../steps/shared/release-checks.ts';
import type { PeopleSeen, Reading, Seen, SeenHost } from './reading.ts';

/** Who asks: a step of a restore, or somebody who only wants to know whether one could begin. */
export type ClusterAsker = Pick<
  StepContext,
  | 'cluster'
  | 'leader'
  | 'mesos'
  | 'onEachHost'
  | 'patiently'
  | 'agentOf'
  | 'now'
  | 'readCertificates'
  | 'readPeople'
>;

/** The restore that is to begin. */
export interface RestoreAsked extends Pick<Reading, 'procedure' | 'refilled' | 'chosen' | 'grantKey'> {
  readonly auroraVersion: string;
  inspectBackup(): Promise<BackupReport>;
  /** Compares what an agent was shown with the journal; absent where there is no restore. */
  findLost?(status: HostStatus): Promise<LostHistory | null>;
}

/** What does not answer stands in the reading as such; throws only when the restore takes another turn, or for a mistake. */
export async function readCluster(context: ClusterAsker, asked: RestoreAsked): Promise<Reading> {
  const { cluster } = context;
  const { procedure, refilled, chosen, grantKey, auroraVersion } = asked;
  const [hosts, leader, logGroup, frameworks, backup, certificates, people] = await Promise.all([
    context.onEachHost(async (agent) => ({
      host: agent.host,
      seen: await look(() => readHost(context, agent, asked)),
    })),
    readLeader(context),
    look(() => context.patiently('ZooKeeper', () => context.leader.listLogReplicas())),
    look(() => context.patiently('the Mesos master', () => context.mesos.listFrameworks())),
    look(() => context.patiently(`${chosen.host}'s agent`, () => asked.inspectBackup())),
    context.readCertificates(),
    look(() => context.readPeople()),
  ]);
  return {
    cluster,
    procedure,
    refilled,
    ...(grantKey !== undefined && { grantKey }),
    now: context.now(),
    hosts: hosts.flatMap(({ seen }) => (seen.ok ? [seen.value] : [])),
    unreachable: hosts.flatMap(({ host, seen }) => (seen.ok ? [] : [{ host, error: seen.error }])),
    leader,
    logGroup,
    frameworks,
    certificates,
    people: people.ok && people.value === null ? null : (people as Seen<PeopleSeen>),
    backup,
    chosen,
    flagsToSet: {
      ...recoveryFlags(auroraVersion),
      ...heldReconciliationFlags(auroraVersion),
    },
  };
}

/** ZooKeeper that is away for seconds, as during its own elections, is asked again. */
async function readLeader(context: ClusterAsker): Promise<LeaderAnswer> {
  const seen = await look(() =>
    context.patiently('ZooKeeper', async () => {
      const answer = await context.leader.findLeader();
      if (answer.kind === 'unreachable') throw answer.error;
      return answer;
    }),
  );
  return seen.ok ? seen.value : { kind: 'unreachable', error: seen.error };
}

async function readHost(
  context: ClusterAsker,
  agent: StepAgent,
  { findLost }: Pick<RestoreAsked, 'findLost'>,
): Promise<SeenHost> {
  const { status, clockAheadMs } = await context.patiently(`${agent.host}'s agent`, async () => {
    const before = context.now();
    const seen = await agent.readStatus();
    return { status: seen, clockAheadMs: distanceOf(seen.clockMs, before, context.now()) };
  });
  const [signs, staged, lost] = await Promise.all([
    readReleaseSigns(context, status),
    readStaged(agent, status),
    findLost?.(status) ?? null,
  ]);
  return { host: status.host, status, clockAheadMs, signs, staged, lost };
}

/** When within the journey of the answer the clock was read is not known: what that can explain does not count. */
function distanceOf(clockMs: number, before: number, after: number): number {
  if (clockMs > after) return clockMs - after;
  return clockMs < before ? clockMs - before : 0;
}

/** What is staged lives in a process (aurora.md 4.1). Asked once: a scheduler that is broken is why people are here. */
async function readStaged(agent: StepAgent, { scheduler }: HostStatus): Promise<Seen<number | null>> {
  if (scheduler.service === 'stopped') return { ok: true, value: null };
  if (!scheduler.httpPortOpen) return { ok: false, error: portClosed };
  return await look(() => agent.scheduler.queryStaged(countTasks));
}

async function look<T>(ask: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (error instanceof AuroraError) return { ok: false, error };
    throw error;
  }
}

/** Names no host, so that it is told once for all of them. */
const portClosed = new AuroraError({
  code: 'rpc-unreachable',
  message: 'the scheduler runs, and its HTTP port is closed.',
  hint: 'Its log says why.',
});
