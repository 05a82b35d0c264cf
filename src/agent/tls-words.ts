/** What TLS and certificates say when they fail, as sentences. Codes are Node's (tls.html, "X509 certificate error codes"). */
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Why, to follow a colon, and what to do. */
interface Explained {
  readonly why: string;
  readonly hint: string;
}

/** Extended key usages (RFC 5280). */
const uses = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

const otherAuthority: Explained = {
  why: 'its certificate is of another authority than agentTls.ca of the bot',
  hint: 'Issue it with the authority in agentTls.ca, or put the authority that issued it there.',
};

const byCode: Readonly<Record<string, Explained>> = {
  SELF_SIGNED_CERT_IN_CHAIN: otherAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: otherAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: otherAuthority,
  UNABLE_TO_GET_ISSUER_CERT: otherAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: otherAuthority,
  CERT_SIGNATURE_FAILURE: otherAuthority,
  CERT_HAS_EXPIRED: {
    why: 'its certificate has expired',
    hint: 'Issue a new one for tls.cert there and start the agent again; if it has not expired, set the clocks right.',
  },
  CERT_NOT_YET_VALID: {
    why: 'its certificate is not valid yet',
    hint: 'Compare the clocks of whoever issued it and of the bot.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    why: 'its certificate does not have the name in its address',
    hint: 'Issue tls.cert there with the name or IP address that the bot uses as subjectAltName, or correct the address.',
  },
  INVALID_PURPOSE: {
    why: 'its certificate is not meant for servers',
    hint: 'Issue tls.cert there with extendedKeyUsage=serverAuth.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    why: 'it does not speak TLS',
    hint: 'Set tls in its configuration and start it again, or correct the address: another program may listen there.',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    why: 'it does not speak TLS',
    hint: 'Set tls in its configuration and start it again, or correct the address: another program may listen there.',
  },
};

/** TLS 1.3 lets a server see the client's certificate only when the client believes to be connected: it just closes. */
const closed: Explained = {
  why: 'it closed the connection, as it does for a certificate that it does not take',
  hint: "Issue agentTls.cert of the bot with the authority in tls.clientCa there and extendedKeyUsage=clientAuth, and see that it has not expired. The agent's audit log has each such client (rule tls).",
};

/** Of an error of a connection to `url`; `null` for what has nothing to do with certificates. */
export function explainTls(error: unknown, url: string): Explained | null {
  if (!url.startsWith('https:') || !(error instanceof Error) || !('code' in error)) return null;
  const code = String(error.code);
  if (code === 'ECONNRESET' || code === 'EPIPE') return closed;
  if (code === 'EPROTO') return byCode['ERR_SSL_WRONG_VERSION_NUMBER'] ?? null;
  return byCode[code] ?? null;
}

/** What is wrong with a certificate and its key; `key` is what the configuration has them under, such as `agentTls`. */
export function faultOfPair(
  { cert, key: pem }: { readonly cert: string; readonly key: string },
  { key, use }: { readonly key: string; readonly use?: keyof typeof uses },
): { readonly message: string; readonly hint: string } | null {
  const certificate = tried(() => new X509Certificate(cert));
  if (certificate === null) return notPem(`${key}.cert`, 'certificate');
  const own = tried(() => createPrivateKey(pem));
  if (own === null) return notPem(`${key}.key`, 'private key');
  if (!certificate.checkPrivateKey(own)) {
    return {
      message: `The key of ${key}.key does not belong to the certificate of ${key}.cert.`,
      hint: 'Name the two files that were made together.',
    };
  }
  // Without any it is good for everything.
  const named: readonly string[] | undefined = certificate.keyUsage;
  if (use === undefined || named === undefined || named.includes(uses[use])) return null;
  return {
    message: `The certificate of ${key}.cert is not meant for ${use}s.`,
    hint: `Issue it with extendedKeyUsage=${use}Auth.`,
  };
}

function notPem(key: string, what: string): { readonly message: string; readonly hint: string } {
  return { message: `The file of ${key} holds no ${what} in PEM.`, hint: `Name the ${what}'s file.` };
}

function tried<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    // What OpenSSL says of the bytes helps nobody, and a key's bytes do not belong into a message.
    return null;
  }
}
