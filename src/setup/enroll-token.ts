/**
 * The token of one enrolment: 128 random bits, and the SHA-256 of the authority's certificate, so that whoever types it on a host
 * says both who may come and whom to believe.
 */
import { createHash, randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto';
import { AuroraError } from '../aurora/errors.ts';

const secretBytes = 16;
const prefix = 'enroll-';

interface EnrollToken {
  /** Base64url of 128 bits. */
  readonly secret: string;
  /** Hex SHA-256 of the authority's certificate (DER). */
  readonly authority: string;
}

/** A new one for an authority (PEM), and its text. */
export function createToken(authorityPem: string): EnrollToken & { readonly text: string } {
  const secret = randomBytes(secretBytes);
  const authority = fingerprintOf(authorityPem);
  const text = `${prefix}${Buffer.concat([secret, Buffer.from(authority, 'hex')]).toString('base64url')}`;
  return { secret: secret.toString('base64url'), authority, text };
}

/** AuroraError `enroll-token` for what is none, or a part of one. */
export function parseToken(text: string): EnrollToken {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed.slice(prefix.length), 'base64url');
  // 48 bytes are 64 characters, whatever Node would make of others.
  if (!/^enroll-[\w-]{64}$/.test(trimmed)) {
    throw new AuroraError({
      code: 'enroll-token',
      message: 'This is not a whole enrolment token.',
      hint: 'Copy all of what "aurora-chatops enroll open" has printed; it begins with enroll-.',
    });
  }
  return {
    secret: bytes.subarray(0, secretBytes).toString('base64url'),
    authority: bytes.subarray(secretBytes).toString('hex'),
  };
}

/** Compared in a time that tells nothing of either. */
export function sameSecret(one: string, other: string): boolean {
  const [a, b] = [one, other].map((secret) => createHash('sha256').update(secret).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Hex SHA-256 of a certificate (PEM or DER). */
export function fingerprintOf(certificate: string | Buffer): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}
