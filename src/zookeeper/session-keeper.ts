import { AuroraError } from '../aurora/errors.ts';
import { withDeadline } from './deadline.ts';
import { openSession, type SessionOptions, type ZooKeeperSession } from './session.ts';

export type KeeperOptions = Omit<SessionOptions, 'heartbeat'>;

/** How often a question is asked before its failure is told, if the deadline allows. */
const attempts = 3;

/**
 * Keeps at most one live session and replaces it: after it expired, after a failed heartbeat, and after any call that
 * failed or was late. A session is opened when first needed.
 */
export class SessionKeeper {
  readonly #options: KeeperOptions;
  #live: ZooKeeperSession | null = null;
  #opening: Promise<ZooKeeperSession> | null = null;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /**
   * Does reads within the deadline. A session that was at hand gets half of it, for it may be half-open; a session that
   * could not be opened, or on which the work failed, is replaced, and the work may run up to three times. Rejects with
   * AuroraError `zookeeper-unreachable` or with what `work` threw last; what ZooKeeper answers and forbids is final.
   */
  async use<T>(work: (session: ZooKeeperSession) => Promise<T>): Promise<T> {
    const { clock, deadlineMs } = this.#options;
    const endsAt = clock.now() + deadlineMs;
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closed) throw new Error('this ZooKeeper reader is closed');
      const leftMs = (): number => Math.max(endsAt - clock.now(), 1);
      const atHand = this.#live;
      let session = atHand;
      try {
        session ??= await this.#open(leftMs());
        const ms = atHand === null || attempt > 1 ? leftMs() : leftMs() / 2;
        return await withDeadline(work(session), { clock, ms, what: 'asking ZooKeeper' });
      } catch (error) {
        if (session !== null) this.#retire(session);
        // What ZooKeeper forbids: the next question brings the credentials that are then in force.
        if (session !== null && error instanceof AuroraError) throw error;
        if (attempt === attempts || clock.now() >= endsAt) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#live !== null) this.#retire(this.#live);
    await this.#opening?.then(
      (session) => session.close(),
      () => undefined,
    );
  }

  /** Two callers at once share one opening; it ends by the deadline of whoever began it, sooner or later than the other's. */
  #open(deadlineMs: number): Promise<ZooKeeperSession> {
    if (this.#opening !== null) {
      const { clock } = this.#options;
      return withDeadline(this.#opening, { clock, ms: deadlineMs, what: 'opening a session' });
    }
    this.#opening = openSession({ ...this.#options, openWithinMs: deadlineMs, heartbeat: true })
      .then((session) => this.#adopt(session))
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }

  #adopt(session: ZooKeeperSession): ZooKeeperSession {
    this.#live = session;
    void session.ended.then(() => {
      if (this.#live === session) this.#live = null;
    });
    return session;
  }

  #retire(session: ZooKeeperSession): void {
    if (this.#live === session) this.#live = null;
    session.close();
  }
}
