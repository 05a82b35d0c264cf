import type { Socket } from 'node:net';
import { type Identity, identify } from './acl.ts';
import { errors, operations, Refusal, xids } from './codes.ts';
import { FrameSplitter } from './frames.ts';
import { JuteReader, JuteWriter } from './jute.ts';
import type { Outcome } from './outcome.ts';
import { handleRequest } from './requests.ts';
import type { Session } from './sessions.ts';
import type { ServerState } from './state.ts';
import type { Change } from './tree.ts';
import { type WatchEvent, Watches } from './watches.ts';

/** `KeeperState.SyncConnected`, the state every watch event carries. */
const syncConnected = 3;

/**
 * One client's TCP connection: the handshake first, then requests in order. A client that breaks the protocol
 * loses its connection, never the server; its session goes on until it times out.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #state: ServerState;
  readonly #frames = new FrameSplitter();
  readonly #watches = new Watches();
  /** Whom the client has proven to be; it proves it again on every connection. */
  readonly #identities: Identity[];
  #session: Session | null = null;

  constructor(socket: Socket, state: ServerState) {
    this.#socket = socket;
    this.#state = state;
    this.#identities = [{ scheme: 'ip', id: socket.remoteAddress ?? '' }];
    socket.setNoDelay();
    socket.on('data', (chunk) => this.#receive(chunk));
    // The close event follows, and the server forgets the connection there.
    socket.on('error', () => socket.destroy());
  }

  get sessionId(): bigint | null {
    return this.#session?.id ?? null;
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** Reads nothing more: what the client sends waits in the kernel, as before a stopped process. */
  pause(): void {
    this.#socket.pause();
  }

  /** Answers what was asked in the meantime. */
  resume(): void {
    this.#socket.resume();
  }

  /** Sends the watch events that a change anywhere owes this client. */
  notify(change: Change): void {
    for (const event of this.#watches.fire(change)) this.#sendEvent(event);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#handleFrame(new JuteReader(frame));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.drop();
    }
  }

  #handleFrame(reader: JuteReader): void {
    if (this.#socket.destroyed) return;
    if (this.#session === null) {
      this.#shakeHands(reader);
      return;
    }
    if (!this.#state.sessions.isOpen(this.#session.id)) {
      this.drop();
      return;
    }
    this.#session.lastHeardAt = this.#state.now();
    const xid = reader.int();
    const operation = reader.int();
    if (operation === operations.ping) this.#reply({ xid: xids.ping, error: errors.ok });
    else if (operation === operations.auth) this.#authenticate(reader);
    else if (operation === operations.closeSession) this.#closeSession(xid, this.#session.id);
    else this.#request({ xid, operation, reader, session: this.#session.id });
  }

  #shakeHands(reader: JuteReader): void {
    reader.int(); // protocol version
    const lastZxidSeen = reader.long();
    const wantedTimeoutMs = reader.int();
    const credentials = { id: reader.long(), password: Buffer.from(reader.buffer()) };
    // Newer clients say whether a read-only server will do, and expect the flag in the answer.
    const withReadOnly = reader.remaining > 0;
    if (lastZxidSeen > this.#state.tree.zxid) {
      // As ZooKeeper does: a client from the future must find a server that knows as much as it does.
      this.drop();
      return;
    }
    // Before the password is looked at, as ZooKeeper does: the owner loses its connection and comes back.
    this.#state.dropConnectionsOf(credentials.id);
    const session =
      credentials.id === 0n
        ? this.#state.openSession(wantedTimeoutMs)
        : this.#state.sessions.find(credentials);
    const answer = new JuteWriter()
      .int(0)
      .int(session?.timeoutMs ?? 0)
      .long(session?.id ?? 0n)
      .buffer(session?.password ?? Buffer.alloc(16));
    if (withReadOnly) answer.boolean(false);
    if (session === null) {
      // A timeout of zero is how a client learns that its session has expired.
      this.#socket.end(answer.frame());
      return;
    }
    session.lastHeardAt = this.#state.now();
    this.#session = session;
    this.#socket.write(answer.frame());
  }

  #request(request: { xid: number; operation: number; reader: JuteReader; session: bigint }): void {
    const { xid, operation, reader } = request;
    let outcome: Outcome;
    try {
      outcome = handleRequest(operation, reader, {
        tree: this.#state.tree,
        session: request.session,
        watches: this.#watches,
        now: this.#state.now(),
        identities: this.#identities,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#reply({ xid, error: error.code });
      return;
    }
    // Events go out before the reply, so that nobody reads new data before being told of the change.
    this.#state.publish(outcome.changes ?? []);
    this.#reply({
      xid,
      error: errors.ok,
      ...(outcome.body === undefined ? {} : { body: outcome.body }),
    });
    for (const event of outcome.missed ?? []) this.#sendEvent(event);
  }

  /** Who fails to prove anything is told so, and loses the connection. */
  #authenticate(reader: JuteReader): void {
    reader.int(); // type, always 0
    const identity = identify(reader.string(), reader.buffer());
    if (identity !== null) this.#identities.push(identity);
    this.#reply({ xid: xids.auth, error: identity === null ? errors.authFailed : errors.ok });
    if (identity === null) this.#socket.end();
  }

  #closeSession(xid: number, session: bigint): void {
    this.#state.endSession(session);
    this.#reply({ xid, error: errors.ok });
    this.#socket.end();
  }

  #reply(reply: { xid: number; error: number; body?: (writer: JuteWriter) => void }): void {
    const writer = new JuteWriter().int(reply.xid).long(this.#state.tree.zxid).int(reply.error);
    reply.body?.(writer);
    this.#socket.write(writer.frame());
  }

  #sendEvent(event: WatchEvent): void {
    const writer = new JuteWriter().int(xids.notification).long(-1n).int(errors.ok);
    this.#socket.write(writer.int(event.type).int(syncConnected).string(event.path).frame());
  }
}
