import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An id as Slack makes them: a letter for the kind and ten characters. */
export function newId(prefix: string): string {
  return prefix + Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** Something nobody can guess, for tickets, response URLs and upload URLs. */
export function newSecret(): string {
  return randomBytes(18).toString('base64url');
}

/**
 * Message timestamps: seconds, a dot, six digits; strictly growing, so unique in every channel. `startAfter` is the newest
 * one read back.
 */
export class Timestamps {
  private last = 0;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  startAfter(ts: string): void {
    this.last = Math.max(this.last, toMicros(ts));
  }

  next(): string {
    this.last = Math.max(this.last + 1, Math.floor(this.now() * 1000));
    return `${Math.floor(this.last / 1e6)}.${String(this.last % 1e6).padStart(6, '0')}`;
  }
}

function toMicros(ts: string): number {
  const [seconds = '0', micros = '0'] = ts.split('.');
  return Number(seconds) * 1e6 + Number(micros);
}
