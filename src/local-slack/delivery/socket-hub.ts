import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Clock } from '../../aurora/clock.ts';
import type { SlackRules } from '../limits.ts';
import { newSecret } from '../state/ids.ts';
import type { Ack, Delivery, Envelope } from './delivery.ts';

const ackFrame = z.object({ envelope_id: z.string(), payload: z.unknown() });

/** Faults the hub can play, changed through the control API. */
interface SocketFaults {
  /** Each acknowledgement is held back this long before Slack "receives" it. */
  slowAckMs: number;
}

/**
 * Socket Mode as an app sees it (slack.md 1.8): tickets from `apps.connections.open`, `hello`, envelopes to one of up to ten
 * connections in turn, acknowledgements, and `disconnect` on command. It sends no pings: once it did, it would have to
 * keep on.
 */
export class SocketHub implements Delivery {
  readonly faults: SocketFaults = { slowAckMs: 0 };
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 });
  private readonly tickets = new Map<string, number>();
  private readonly connections: WebSocket[] = [];
  private readonly waiting = new Map<string, (body: unknown) => void>();
  private readonly clock: Clock;
  private readonly rules: SlackRules;
  private readonly appId: string;
  private readonly onChange: (open: number) => void;
  private readonly onLate: (envelopeId: string) => void;
  private turn = 0;

  constructor(options: {
    clock: Clock;
    rules: SlackRules;
    appId: string;
    /** Connections came or went. */
    onChange: (open: number) => void;
    /** An acknowledgement came after its time; Slack ignores it. */
    onLate: (envelopeId: string) => void;
  }) {
    this.clock = options.clock;
    this.rules = options.rules;
    this.appId = options.appId;
    this.onChange = options.onChange;
    this.onLate = options.onLate;
  }

  get open(): number {
    return this.connections.length;
  }

  issueTicket(): string {
    const ticket = newSecret();
    this.tickets.set(ticket, this.clock.now() + this.rules.ticketMs);
    return ticket;
  }

  /** Takes an HTTP upgrade; a ticket is good for one connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '';
    const expiresAt = this.tickets.get(ticket) ?? 0;
    this.tickets.delete(ticket);
    if (expiresAt < this.clock.now() || this.open >= this.rules.connectionsMax) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, (connection) => this.welcome(connection));
  }

  async deliver(envelope: Envelope): Promise<Ack> {
    const connection = this.connections[this.turn++ % Math.max(1, this.open)];
    if (connection === undefined) return { kind: 'unreachable' };
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    const bound = new AbortController();
    const acked = new Promise<Ack>((resolve) => {
      this.waiting.set(envelope.id, (body) => resolve({ kind: 'acked', body, ms: elapsed() }));
    });
    connection.send(
      JSON.stringify({
        envelope_id: envelope.id,
        type: envelope.kind,
        payload: envelope.payload,
        accepts_response_payload: envelope.acceptsResponse,
        ...(envelope.kind === 'events_api'
          ? { retry_attempt: envelope.attempt, retry_reason: envelope.retryReason ?? '' }
          : {}),
      }),
    );
    const late = this.clock
      .sleep(this.rules.ackMs, bound.signal)
      .then((): Ack => ({ kind: 'timed_out', ms: elapsed() }));
    const ack = await Promise.race([acked, late]);
    bound.abort();
    this.waiting.delete(envelope.id);
    return ack;
  }

  /** Slack's routine refresh: one `disconnect` frame to every connection, which the app then leaves. */
  requestDisconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void {
    for (const connection of this.connections)
      connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local-slack' } }));
  }

  /** Cuts every connection without a word. */
  drop(): void {
    for (const connection of [...this.connections]) connection.terminate();
  }

  close(): void {
    this.tickets.clear();
    this.drop();
    this.server.close();
  }

  private welcome(connection: WebSocket): void {
    this.connections.push(connection);
    connection.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      void this.receive(text);
    });
    connection.on('error', () => connection.terminate());
    connection.on('close', () => {
      const index = this.connections.indexOf(connection);
      if (index >= 0) this.connections.splice(index, 1);
      this.onChange(this.open);
    });
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.open,
        debug_info: { host: 'local-slack', build_number: 1, approximate_connection_time: 3600 },
        connection_info: { app_id: this.appId },
      }),
    );
    this.onChange(this.open);
  }

  private async receive(text: string): Promise<void> {
    const frame = ackFrame.safeParse(parseJson(text));
    if (!frame.success) return;
    if (this.faults.slowAckMs > 0) await this.clock.sleep(this.faults.slowAckMs);
    const settle = this.waiting.get(frame.data.envelope_id);
    if (settle === undefined) this.onLate(frame.data.envelope_id);
    else settle(frame.data.payload ?? {});
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
