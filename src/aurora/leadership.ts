/**
 * Who leads and who is elected, judged here for everybody: `/aurora leader`, the wait for an election, the wait for a
 * registered leader, and what people decide by. Pure: it judges one look, and a doubt of any source is a no.
 *
 * A leader is advertised in ZooKeeper, ACTIVE, registered with Mesos, and says 200 on its health page where the release
 * has that page (from 0.13; up to 0.12 nothing is asked of it). The gauge is asked as well as the page, because a stale
 * member node lets a standby answer 200 (aurora.md 13, "A stale member node").
 * Anybody may write beside the leader's node, and what schedulers do then is known (aurora.md 16): they answer 502 while they
 * count two, 500 while one breaks them. So where several are counted, the one leads that alone says so of itself, when
 * whoever else is named has answered; and a health page that an entry explains speaks against nobody.
 *
 * In recovery mode nobody is advertised and the page says 502 everywhere. Elected is who alone believes it is elected and
 * owns the oldest election node (aurora.md 9.2): the one of the lowest number, unless a stranger wrote a lower one later; that its storage is READY has to be asked besides.
 */
import type { Cluster, ClusterHost } from './cluster.ts';
import { sameEndpoint, sameHost } from './host-names.ts';
import type { HostStatus } from './hosts.ts';
import type { Candidate, Endpoint, LeaderAnswer } from './leader.ts';
import { type Release, releaseOf } from './releases.ts';

/** What one look saw. */
export interface ElectionView {
  /** Of the hosts that answered. */
  readonly statuses: readonly HostStatus[];
  /** `null` when ZooKeeper was not asked. */
  readonly answer: LeaderAnswer | null;
}

export interface Leadership {
  /** Whom the only counted member node names, or of several the one that leads; `null` when there is none. */
  readonly advertised: Advertised | null;
  /** Advertised, and nothing it says of itself speaks against it. */
  readonly leader: HostStatus | null;
  /** All that say of themselves that they have registered with Mesos, advertised or not. */
  readonly registered: readonly HostStatus[];
  /** All that believe they are elected and have not registered. */
  readonly claiming: readonly HostStatus[];
  /** The one of them that holds the election. */
  readonly elected: HostStatus | null;
  /** Those of them that do not hold it, as far as this look can tell. */
  readonly stale: readonly Stale[];
}

interface Advertised {
  readonly endpoint: Endpoint;
  /** The configured host, `null` for a stranger. */
  readonly host: string | null;
  /** `null` when that host did not answer. */
  readonly status: HostStatus | null;
  /** What it says against it, as sentences without a capital and a full stop. */
  readonly doubts: readonly string[];
}

interface Stale {
  readonly host: string;
  /** Who holds the election instead; `null` where nobody can tell. */
  readonly rightful: string | null;
}

export function judgeLeadership(
  cluster: Pick<Cluster, 'hosts' | 'auroraVersion'>,
  view: ElectionView,
): Leadership {
  const release = releaseOf(cluster.auroraVersion);
  const advertised = findAdvertised(cluster.hosts, view, release);
  const claiming = view.statuses.filter((status) => isIn(status, 'LEADER_AWAITING_REGISTRATION'));
  return {
    advertised,
    leader: advertised?.doubts.length === 0 ? advertised.status : null,
    registered: view.statuses.filter((status) => isIn(status, 'ACTIVE') || isRegistered(status)),
    claiming,
    ...judgeClaims(cluster.hosts, { claiming, answer: view.answer, release }),
  };
}

function findAdvertised(
  hosts: readonly ClusterHost[],
  { statuses, answer }: ElectionView,
  release: Release,
): Advertised | null {
  const endpoint = endpointOf(hosts, statuses, answer);
  if (endpoint === null) return null;
  const host = hosts.find((each) => isAt(each, endpoint)) ?? null;
  const status = statuses.find((seen) => seen.host === host?.name) ?? null;
  return {
    endpoint,
    host: host?.name ?? null,
    status,
    doubts: status === null ? [] : doubtsAbout(status, release, healthByEntries(answer)),
  };
}

