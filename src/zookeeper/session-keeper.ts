import { AuroraError } from '../aurora/errors.ts';
import { withDeadline } from './deadline.ts';
import { openSession, type SessionOptions, type ZooKeeperSession } from './session.ts';

export type KeeperOptions = Omit<SessionOptions, 'heartbeat'>;

/** How often a question is asked before its failure is told, if the deadline allows. */
const attempts = 3;

/**
 * Keeps at most one live session and replaces it: after it expired, after a failed heartbeat, and after any call that
 * failed or was late. A session is opened when first needed. All who use it lose it and get the next one together.
 */
export class SessionKeeper {
  readonly #options: KeeperOptions;
  readonly #listeners = new Set<(path: string | null) => void>();
  /** A node was not to be read: maybe with other credentials, if there are any by now. */
  #forbidden = false;
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
      let session: ZooKeeperSession | null = null;
      try {
        await this.#renewCredentials();
        const atHand = this.#live;
        session = atHand;
        session ??= await this.#open(leftMs());
        const ms = atHand === null || attempt > 1 ? leftMs() : leftMs() / 2;
        return await withDeadline(work(session), { clock, ms, what: 'asking ZooKeeper' });
      } catch (error) {
        if (session !== null && error instanceof AuroraError) {
          // It is as good as before for everything else, and for all who read that.
          this.#forbidden = true;
          throw error;
        }
        if (session !== null) this.#retire(session);
        if (attempt === attempts || clock.now() >= endsAt) throw error;
      }
    }
  }

  /**
   * Tells of each watch that fires, by its path, and with `null` that every one of them may have been missed: the session is another
   * one, or its connection was away. Answers how to stop.
   */
  onChange(listener: (path: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
    session.onChange((path) => this.#tell(path));
    void session.ended.then(() => {
      if (this.#live === session) this.#live = null;
      if (!this.#closed) this.#tell(null);
    });
    return session;
  }

  /** After something was forbidden, the next question brings the credentials that are then in force. */
  async #renewCredentials(): Promise<void> {
    if (!this.#forbidden || this.#live === null) return;
    this.#forbidden = false;
    const session = this.#live;
    if (!session.isOf(await this.#options.digest?.())) this.#retire(session);
  }

  #tell(path: string | null): void {
    for (const listener of this.#listeners) listener(path);
  }

  #retire(session: ZooKeeperSession): void {
    if (this.#live === session) this.#live = null;
    session.close();
  }
}
