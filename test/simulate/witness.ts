/**
 * Whoever stands outside: it sees what hosts did, what Slack showed and what people pressed, and says which promise was broken.
 * The journal is asked for one thing only: whether what it claims was seen to happen.
 */
import { canonicalJson } from '../../src/aurora/canonical-json.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { SeenEffect } from '../restore/support/pretend-agent.ts';
import type { PretendCluster } from '../restore/support/pretend-cluster.ts';

export const promises = ['doubleCommits', 'unsignedCommits', 'lost', 'repeated'] as const;

export interface Broken {
  readonly promise: (typeof promises)[number];
  readonly what: string;
}

/** Somebody has pressed to sign, whatever became of the press. */
interface Signing {
  readonly userId: string;
  readonly digest: string;
  /** What was there to be committed. */
  readonly content: string;
}

export class Witness {
  readonly broken: Broken[] = [];
  readonly effects: SeenEffect[] = [];
  readonly #cluster: PretendCluster;
  readonly #signings: Signing[] = [];
  readonly #committed = new Set<string>();
  readonly #fences = new Map<string, number>();
  readonly #written = new Map<string, number>();
  readonly #told: (line: string) => void;

  constructor(cluster: PretendCluster, told: (line: string) => void) {
    this.#cluster = cluster;
    this.#told = told;
  }

  /** An agent has done something to its host. */
  push(effect: SeenEffect): void {
    const { operationId, host, kind, changed, grant } = effect;
    this.#told(`${host} ${kind}${changed ? '' : ' (nothing to do)'} ${operationId} fence ${grant.fence}`);
    if (changed && this.effects.some((earlier) => earlier.changed && earlier.operationId === operationId))
      this.#breaks('repeated', `${operationId} was done twice`);
    const highest = this.#fences.get(host) ?? 0;
    if (grant.fence < highest)
      this.#breaks(
        'repeated',
        `${host} did ${operationId} for a worker that was overtaken (${grant.fence} < ${highest})`,
      );
    this.#fences.set(host, Math.max(highest, grant.fence));
    this.effects.push(effect);
    if (kind === 'commit-recovery' || kind === 'run-recovery-tool') this.#seeCommit(effect);
  }

  /** Somebody signs what there is to be committed now. */
  signs(signing: Omit<Signing, 'content'>): void {
    this.#signings.push({ ...signing, content: this.#toCommit() });
  }

  /** The journal has been written as far as that. */
  wrote(restoreId: string, seq: number): void {
    this.#written.set(restoreId, Math.max(seq, this.#written.get(restoreId) ?? 0));
  }

  /** Slack shows a message of this key, such as `R1:17.0@1a2b3c`. */
  shows(key: string): void {
    const [, restoreId = '', seq = '0'] = /^(R\d+):(\d+)\./.exec(key) ?? [];
    if (Number(seq) > (this.#written.get(restoreId) ?? 0) && restoreId !== '')
      this.#breaks('lost', `Slack was told of event ${seq} of ${restoreId}, which was not written`);
  }

  /** A worker has taken the lease of one that lives and holds it. */
  tookFromTheLiving(what: string): void {
    this.#breaks('repeated', what);
  }

  /** What the record says was done, somebody must have seen. */
  compareRecord(events: readonly RestoreEvent[]): void {
    const seen = new Set(this.effects.map(({ operationId }) => operationId));
    for (const event of events) {
      if (event.type !== 'operation-finished' || event.state !== 'done' || seen.has(event.operationId))
        continue;
      this.#breaks('lost', `${event.operationId} is in the record as done, and no host did it`);
    }
    const asked = new Set(
      events.flatMap((event) => (event.type === 'operation-requested' ? [event.operationId] : [])),
    );
    if (events.length === 0) return;
    for (const { operationId } of this.effects)
      if (!asked.has(operationId))
        this.#breaks('repeated', `${operationId} was done, and the record never asked for it`);
  }

  contradicts(what: string): void {
    this.#breaks('lost', what);
  }

  #seeCommit({ operationId, kind, changed, grant, host }: SeenEffect): void {
    const { restoreId } = grant;
    // Whatever a scheduler answers to it: what has been committed is never asked for again.
    if (this.#committed.has(restoreId))
      this.#breaks('doubleCommits', `${restoreId} was committed already when ${operationId} came`);
    if (!changed) return;
    this.#committed.add(restoreId);
    const content = contentOf(this.#cluster.host(host).log?.tasks ?? this.#cluster.blank.tasks);
    const signers = new Set(
      this.#signings
        .filter((signing) => signing.digest === grant.digest && signing.content === content)
        .map(({ userId }) => userId),
    );
    const needed = this.#cluster.config.policy.commitSigners;
    if (signers.size < needed)
      this.#breaks(
        'unsignedCommits',
        `${kind} of ${restoreId} with ${signers.size} signatures of ${needed} for it`,
      );
  }

  #toCommit(): string {
    const staged = this.#cluster.hosts.find((host) => host.staged !== null)?.staged;
    return contentOf(staged ?? this.#cluster.backupRows);
  }

  #breaks(promise: Broken['promise'], what: string): void {
    this.#told(`BROKEN ${promise}: ${what}`);
    this.broken.push({ promise, what });
  }
}

function contentOf(tasks: readonly { readonly taskId: string }[]): string {
  return canonicalJson(tasks.map(({ taskId }) => taskId).sort());
}
