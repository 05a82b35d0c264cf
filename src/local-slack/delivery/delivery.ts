/** What travels to the app. The two ways of travelling are a WebSocket and a signed HTTP request. */
export type EnvelopeKind = 'slash_commands' | 'interactive' | 'events_api';

export interface Envelope {
  readonly id: string;
  readonly kind: EnvelopeKind;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly acceptsResponse: boolean;
  /** 0 for the first delivery. */
  readonly attempt: number;
  readonly retryReason: string | null;
}

/** What became of one delivery. */
export type Ack =
  | { readonly kind: 'acked'; readonly body: unknown; readonly ms: number }
  | { readonly kind: 'timed_out'; readonly ms: number }
  /** HTTP only: an answer that is not 2xx. */
  | { readonly kind: 'failed'; readonly status: number; readonly noRetry: boolean; readonly ms: number }
  /** Nobody is connected, or nobody listens. */
  | { readonly kind: 'unreachable' };

export interface Delivery {
  /** Waits for the acknowledgement, at most the bound of the rules; never rejects. */
  deliver(envelope: Envelope): Promise<Ack>;
  close(): void;
}
