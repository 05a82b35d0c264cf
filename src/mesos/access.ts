import { Agent as HttpConnections } from 'node:http';
import { Agent as HttpsConnections } from 'node:https';

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

/** As node's own agent has it: one that something between has forgotten is not used for long. */
const idleMs = 5_000;

interface Connections {
  readonly httpAgent: HttpConnections;
  readonly httpsAgent: HttpsConnections;
}

/** To masters with a certificate and without; kept open for the next question, or for one question alone. */
export interface MasterConnections {
  readonly kept: Connections;
  readonly fresh: Connections;
}

export function connectionsOf({ tls }: MesosAccess): MasterConnections {
  const open = (keepAlive: boolean): Connections => ({
    httpAgent: new HttpConnections({ keepAlive, timeout: idleMs }),
    httpsAgent: new HttpsConnections({ keepAlive, timeout: idleMs, ...tls }),
  });
  return { kept: open(true), fresh: open(false) };
}
