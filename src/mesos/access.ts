import { Agent } from 'node:https';

/** What a master asks of whoever asks it; nothing when absent. */
export interface MesosAccess {
  /** Gives the value of the Authorization header, asked for at each question: a token may be changed meanwhile. Secret. */
  readonly authorization?: (() => Promise<string>) | undefined;
  /** PEM texts: the authority of the masters' certificates, and what we show to masters that ask for a certificate. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** `Basic …` of `name:password`. */
export function basicAuthorization(pair: string): string {
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** `Bearer …` of a token. */
export function bearerAuthorization(token: string): string {
  return `Bearer ${token}`;
}

/** Connections to masters with a certificate. */
export function connectionsOf({ tls }: MesosAccess): Agent {
  return new Agent({ ...tls });
}
