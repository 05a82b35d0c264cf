/** The client that posts: it never tries again by itself, and what Slack limits pauses one method only. */
import {
  type WebAPICallResult,
  WebAPIRateLimitedError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import type { Clock } from '../aurora/clock.ts';
import type { Log } from './log.ts';

/** Slack's limits are counted method by method, for the whole app (slack.md 4.3): the rest goes on. */
export class PostingClient extends WebClient {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  /** By method, until when Slack wants no call of it, in epoch milliseconds. */
  readonly #pausedUntil = new Map<string, number>();

  constructor(token: string, deps: { clock: Pick<Clock, 'now'>; log: Log }, options: WebClientOptions) {
    super(token, { ...options, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Throws `WebAPIRateLimitedError`, without asking Slack, for as long as Slack wants no call of that method. */
  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    const leftMs = (this.#pausedUntil.get(method) ?? 0) - this.#clock.now();
    if (leftMs > 0) throw new WebAPIRateLimitedError(Math.ceil(leftMs / 1000));
    try {
      return await super.apiCall(method, options);
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) {
        this.#pausedUntil.set(method, this.#clock.now() + error.retryAfter * 1000);
        const fields = { method, waitMs: error.retryAfter * 1000 };
        this.#log('warn', fields, `messages are late: Slack wants no ${method} for ${error.retryAfter} s`);
      }
      throw error;
    }
  }
}
