import { type KeeperOptions, SessionKeeper } from './session-keeper.ts';

export interface SharedOptions extends KeeperOptions {
  /** Where the credentials come from: whoever has others has another session. */
  readonly credentials?: string | null;
}

/** Somebody's part of a session. */
export interface SharedSession extends Pick<SessionKeeper, 'use' | 'onChange'> {
  /** The last one to close it ends the session. */
  close(): Promise<void>;
}

/**
 * ZooKeeper sessions, one for each ensemble and credentials: a server lets one address have 60 connections unless it is told
 * otherwise (`maxClientCnxns`), and a bot may have hundreds of clusters.
 */
export class SharedSessions {
  readonly #kept = new Map<string, { readonly keeper: SessionKeeper; users: number }>();

  /** Nothing is connected before the first question. The timeout is that of whoever came first. */
  share(options: SharedOptions): SharedSession {
    const name = nameOf(options);
    const kept = this.#kept.get(name) ?? { keeper: new SessionKeeper(options), users: 0 };
    this.#kept.set(name, kept);
    kept.users += 1;
    const { keeper } = kept;
    let isOpen = true;
    return {
      use: (work) =>
        isOpen ? keeper.use(work) : Promise.reject(new Error('this ZooKeeper reader is closed')),
      onChange: (listener) => keeper.onChange(listener),
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        kept.users -= 1;
        if (kept.users > 0) return;
        this.#kept.delete(name);
        await keeper.close();
      },
    };
  }
}

/** The same servers in whatever order, with the same credentials, as patient as each other. */
function nameOf({ servers, credentials = null, sessionTimeoutMs, deadlineMs }: SharedOptions): string {
  return JSON.stringify([
    servers.map((server) => server.toLowerCase()).toSorted(),
    credentials,
    sessionTimeoutMs,
    deadlineMs,
  ]);
}
