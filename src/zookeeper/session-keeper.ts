import { withDeadline } from './deadline.ts';
import { openSession, type SessionOptions, type ZooKeeperSession } from './session.ts';

export type KeeperOptions = Omit<SessionOptions, 'heartbeat'>;

/**
 * Keeps at most one live session and replaces it: after it expired, after a failed heartbeat, and after any call that
 * failed or was late. A session is opened when first needed.
 */
export class SessionKeeper {
  readonly #options: KeeperOptions;
  readonly #listeners = new Set<() => void>();
  #live: ZooKeeperSession | null = null;
  #opening: Promise<ZooKeeperSession> | null = null;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /**
   * Does reads within the deadline: first on the session at hand, for half of it (it may be half-open), then on a fresh
   * one. `work` may therefore run twice. Rejects with AuroraError `zookeeper-unreachable` or whatever `work` threw.
   */
  async use<T>(work: (session: ZooKeeperSession) => Promise<T>): Promise<T> {
    const { clock, deadlineMs } = this.#options;
    const startedAt = clock.now();
    const atHand = this.#live;
    if (atHand !== null) {
      try {
        return await withDeadline(work(atHand), { clock, ms: deadlineMs / 2, what: 'asking ZooKeeper' });
      } catch {
        this.#retire(atHand);
      }
    }
    const leftMs = Math.max(deadlineMs - (clock.now() - startedAt), 1);
    return this.#workOnFresh(work, leftMs);
  }

  /** Calls `listener` when something watched may have changed, or the session that watched it is gone. */
  onChange(listener: () => void): () => void {
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

  async #workOnFresh<T>(work: (session: ZooKeeperSession) => Promise<T>, ms: number): Promise<T> {
    if (this.#closed) throw new Error('this ZooKeeper reader is closed');
    const { clock } = this.#options;
    const startedAt = clock.now();
    const session = await this.#open(ms);
    try {
      const leftMs = Math.max(ms - (clock.now() - startedAt), 1);
      return await withDeadline(work(session), { clock, ms: leftMs, what: 'asking ZooKeeper' });
    } catch (error) {
      this.#retire(session);
      throw error;
    }
  }

  /** Two callers at once share one opening. */
  #open(deadlineMs: number): Promise<ZooKeeperSession> {
    if (this.#live !== null) return Promise.resolve(this.#live);
    this.#opening ??= openSession({ ...this.#options, openWithinMs: deadlineMs, heartbeat: true })
      .then((session) => this.#adopt(session))
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }

  #adopt(session: ZooKeeperSession): ZooKeeperSession {
    this.#live = session;
    session.onChange(() => this.#announce());
    void session.ended.then(() => {
      if (this.#live === session) this.#live = null;
      this.#announce();
    });
    return session;
  }

  #retire(session: ZooKeeperSession): void {
    if (this.#live === session) this.#live = null;
    session.close();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
