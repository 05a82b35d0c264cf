/** Public keys in OpenSSH's own form (RFC 4253 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f of OpenSSH). */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface SshPublicKey {
  readonly type: SshKeyType;
  readonly key: KeyObject;
  /** The whole blob: two lines with the same are the same key. */
  readonly blob: Buffer;
  /** What a security key binds its signatures to; `null` for keys that live in a file. */
  readonly application: string | null;
}

const sshKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
type SshKeyType = (typeof sshKeyTypes)[number];

/** From a line of a `.pub` file: type, base64, and a comment that is not read. Throws an Error with a clause. */
export function parseSshPublicKey(line: string): SshPublicKey {
  const [type, base64 = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(base64, 'base64');
  if (blob.length === 0) throw new Error('it is not the line of a .pub file');
  const key = parseSshBlob(blob);
  if (key.type !== type) throw new Error(`its line says ${type ?? ''}, and the key is ${key.type}`);
  return key;
}

/** From the blob that stands in a `.pub` line and inside a signature. */
export function parseSshBlob(blob: Buffer): SshPublicKey {
  const reader = createReader(blob);
  const name = reader.text();
  const type = sshKeyTypes.find((candidate) => candidate === name);
  if (type === undefined)
    throw new Error(`keys of type ${JSON.stringify(name.slice(0, 60))} are not verified`);
  const key = readKey(type, reader);
  const application = type.startsWith('sk-') ? reader.text() : null;
  reader.end();
  return { type, key, blob, application };
}

function readKey(type: SshKeyType, reader: SshReader): KeyObject {
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: sized(reader.bytes(), 32).toString('base64url') });
    case 'ecdsa-sha2-nistp256':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      if (reader.text() !== 'nistp256') throw new Error('its curve is not nistp256');
      const point = sized(reader.bytes(), 65);
      if (point[0] !== 4) throw new Error('its point is compressed');
      return fromJwk({
        kty: 'EC',
        crv: 'P-256',
        x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url'),
      });
    }
    case 'ssh-rsa': {
      const e = reader.bytes();
      const n = reader.bytes();
      const key = fromJwk({ kty: 'RSA', n: unsigned(n), e: unsigned(e) });
      if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
        throw new Error('RSA keys of fewer than 2048 bits are not verified');
      return key;
    }
  }
}

function fromJwk(jwk: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Error('its numbers are not those of a key');
  }
}

/** An mpint without the zero that keeps it positive. */
function unsigned(bytes: Buffer): string {
  return (bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('base64url');
}

function sized(bytes: Buffer, length: number): Buffer {
  if (bytes.length !== length) throw new Error('it has the wrong length');
  return bytes;
}

interface SshReader {
  /** A string with its length before it, as bytes. */
  bytes(): Buffer;
  text(): string;
  take(length: number): Buffer;
  uint32(): number;
  /** Throws when something is left. */
  end(): void;
}

/** Reads RFC 4251's `string` and `uint32`; throws an Error when they reach beyond the end. */
export function createReader(buffer: Buffer): SshReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new Error('it is truncated');
    const part = buffer.subarray(at, at + length);
    at += length;
    return part;
  };
  const uint32 = () => take(4).readUInt32BE();
  const bytes = () => take(uint32());
  return {
    bytes,
    text: () => bytes().toString('latin1'),
    take,
    uint32,
    end: () => {
      if (at !== buffer.length) throw new Error('something follows it');
    },
  };
}
