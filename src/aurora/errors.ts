import { hideSecrets } from './hidden.ts';

/**
 * An error for a person: what happened, in one sentence, and what to do next. Adapters translate at their
 * edge into one of these; everything else that is thrown is our own mistake and is shown as such.
 */
export class AuroraError extends Error {
  /** Stable, kebab-case, for logs and tests. */
  readonly code: string;
  /** The next step for the person who reads it, a whole sentence. */
  readonly hint: string;
  /** Small plain values that tests and logs may look at; never secrets. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(fields: {
    code: string;
    message: string;
    hint: string;
    cause?: unknown;
    details?: Record<string, unknown>;
  }) {
    super(hideSecrets(fields.message), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AuroraError';
    this.code = fields.code;
    this.hint = hideSecrets(fields.hint);
    this.details = Object.freeze({ ...fields.details });
  }
}

/** The message of anything that was thrown, on one line and bounded. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return hideSecrets(text).replace(/\s+/g, ' ').slice(0, 500);
}
