/**
 * An authority of our own and what it issues: EC P-256, signed with SHA-256, as RFC 5280 wants it. Texts in, texts out; files are in
 * `directory.ts`. Every certificate begins an hour early, because the clocks of two hosts are never the same.
 */
import 'reflect-metadata';
import { createPublicKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { AuroraError } from '../aurora/errors.ts';

/** Two PEM texts: a certificate, and its key as PKCS#8. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

/** Whether one shows it to whoever connects (an agent), or to whom one connects (the bot). */
export type CertificateUse = 'server' | 'client';

interface Wanted {
  /** The common name: at most 64 characters (RFC 5280, ub-common-name). */
  readonly subject: string;
  readonly use: CertificateUse;
  /** Host names, IP addresses and URIs, at least one: nobody looks at the common name of a server any more. */
  readonly names: readonly string[];
  readonly days: number;
  /** Unix time in ms. */
  readonly now: number;
}

const dayMs = 24 * 3_600_000;
const earlyMs = 3_600_000;
const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const hostName = /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/;

/** A new authority that signs certificates of programs and no other authority. */
export async function createAuthority(wanted: Omit<Wanted, 'use' | 'names'>): Promise<KeyPairPem> {
  const keys = await newKeys();
  return { certificate: await selfSigned(wanted, keys), key: pemOfKey(keys.privateKey) };
}

/** The same authority with new dates. What it has issued stays good, because key and name are those of before. */
export async function renewAuthority(
  authority: KeyPairPem,
  wanted: Omit<Wanted, 'use' | 'names' | 'subject'>,
): Promise<string> {
  const { cn } = readSubject(authority.certificate);
  const publicKey = await importPublic(authority.certificate);
  const privateKey = await importPrivate(authority.key);
  return await selfSigned({ ...wanted, subject: cn }, { publicKey, privateKey });
}

/** A key of its own, and a certificate for it. */
export async function issuePair(authority: KeyPairPem, wanted: Wanted): Promise<KeyPairPem> {
  const { publicKey, privateKey } = await newKeys();
  return { certificate: await issue(authority, wanted, publicKey), key: pemOfKey(privateKey) };
}

/**
 * A certificate for a public key that somebody else made: a PEM with `PUBLIC KEY` or `CERTIFICATE`. AuroraError `pki-key` for
 * anything that is not EC P-256.
 */
export async function issueFor(authority: KeyPairPem, wanted: Wanted, pem: string): Promise<string> {
  return await issue(authority, wanted, await importPublic(pem));
}

async function issue(authority: KeyPairPem, wanted: Wanted, publicKey: webcrypto.CryptoKey): Promise<string> {
  const issuer = new X509Certificate(authority.certificate);
  const extensions = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([
      wanted.use === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
    ]),
    new SubjectAlternativeNameExtension(wanted.names.map(generalName)),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
  ];
  return await sign({
    issuer: issuer.subjectName.toJSON(),
    signingKey: await importPrivate(authority.key),
    publicKey,
    wanted,
    extensions,
  });
}

async function selfSigned(
  wanted: Omit<Wanted, 'use' | 'names'>,
  { publicKey, privateKey }: { publicKey: webcrypto.CryptoKey; privateKey: webcrypto.CryptoKey },
): Promise<string> {
  const extensions = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
  return await sign({
    issuer: [{ CN: [wanted.subject] }],
    signingKey: privateKey,
    publicKey,
    wanted,
    extensions,
  });
}

async function sign(parts: {
  issuer: Record<string, string[]>[];
  signingKey: webcrypto.CryptoKey;
  publicKey: webcrypto.CryptoKey;
  wanted: Omit<Wanted, 'use' | 'names'>;
  extensions: Extension[];
}): Promise<string> {
  const { subject, days, now } = parts.wanted;
  const end = now + days * dayMs;
  const certificate = await X509CertificateGenerator.create(
    {
      // A positive number of 127 bits.
      serialNumber: (BigInt(`0x${randomBytes(16).toString('hex')}`) >> 1n).toString(16).padStart(32, '0'),
      subject: [{ CN: [subject] }],
      issuer: parts.issuer,
      notBefore: new Date(Math.min(now, end) - earlyMs),
      notAfter: new Date(end),
      signingAlgorithm: signing,
      publicKey: parts.publicKey,
      signingKey: parts.signingKey,
      extensions: parts.extensions,
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** How a name is written into a certificate. AuroraError `pki-name` for what is neither a host name, an address nor a URI. */
export function generalName(name: string): { type: 'dns' | 'ip' | 'url'; value: string } {
  if (isIP(name) !== 0) return { type: 'ip', value: name };
  if (/^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i.test(name)) return { type: 'url', value: name };
  if (hostName.test(name) && name.length <= 253) return { type: 'dns', value: name };
  throw new AuroraError({
    code: 'pki-name',
    message: `"${name}" is neither a host name, an IP address nor a URI.`,
    hint: 'Name what the other side connects to, such as aurora-1.example.org or 10.0.0.1.',
  });
}

/** The common name, what it is for (`null`: an authority), its names and dates. AuroraError `pki-certificate` when it is none. */
export function readSubject(pem: string): {
  readonly cn: string;
  readonly use: CertificateUse | null;
  readonly names: readonly string[];
  readonly beginsAt: number;
  readonly endsAt: number;
} {
  const certificate = parse(pem);
  const usages = certificate.getExtension(ExtendedKeyUsageExtension)?.usages ?? [];
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  return {
    cn: certificate.subjectName.getField('CN')[0] ?? '',
    use: usages.includes(ExtendedKeyUsage.serverAuth)
      ? 'server'
      : usages.includes(ExtendedKeyUsage.clientAuth)
        ? 'client'
        : null,
    names: names.map(({ value }) => value),
    beginsAt: certificate.notBefore.getTime(),
    endsAt: certificate.notAfter.getTime(),
  };
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new AuroraError({
      code: 'pki-certificate',
      message: 'What should be a certificate is none.',
      hint: 'It is a PEM that begins with -----BEGIN CERTIFICATE-----.',
      cause,
    });
  }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
}

async function importPublic(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    const key = createPublicKey(pem);
    return await webcrypto.subtle.importKey(
      'spki',
      key.export({ type: 'spki', format: 'der' }),
      curve,
      true,
      ['verify'],
    );
  } catch (cause) {
    throw wrongKey(cause);
  }
}

async function importPrivate(pem: string): Promise<webcrypto.CryptoKey> {
  const body = /-----BEGIN PRIVATE KEY-----([\s\S]+)-----END PRIVATE KEY-----/.exec(pem)?.[1] ?? '';
  try {
    return await webcrypto.subtle.importKey('pkcs8', Buffer.from(body, 'base64'), curve, true, ['sign']);
  } catch (cause) {
    throw wrongKey(cause);
  }
}

function wrongKey(cause: unknown): AuroraError {
  return new AuroraError({
    code: 'pki-key',
    message: 'A key is not an EC key of the curve P-256 in PEM.',
    hint: 'Let "aurora-chatops pki" make the keys, or make them with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256.',
    cause,
  });
}

function pemOfKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}
