import { createHmac } from 'node:crypto';
import { AuroraError } from '../../aurora/errors.ts';
import type { Ack, Delivery, Envelope } from './delivery.ts';

/** Posts signed requests to the app's request URL, as Slack does without Socket Mode (slack.md 1.4, 1.5). */
export function httpDelivery(options: {
  url: string;
  signingSecret: string;
  ackMs: number;
  now: () => number;
  isDown: () => boolean;
}): Delivery {
  requireLoopback(options.url);
  const closing = new AbortController();

  return {
    deliver: async (envelope) => {
      if (options.isDown()) return { kind: 'unreachable' };
      const startedAt = performance.now();
      const elapsed = () => Math.round(performance.now() - startedAt);
      const { contentType, body } = encode(envelope);
      const timestamp = Math.floor(options.now() / 1000);
      try {
        const response = await fetch(options.url, {
          method: 'POST',
          body,
          redirect: 'error',
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(options.ackMs)]),
          headers: {
            // Bolt knows form bodies only by exactly this value, without a charset.
            'content-type': contentType,
            'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
            'x-slack-request-timestamp': String(timestamp),
            'x-slack-signature': signRequest({ secret: options.signingSecret, timestamp, body }),
            ...(envelope.attempt > 0
              ? {
                  'x-slack-retry-num': String(envelope.attempt),
                  'x-slack-retry-reason': envelope.retryReason ?? 'unknown_error',
                }
              : {}),
          },
        });
        const text = await response.text();
        if (!response.ok)
          return {
            kind: 'failed',
            status: response.status,
            noRetry: response.headers.get('x-slack-no-retry') === '1',
            ms: elapsed(),
          };
        return { kind: 'acked', body: decode(text, response.headers.get('content-type')), ms: elapsed() };
      } catch (error) {
        const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
        return timedOut ? { kind: 'timed_out', ms: elapsed() } : ({ kind: 'unreachable' } satisfies Ack);
      }
    },
    close: () => closing.abort(),
  };
}

/** `v0=` and the hex HMAC-SHA256 of `v0:timestamp:body` (slack.md 1.5). */
export function signRequest(parts: { secret: string; timestamp: number; body: string }): string {
  const digest = createHmac('sha256', parts.secret)
    .update(`v0:${parts.timestamp}:${parts.body}`)
    .digest('hex');
  return `v0=${digest}`;
}

function encode(envelope: Envelope): { contentType: string; body: string } {
  const form = 'application/x-www-form-urlencoded';
  switch (envelope.kind) {
    case 'slash_commands':
      return {
        contentType: form,
        body: new URLSearchParams(
          Object.entries(envelope.payload).map(([name, value]): [string, string] => [name, String(value)]),
        ).toString(),
      };
    case 'interactive':
      return {
        contentType: form,
        body: new URLSearchParams({ payload: JSON.stringify(envelope.payload) }).toString(),
      };
    case 'events_api':
      return { contentType: 'application/json', body: JSON.stringify(envelope.payload) };
  }
}

/** A plain string answers a command with that text, as over a socket. */
function decode(text: string, contentType: string | null): unknown {
  if (text === '') return {};
  if (contentType?.startsWith('application/json') !== true) return { text };
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { text };
  }
}

function requireLoopback(url: string): void {
  const { hostname } = new URL(url);
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return;
  throw new AuroraError({
    code: 'not-loopback',
    message: `The local Slack does not send anything to ${hostname}.`,
    hint: 'Give a request URL on 127.0.0.1, localhost or [::1].',
  });
}
