/**
 * Who leads a cluster: ZooKeeper and every host are asked, and `judgeLeadership` judges. Only facts; the wording is elsewhere. Reads only, asks all at once, and never throws for a silent host.
 */
import type { Cluster } from '../aurora/cluster.ts';
import { type Diagnosis, diagnose } from '../aurora/diagnosis.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { findFlagFaults } from '../aurora/flag-faults.ts';
import { sameHost } from '../aurora/host-names.ts';
import type { HostAgent, HostStatus } from '../aurora/hosts.ts';
import type { Candidate, Endpoint, LeaderAnswer, LeaderFinder } from '../aurora/leader.ts';
import { explainClaims, type LeaderWords } from '../aurora/leader-words.ts';
import { judgeLeadership, type Leadership } from '../aurora/leadership.ts';
import { findStrays, type Stray } from '../aurora/strays.ts';

export interface HostSeen {
  readonly host: string;
  readonly status: HostStatus | null;
  /** Why it was not seen; `null` when it was. */
  readonly why: string | null;
}

export interface LeaderFacts {
  readonly cluster: string;
  readonly auroraVersion: string;
  readonly hosts: readonly HostSeen[];
  /** `null` when ZooKeeper could not be asked. */
  readonly logReplicas: number | null;
  readonly finding: LeaderFinding;
  /** Who says of itself that it has registered with Mesos, and is not the one that ZooKeeper names. */
  readonly claimants: readonly string[];
  /** Nodes under the serverset path that are not the leader's, worst first. */
  readonly strays: readonly Stray[];
  /** For the command that removes one. */
  readonly zookeeper: readonly string[];
  /** What schedulers do not start, or do not go on, with; what only a scheduler can tell is left out. */
  readonly flagFaults: readonly { readonly host: string; readonly says: string }[];
  /** What is wrong with it, and the usual cure that is not a restore. */
  readonly diagnosis: Diagnosis;
}

export type LeaderFinding =
  | {
      readonly kind: 'leads';
      /** The configured host, `null` when ZooKeeper names one that is not in the configuration. */
      readonly host: string | null;
      readonly endpoint: Endpoint;
      /** How long its process has run; it leads at most that long. `null` when it does not say. */
      readonly upMs: number | null;
      /** What the other sources say against it; empty when all agree. */
      readonly doubts: readonly string[];
      /** Its health page says 200; where it does not and there are no doubts, an entry in ZooKeeper is why. */
      readonly healthAgrees: boolean;
      readonly standby: readonly string[];
    }
  | {
      readonly kind: 'nobody';
      readonly candidates: readonly string[];
      /** Elected and not registered: the one whose storage decides. */
      readonly elected: {
        readonly host: string;
        readonly upMs: number | null;
        /** `null` when its scheduler did not say. */
        readonly storageReady: boolean | null;
      } | null;
      /** Who believes it is elected and is not. */
      readonly claims: LeaderWords | null;
    }
  | { readonly kind: 'several'; readonly members: readonly string[] }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] }
  | { readonly kind: 'unreachable'; readonly message: string; readonly hint: string };

/** Asks ZooKeeper and every host once. */
export async function describeLeader(access: {
  cluster: Cluster;
  agents: readonly HostAgent[];
  leader: LeaderFinder;
}): Promise<LeaderFacts> {
  const { cluster, agents, leader } = access;
  const [answer, logReplicas, hosts] = await Promise.all([
    leader.findLeader(),
    countReplicas(leader),
    Promise.all(agents.map(seeHost)),
  ]);
  const statuses = hosts.flatMap(({ status }) => status ?? []);
  const leadership = judgeLeadership(cluster, { statuses, answer });
  const finding = await findingOf({ cluster, agents, hosts, answer }, leadership);
  const storageReady = finding.kind === 'nobody' ? (finding.elected?.storageReady ?? null) : null;
  return {
    cluster: cluster.name,
    auroraVersion: cluster.auroraVersion,
    hosts,
    logReplicas,
    finding,
    claimants: claimantsOf(leadership),
    strays: findStrays(cluster, answer, leadership),
    zookeeper: cluster.zookeeper.servers,
    flagFaults: hosts.flatMap(({ host, status }) =>
      status === null
        ? []
        : findFlagFaults(status, cluster.auroraVersion)
            .filter(({ sure }) => sure)
            .map(({ says }) => ({ host, says })),
    ),
    diagnosis: diagnose({ cluster, statuses, answer, logReplicas, storageReady }),
  };
}