function endpointOf(
  hosts: readonly ClusterHost[],
  statuses: readonly HostStatus[],
  answer: LeaderAnswer | null,
): Endpoint | null {
  if (answer?.kind === 'one') return answer.endpoint;
  if (answer?.kind !== 'several') return null;
  const named = answer.members.map(({ endpoint }) => ({
    endpoint,
    host: hosts.find((each) => isAt(each, endpoint))?.name ?? null,
  }));
  const seen = (host: string): HostStatus | undefined => statuses.find((status) => status.host === host);
  // A configured host that does not answer may be the one that leads; a stranger has nobody to ask.
  const silent = named.some(({ host }) => host !== null && !saysWhetherItLeads(seen(host)));
  const leading = named.filter(({ host }) => host !== null && leads(seen(host)));
  const [first] = leading;
  const alone = new Set(leading.map(({ host }) => host)).size === 1;
  return alone && !silent && first !== undefined ? first.endpoint : null;
}

function isAt({ advertised, httpPort }: ClusterHost, endpoint: Endpoint): boolean {
  return sameEndpoint({ host: advertised, port: httpPort }, endpoint);
}

function saysWhetherItLeads(status: HostStatus | undefined): boolean {
  return status !== undefined && (status.vars !== null || status.scheduler.service === 'stopped');
}

function leads(status: HostStatus | undefined): boolean {
  return status !== undefined && isIn(status, 'ACTIVE') && isRegistered(status);
}

/** What every health page says because of the entries, whoever leads; `null` when they leave it alone. */
function healthByEntries(answer: LeaderAnswer | null): number | null {
  if (answer === null || answer.kind === 'unreachable') return null;
  if (answer.entries?.some(({ effect }) => effect === 'breaks') === true) return 500;
  return answer.kind === 'several' ? 502 : null;
}

function doubtsAbout(status: HostStatus, release: Release, explained: number | null): string[] {
  if (status.vars === null) return ['its scheduler does not answer on its own page'];
  const health = status.leaderHealth;
  return [
    ...lifecycleDoubts(status),
    ...(health === 200 || (health !== null && health === explained) || !release.leaderHealth
      ? []
      : [`its own health page says ${healthWords(health)}`]),
  ];
}

function lifecycleDoubts(status: HostStatus): string[] {
  if (!isIn(status, 'ACTIVE')) return [`its lifecycle says ${lifecycleOf(status) ?? 'nothing'}, not ACTIVE`];
  return isRegistered(status) ? [] : ['it is not registered with Mesos'];
}

function isIn(status: HostStatus, state: 'ACTIVE' | 'LEADER_AWAITING_REGISTRATION'): boolean {
  return status.vars?.[`scheduler_lifecycle_${state}`] === 1;
}

function isRegistered(status: HostStatus): boolean {
  return status.vars?.['framework_registered'] === 1;
}

/** The name of the lifecycle gauge that is 1. */
function lifecycleOf(status: HostStatus): string | null {
  const prefix = 'scheduler_lifecycle_';
  const gauge = Object.entries(status.vars ?? {}).find(
    ([name, value]) => name.startsWith(prefix) && value === 1,
  );
  return gauge?.[0].slice(prefix.length) ?? null;
}

function healthWords(health: number | null): string {
  if (health === 503) return 'another one leads';
  if (health === 502) return 'nobody leads';
  return health === null ? 'nothing' : `HTTP ${health}`;
}

function judgeClaims(
  hosts: readonly ClusterHost[],
  seen: { claiming: readonly HostStatus[]; answer: LeaderAnswer | null; release: Release },
): Pick<Leadership, 'elected' | 'stale'> {
  const { claiming, answer, release } = seen;
  const [first, ...others] = claiming;
  if (first === undefined || answer === null || answer.kind === 'unreachable') {
    return { elected: null, stale: [] };
  }
  const alone = others.length === 0 ? first : null;
  const [lowest] = [...answer.candidates].sort((a, b) => ageOf(a) - ageOf(b) || a.sequence - b.sequence);
  if (!release.electionNodesNameHosts) {
    // Nodes of these releases hold what the machine calls itself, often the same on all hosts: that there is one is all they tell.
    return {
      elected: lowest === undefined ? null : alone,
      stale: alone === null ? claiming.map(({ host }) => ({ host, rightful: null })) : [],
    };
  }
  const rightful = hosts.find((host) => sameHost(host.advertised, lowest?.host ?? ''))?.name;
  if (rightful === undefined) return { elected: null, stale: [] };
  return {
    elected: alone?.host === rightful ? alone : null,
    stale: claiming.filter(({ host }) => host !== rightful).map(({ host }) => ({ host, rightful })),
  };
}

/** Schedulers number their nodes in the order in which they make them; somebody else can make a low number late. */
function ageOf({ origin }: Candidate): number {
  return origin?.createdZxid ?? 0;
}
