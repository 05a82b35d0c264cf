/**
 * A business error of the Web API: answered with HTTP 200 and `ok: false`, because the SDK retries everything else
 * (slack.md 1.7).
 */
export class SlackRefusal extends Error {
  readonly code: string;
  /** Further top-level fields of the answer, such as `needed` and `provided`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lines of `response_metadata.messages`. */
  readonly messages: readonly string[];

  constructor(code: string, more: { fields?: Record<string, unknown>; messages?: readonly string[] } = {}) {
    super(code);
    this.name = 'SlackRefusal';
    this.code = code;
    this.fields = more.fields ?? {};
    this.messages = more.messages ?? [];
  }
}

/** Too many calls: HTTP 429 with `Retry-After` in whole seconds. */
export class RateLimited extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('ratelimited');
    this.name = 'RateLimited';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
