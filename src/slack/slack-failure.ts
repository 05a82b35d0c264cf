/** Reading what went wrong with a call to Slack, in one place. */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';

type SlackFailure =
  /** Slack answered no; nothing was done. `code` is Slack's own word. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Not done; ask again after that time. */
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  /** No answer, or a broken one: it may have been done or not. */
  | { readonly kind: 'unknown' };

/** `null` for anything that is not a failure of a call to Slack. */
export function readSlackFailure(thrown: unknown): SlackFailure | null {
  if (thrown instanceof WebAPIPlatformError) {
    // Some of Slack's own trouble comes as a refusal, and may have been done all the same.
    return unclear.has(thrown.data.error)
      ? { kind: 'unknown' }
      : { kind: 'refused', code: thrown.data.error };
  }
  if (thrown instanceof WebAPIRateLimitedError) {
    return { kind: 'rate-limited', retryAfterMs: Math.max(1, thrown.retryAfter) * 1000 };
  }
  if (thrown instanceof WebAPIHTTPError) return { kind: 'unknown' };
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'slack_webapi_request_error') {
    return { kind: 'unknown' };
  }
  return null;
}

/** No word of Slack itself: it cannot be reached, takes too long, or what stands before it says that it is down. */
export function isSilence(thrown: unknown): boolean {
  if (thrown instanceof WebAPIHTTPError) return thrown.statusCode >= 500;
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'slack_webapi_request_error';
}

const unclear = new Set(['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable']);
