/**
 * Who is on the other end of a TLS connection. That its certificate was issued by the configured authority, is meant
 * for clients and was valid when the connection was made is OpenSSL's to refuse, before a single request is read.
 */
import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';

interface ClientIdentity {
  /** For people: subject and fingerprint. */
  readonly label: string;
  /** What `allowedClients` may name: the subject's common names and the DNS and URI names. */
  readonly names: readonly string[];
  readonly validTo: number;
}

const known = new WeakMap<Socket, ClientIdentity>();

/** `null` for a connection without TLS. */
export function identifyClient(socket: Socket): ClientIdentity | null {
  if (!(socket instanceof TLSSocket)) return null;
  const before = known.get(socket);
  if (before !== undefined) return before;
  const identity = identityOf(socket.getPeerCertificate());
  known.set(socket, identity);
  return identity;
}

/** The fields of a certificate that say who it is, as Node has them. */
type Named = Pick<PeerCertificate, 'subjectaltname' | 'fingerprint256' | 'valid_to'> & {
  readonly subject: { readonly CN?: string | readonly string[] };
};

/** What of a certificate says who it is. */
export function identityOf(certificate: Named): ClientIdentity {
  const common = certificate.subject.CN ?? [];
  const names = [...(typeof common === 'string' ? [common] : common), ...alternativeNames(certificate)];
  return {
    label: `${names[0] ?? 'a certificate without a name'} ${certificate.fingerprint256}`.slice(0, 300),
    names,
    validTo: Date.parse(certificate.valid_to),
  };
}

/** Node quotes a name that holds a comma or a quote; such a name can never pass for two. */
function alternativeNames({ subjectaltname }: Named): readonly string[] {
  return (subjectaltname ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|URI):([^\s",]+)$/.exec(entry)?.[1] ?? []);
}
