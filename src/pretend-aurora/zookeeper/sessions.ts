import { randomBytes } from 'node:crypto';

export interface Session {
  readonly id: bigint;
  readonly password: Buffer;
  /** As negotiated. */
  readonly timeoutMs: number;
  lastHeardAt: number;
}

/**
 * The sessions of a server. A session outlives its connection and ends in two ways only: the client closes it,
 * or nothing is heard of it for its whole timeout.
 */
export class Sessions {
  readonly #byId = new Map<bigint, Session>();
  readonly #bounds: { readonly minMs: number; readonly maxMs: number };
  #nextId: bigint;

  constructor(options: { minMs: number; maxMs: number; now: number }) {
    this.#bounds = options;
    // Ids grow over restarts too, so that no new session is mistaken for one of an earlier life.
    this.#nextId = (BigInt(options.now) << 16n) & 0x00ff_ffff_ffff_ffffn;
  }

  open(request: { wantedTimeoutMs: number; now: number }): Session {
    this.#nextId += 1n;
    const session: Session = {
      id: this.#nextId,
      password: randomBytes(16),
      timeoutMs: Math.min(Math.max(request.wantedTimeoutMs, this.#bounds.minMs), this.#bounds.maxMs),
      lastHeardAt: request.now,
    };
    this.#byId.set(session.id, session);
    return session;
  }

  /** The session a reconnecting client names, or `null` when it is over or the password is another's. */
  find(credentials: { id: bigint; password: Buffer }): Session | null {
    const session = this.#byId.get(credentials.id);
    return session?.password.equals(credentials.password) ? session : null;
  }

  isOpen(id: bigint): boolean {
    return this.#byId.has(id);
  }

  end(id: bigint): void {
    this.#byId.delete(id);
  }

  silentSince(now: number): readonly Session[] {
    return [...this.#byId.values()].filter((session) => now - session.lastHeardAt >= session.timeoutMs);
  }

  /** Gives everyone a whole timeout again: time in which the server itself was away does not count. */
  renewAll(now: number): void {
    for (const session of this.#byId.values()) session.lastHeardAt = now;
  }

  ids(): readonly bigint[] {
    return [...this.#byId.keys()];
  }
}
