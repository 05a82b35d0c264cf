import type { Clock } from '../../aurora/clock.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Ack, Delivery, Envelope, EnvelopeKind } from './delivery.ts';

/**
 * Sends envelopes and tells the feed about each: sent, acknowledged, late, failed. Events are sent again when nobody
 * acknowledges them; commands and interactions are not (slack.md 1.6).
 */
export class Dispatcher {
  /** How many of the next envelopes arrive twice, with the same id. */
  duplicateNext = 0;
  private readonly workspace: Workspace;
  private readonly delivery: Delivery;
  private readonly clock: Clock;
  private readonly closing = new AbortController();

  constructor(options: { workspace: Workspace; delivery: Delivery; clock: Clock }) {
    this.workspace = options.workspace;
    this.delivery = options.delivery;
    this.clock = options.clock;
  }

  /** Delivers a command or an interaction once and returns what became of it. */
  async ask(
    kind: Exclude<EnvelopeKind, 'events_api'>,
    payload: Record<string, unknown>,
    summary: string,
  ): Promise<Ack> {
    const envelope: Envelope = {
      id: crypto.randomUUID(),
      kind,
      payload,
      acceptsResponse: true,
      attempt: 0,
      retryReason: null,
    };
    if (this.duplicateNext > 0) {
      this.duplicateNext -= 1;
      const [first] = await Promise.all([this.send(envelope, summary), this.send(envelope, summary)]);
      return first;
    }
    return await this.send(envelope, summary);
  }

  /** Delivers an event in the background, with retries. */
  tell(payload: Record<string, unknown>, summary: string): void {
    void this.tellUntilAcked(payload, summary);
  }

  close(): void {
    this.closing.abort();
    this.delivery.close();
  }

  private async tellUntilAcked(payload: Record<string, unknown>, summary: string): Promise<void> {
    const waits = [0, ...this.workspace.rules.eventRetryMs];
    let retryReason: string | null = null;
    for (const [attempt, waitMs] of waits.entries()) {
      if (waitMs > 0) await this.clock.sleep(waitMs, this.closing.signal);
      if (this.closing.signal.aborted) return;
      const envelope: Envelope = {
        id: crypto.randomUUID(),
        kind: 'events_api',
        payload,
        acceptsResponse: false,
        attempt,
        retryReason,
      };
      const duplicate = this.duplicateNext > 0;
      if (duplicate) this.duplicateNext -= 1;
      const [ack] = await Promise.all([
        this.send(envelope, summary),
        ...(duplicate ? [this.send(envelope, summary)] : []),
      ]);
      if (ack.kind === 'acked' || (ack.kind === 'failed' && ack.noRetry)) return;
      retryReason =
        ack.kind === 'timed_out'
          ? 'http_timeout'
          : ack.kind === 'failed'
            ? 'http_error'
            : 'connection_failed';
    }
  }

  private async send(envelope: Envelope, summary: string): Promise<Ack> {
    const fact = {
      type: 'envelope' as const,
      envelope_id: envelope.id,
      kind: envelope.kind,
      summary,
      attempt: envelope.attempt,
    };
    this.workspace.feed.append({ ...fact, state: 'sent', ms: 0, payload: envelope.payload });
    const ack = await this.delivery.deliver(envelope);
    this.workspace.feed.append({ ...fact, state: ack.kind, ms: 'ms' in ack ? ack.ms : 0 });
    return ack;
  }
}

/** A late acknowledgement is written down and ignored, as Slack does. */
export function noteLateAck(workspace: Workspace, envelopeId: string): void {
  workspace.feed.append({
    type: 'envelope',
    envelope_id: envelopeId,
    kind: 'acknowledgement',
    summary: 'came too late and was ignored',
    state: 'late',
    attempt: 0,
    ms: 0,
  });
}