interface Seen {
  readonly cluster: Cluster;
  readonly agents: readonly HostAgent[];
  readonly hosts: readonly HostSeen[];
  readonly answer: LeaderAnswer;
}

async function findingOf(seen: Seen, leadership: Leadership): Promise<LeaderFinding> {
  const { answer, cluster } = seen;
  if (leadership.advertised !== null) return leads(seen, leadership, leadership.advertised);
  switch (answer.kind) {
    case 'one':
    case 'none':
      return {
        kind: 'nobody',
        candidates: answer.candidates.map((candidate) => nameOf(cluster, candidate)),
        elected: await describeElected(seen, leadership.elected),
        claims: explainClaims(leadership),
      };
    case 'several':
      return {
        kind: 'several',
        members: answer.members.map(({ endpoint }) => `${endpoint.host}:${endpoint.port}`),
      };
    case 'malformed':
      return {
        kind: 'malformed',
        problems: answer.members.map(({ node, problem }) => `${node}: ${problem}`),
      };
    case 'unreachable':
      return { kind: 'unreachable', message: answer.error.message, hint: answer.error.hint };
  }
}

function claimantsOf({ registered, advertised }: Leadership): readonly string[] {
  return registered.map(({ host }) => host).filter((host) => host !== advertised?.host);
}

function leads(
  { hosts }: Seen,
  leadership: Leadership,
  { endpoint, host, doubts }: NonNullable<Leadership['advertised']>,
): LeaderFinding {
  const own = hosts.find((seen) => seen.host === host);
  const silent = host !== null && own?.status == null;
  const claimants = claimantsOf(leadership);
  return {
    kind: 'leads',
    host,
    endpoint,
    upMs: upMsOf(own?.status ?? null),
    healthAgrees: own?.status?.leaderHealth === 200,
    doubts: silent ? [`its agent does not answer: ${own?.why ?? 'it was not asked'}`] : doubts,
    standby: hosts
      .filter(({ host: each, status }) => each !== host && status?.scheduler.service === 'running')
      .map((seen) => seen.host)
      .filter((each) => !claimants.includes(each)),
  };
}

async function describeElected(
  { agents }: Seen,
  elected: HostStatus | null,
): Promise<(LeaderFinding & { kind: 'nobody' })['elected']> {
  if (elected === null) return null;
  const agent = agents.find(({ host }) => host === elected.host);
  const storageReady = await (agent?.scheduler.isStorageReady().catch(() => null) ?? null);
  return { host: elected.host, upMs: upMsOf(elected), storageReady };
}

function upMsOf(status: HostStatus | null): number | null {
  const seconds = status?.vars?.['jvm_uptime_secs'];
  return typeof seconds === 'number' ? seconds * 1000 : null;
}

function nameOf(cluster: Cluster, candidate: Candidate): string {
  return cluster.hosts.find((host) => sameHost(host.advertised, candidate.host))?.name ?? candidate.host;
}

async function countReplicas(leader: LeaderFinder): Promise<number | null> {
  try {
    return (await leader.listLogReplicas()).length;
  } catch {
    // ZooKeeper's own answer about the leader says that it cannot be reached, and why.
    return null;
  }
}

async function seeHost(agent: HostAgent): Promise<HostSeen> {
  try {
    return { host: agent.host, status: await agent.readStatus(), why: null };
  } catch (error) {
    const why = error instanceof AuroraError ? error.message : messageOf(error);
    return { host: agent.host, status: null, why };
  }
}
