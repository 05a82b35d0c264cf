/**
 * Schedulers that are of no use to anybody until they are started again, and that no supervisor starts: their process
 * lives. Two kinds were seen on real ones (aurora.md 13, 14 G and H, 16): `dead`, up with its port closed, and `stale`,
 * which believes it is elected after another one took its place in ZooKeeper. Nobody is called hung on one look.
 */
import type { HostStatus } from '../../aurora/hosts.ts';
import { type ElectionView, judgeLeadership } from '../../aurora/leadership.ts';
import type { StepContext } from '../step.ts';
import { instanceOf } from './one-process.ts';

export interface Hung {
  readonly host: string;
  readonly why: 'dead' | 'stale';
  /** Who holds the election instead of a stale one; `null` where nobody can tell. */
  readonly rightful: string | null;
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
    const stale = judgeLeadership(this.#cluster, view).stale.find((claim) => claim.host === host);
    return stale === undefined
      ? []
      : [{ key: `${process} stale`, polls: pollsUntilStale, hung: { ...stale, why: 'stale' } }];
  }
}
