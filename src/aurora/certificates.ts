/** A certificate that a restore depends on, and when it is valid. */
export interface CertificateDates {
  /** What it is, as a sentence begins: `The certificate of the agent`. */
  readonly what: string;
  /** Whose it is, when it is one host's. */
  readonly host?: string;
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/**
 * Looks at every certificate between the bot and its cluster: files and what servers show. A server that does not answer is left
 * out: that it does not is told elsewhere. Never rejects.
 */
export type CertificateReader = () => Promise<readonly CertificateDates[]>;
