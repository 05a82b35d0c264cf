/**
 * Schedulers that are of no use to anybody until they are started again, and that no supervisor starts: their process
 * lives. Two kinds were seen on real ones (aurora.md 13, 14 G and H, 16): `dead`, up with its port closed, and `stale`,
 * which counts itself elected after another one took its place in ZooKeeper. Nobody is called hung on one look.
 */
import type { ClusterHost } from '../../aurora/cluster.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import type { LeaderAnswer } from '../../aurora/leader.ts';
import { releaseOf } from '../../aurora/releases.ts';
import type { StepContext } from '../step.ts';
import { instanceOf } from './one-process.ts';

export interface Hung {
  readonly host: string;
  readonly why: 'dead' | 'stale';
  /** Who holds the election instead of a stale one; `null` where nobody can tell. */
  readonly rightful: string | null;
}

/** What one look at the election saw. `answer` is `null` when ZooKeeper was not asked. */
export interface ElectionView {
  readonly statuses: readonly HostStatus[];
  readonly answer: LeaderAnswer | null;
}

/** So many polls: what ends by itself has ended, and what gives an election up has given it up (1.3 s seen, aurora.md 14 H). */
const pollsUntilDead = 5;
const pollsUntilStale = 10;
/** Of a process that was never seen up: longer than a start takes. */
const pollsOfAStart = 60;

/** Remembers what it saw of each process, look by look. */
export class HungWatch {
  readonly #cluster: Pick<StepContext['cluster'], 'hosts' | 'auroraVersion' | 'waits'>;
  readonly #wasUp = new Set<string>();
  readonly #since = new Map<string, number>();

  constructor(cluster: StepContext['cluster']) {
    this.#cluster = cluster;
  }

  /** Those that have been so for long enough. */
  see(view: ElectionView, now: number): readonly Hung[] {
    const { pollMs } = this.#cluster.waits;
    const suspects = view.statuses.flatMap((status) => this.#suspect(status, view));
    const keys = new Set(suspects.map(({ key }) => key));
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    return suspects.flatMap(({ key, polls, hung }) => {
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      return now - since >= polls * pollMs ? [hung] : [];
    });
  }

  #suspect(status: HostStatus, view: ElectionView): { key: string; polls: number; hung: Hung }[] {
    const instance = instanceOf(status);
    const { host, scheduler } = status;
    if (scheduler.service === 'stopped' || instance === null) return [];
    const process = `${host} ${instance}`;
    const isDead = !scheduler.httpPortOpen || status.vars?.['scheduler_lifecycle_DEAD'] === 1;
    if (!isDead) this.#wasUp.add(process);
    if (isDead) {
      const polls = this.#wasUp.has(process) ? pollsUntilDead : pollsOfAStart;
      return [{ key: `${process} dead`, polls, hung: { host, why: 'dead', rightful: null } }];
    }
    const stale = findStale(this.#cluster, view).find((hung) => hung.host === host);
    return stale === undefined ? [] : [{ key: `${process} stale`, polls: pollsUntilStale, hung: stale }];
  }
}

/** Schedulers that count themselves elected at this moment without holding the election, as far as this one look can tell. */
export function findStale(
  cluster: Pick<StepContext['cluster'], 'hosts' | 'auroraVersion'>,
  { statuses, answer }: ElectionView,
): readonly Hung[] {
  const claiming = statuses.filter(countsAsElected).map(({ host }) => host);
  if (answer === null || answer.kind === 'unreachable') return [];
  if (!releaseOf(cluster.auroraVersion).electionNodesNameHosts) {
    // Nobody can tell which of them holds it; whatever is staged is staged again.
    return claiming.length < 2 ? [] : claiming.map((host) => ({ host, why: 'stale', rightful: null }));
  }
  const rightful = holderOf(cluster.hosts, answer);
  if (rightful === null) return [];
  return claiming
    .filter((host) => host !== rightful.name)
    .map((host) => ({ host, why: 'stale', rightful: rightful.name }));
}

/** The configured host whose election node is the lowest; `null` when nobody's is, or a stranger's. */
export function holderOf(
  hosts: readonly ClusterHost[],
  answer: Exclude<LeaderAnswer, { kind: 'unreachable' }>,
): ClusterHost | null {
  const [lowest] = [...answer.candidates].sort((a, b) => a.sequence - b.sequence);
  return hosts.find((host) => host.advertised === lowest?.host) ?? null;
}

/** By its own lifecycle gauge. */
export function countsAsElected(status: HostStatus): boolean {
  return status.vars?.['scheduler_lifecycle_LEADER_AWAITING_REGISTRATION'] === 1;
}
