/**
 * Who leads a cluster, from three sources that must agree: ZooKeeper, the scheduler's own health page and its lifecycle
 * gauge. Only facts; the wording is elsewhere. Reads only, asks all at once, and never throws for a silent host.
 */
import type { Cluster } from '../aurora/cluster.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HostAgent, HostStatus } from '../aurora/hosts.ts';
import type { Candidate, Endpoint, LeaderAnswer, LeaderFinder } from '../aurora/leader.ts';
import { type Release, releaseOf } from '../aurora/releases.ts';

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
  return {
    cluster: cluster.name,
    auroraVersion: cluster.auroraVersion,
    hosts,
    logReplicas,
    finding: await findingOf({ cluster, agents, hosts, answer }),
  };
}

interface Seen {
  readonly cluster: Cluster;
  readonly agents: readonly HostAgent[];
  readonly hosts: readonly HostSeen[];
  readonly answer: LeaderAnswer;
}

async function findingOf(seen: Seen): Promise<LeaderFinding> {
  const { answer, cluster } = seen;
  switch (answer.kind) {
    case 'one':
      return leads(seen, answer.endpoint);
    case 'none':
      return {
        kind: 'nobody',
        candidates: answer.candidates.map((candidate) => nameOf(cluster, candidate)),
        elected: await findElected(seen),
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

function leads({ cluster, hosts }: Seen, endpoint: Endpoint): LeaderFinding {
  const configured = cluster.hosts.find(
    (host) => host.advertised === endpoint.host && host.httpPort === endpoint.port,
  );
  const own = hosts.find((host) => host.host === configured?.name);
  return {
    kind: 'leads',
    host: configured?.name ?? null,
    endpoint,
    upMs: upMsOf(own?.status ?? null),
    doubts: configured === undefined ? [] : doubtsAbout(own, releaseOf(cluster.auroraVersion)),
    standby: hosts
      .filter((host) => host.host !== configured?.name && host.status?.scheduler.service === 'running')
      .map((host) => host.host),
  };
}

/** A release before 0.13 has no health page, and nothing is asked of it. */
function doubtsAbout(own: HostSeen | undefined, release: Release): string[] {
  const status = own?.status ?? null;
  if (status === null) return [`its agent does not answer: ${own?.why ?? 'it was not asked'}`];
  if (status.vars === null) return ['its scheduler does not answer on its own page'];
  const health = status.leaderHealth;
  return [
    ...(status.vars['scheduler_lifecycle_ACTIVE'] === 1
      ? []
      : [`its lifecycle says ${lifecycleOf(status) ?? 'nothing'}, not ACTIVE`]),
    ...(health === 200 || !release.leaderHealth ? [] : [`its own health page says ${healthWords(health)}`]),
  ];
}

function healthWords(health: number | null): string {
  if (health === 503) return 'another one leads';
  if (health === 502) return 'nobody leads';
  return health === null ? 'nothing' : `HTTP ${health}`;
}

async function findElected({
  agents,
  hosts,
}: Seen): Promise<(LeaderFinding & { kind: 'nobody' })['elected']> {
  const elected = hosts.find((host) => {
    const state = host.status === null ? null : lifecycleOf(host.status);
    return state === 'LEADER_AWAITING_REGISTRATION';
  });
  if (elected === undefined) return null;
  const agent = agents.find((candidate) => candidate.host === elected.host);
  const storageReady = await (agent?.scheduler.isStorageReady().catch(() => null) ?? null);
  return { host: elected.host, upMs: upMsOf(elected.status), storageReady };
}

/** The one lifecycle gauge that is 1. */
function lifecycleOf(status: HostStatus): string | null {
  const prefix = 'scheduler_lifecycle_';
  const gauge = Object.entries(status.vars ?? {}).find(
    ([name, value]) => name.startsWith(prefix) && value === 1,
  );
  return gauge?.[0].slice(prefix.length) ?? null;
}

function upMsOf(status: HostStatus | null): number | null {
  const seconds = status?.vars?.['jvm_uptime_secs'];
  return typeof seconds === 'number' ? seconds * 1000 : null;
}

function nameOf(cluster: Cluster, candidate: Candidate): string {
  return cluster.hosts.find((host) => host.advertised === candidate.host)?.name ?? candidate.host;
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
