/**
 * Signatures of `ssh-keygen -Y sign`, verified without OpenSSH (PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH). Held in tests to
 * what `ssh-keygen` itself writes.
 */
import { createHash, verify } from 'node:crypto';
import { createReader, parseSshBlob, type SshPublicKey } from './ssh-key.ts';

const begin = '-----BEGIN SSH SIGNATURE-----';
const end = '-----END SSH SIGNATURE-----';
const magic = 'SSHSIG';
/** Set by a security key that was touched. */
const userPresent = 0x01;

interface SignedText {
  readonly text: string;
  readonly namespace: string;
}

/** Throws an Error whose message is a clause that says why the signature is none of this key over this text. */
export function verifySshSignature(armored: string, key: SshPublicKey, signed: SignedText): void {
  const { publicKey, namespace, hash, signature } = parseArmor(armored);
  if (!publicKey.equals(key.blob)) throw new Error('it was made with another key');
  if (namespace !== signed.namespace)
    throw new Error(`it is for ${JSON.stringify(namespace)}, not for ${JSON.stringify(signed.namespace)}`);
  const message = Buffer.concat([
    Buffer.from(magic),
    sshString(namespace),
    sshString(''),
    sshString(hash),
    sshString(createHash(hash).update(signed.text).digest()),
  ]);
  if (!isSignedBy(key, message, signature)) throw new Error('it does not sign this statement');
}

/** The key that a signature names; throws an Error for what is no signature. */
export function keyOfSshSignature(armored: string): SshPublicKey {
  return parseSshBlob(parseArmor(armored).publicKey);
}

interface SshSignature {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  readonly signature: Buffer;
}

/** Slack and mail break lines and add blanks, which change nothing. */
function parseArmor(armored: string): SshSignature {
  const body = armored.trim();
  if (!body.startsWith(begin) || !body.endsWith(end))
    throw new Error(`it does not begin with ${begin} and end with ${end}`);
  const base64 = body.slice(begin.length, -end.length).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('it is not base64');
  const blob = Buffer.from(base64, 'base64');
  const reader = createReader(blob);
  if (reader.take(magic.length).toString('latin1') !== magic) throw new Error('it is not an ssh signature');
  if (reader.uint32() !== 1) throw new Error('it has a version that is not known');
  const publicKey = reader.bytes();
  const namespace = reader.text();
  reader.bytes(); // Reserved: PROTOCOL.sshsig has it ignored, and it is not part of what we rebuild as signed.
  const hash = reader.text();
  const signature = reader.bytes();
  reader.end();
  if (hash !== 'sha256' && hash !== 'sha512') throw new Error('it has a hash that is not known');
  return { publicKey, namespace, hash, signature };
}

function isSignedBy({ type, key, application }: SshPublicKey, message: Buffer, blob: Buffer): boolean {
  const reader = createReader(blob);
  const algorithm = reader.text();
  const raw = reader.bytes();
  switch (type) {
    case 'ssh-ed25519':
      reader.end();
      return algorithm === type && verify(null, message, key, raw);
    case 'ecdsa-sha2-nistp256':
      reader.end();
      return algorithm === type && verifyEcdsa(message, key, raw);
    case 'ssh-rsa':
      reader.end();
      // SHA-1, which `ssh-rsa` means as an algorithm, is not taken.
      if (algorithm !== 'rsa-sha2-256' && algorithm !== 'rsa-sha2-512') return false;
      return verify(algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512', message, key, raw);
    case 'sk-ssh-ed25519@openssh.com':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const flagsAndCounter = reader.take(5);
      reader.end();
      if (algorithm !== type || ((flagsAndCounter[0] ?? 0) & userPresent) === 0) return false;
      const signedByToken = Buffer.concat([
        createHash('sha256')
          .update(application ?? '')
          .digest(),
        flagsAndCounter,
        createHash('sha256').update(message).digest(),
      ]);
      return type === 'sk-ssh-ed25519@openssh.com'
        ? verify(null, signedByToken, key, raw)
        : verifyEcdsa(signedByToken, key, raw);
    }
  }
}

/** Two mpints (RFC 5656 3.1.2). */
function verifyEcdsa(message: Buffer, key: SshPublicKey['key'], raw: Buffer): boolean {
  const reader = createReader(raw);
  const r = fixed(reader.bytes());
  const s = fixed(reader.bytes());
  reader.end();
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat([r, s]));
}

function fixed(mpint: Buffer): Buffer {
  const bytes = mpint[0] === 0 ? mpint.subarray(1) : mpint;
  if (bytes.length > 32) throw new Error('its numbers are too long');
  return Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]);
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
