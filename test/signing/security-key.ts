/** A security key over ssh without the device: what `ssh-keygen -Y sign` writes for one (PROTOCOL.u2f of OpenSSH). */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const type = 'sk-ssh-ed25519@openssh.com';

export function securityKey(application: string): {
  publicKey: string;
  sign(text: string, namespace: string, flags?: number): string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const blob = Buffer.concat([string(type), string(raw), string(application)]);
  return {
    publicKey: `${type} ${blob.toString('base64')} ana@yubikey`,
    sign: (text, namespace, flags = 0x01) => {
      const message = Buffer.concat([
        Buffer.from('SSHSIG'),
        string(namespace),
        string(''),
        string('sha512'),
        string(createHash('sha512').update(text).digest()),
      ]);
      const flagsAndCounter = Buffer.from([flags, 0, 0, 0, 7]);
      const signature = sign(
        null,
        Buffer.concat([
          createHash('sha256').update(application).digest(),
          flagsAndCounter,
          createHash('sha256').update(message).digest(),
        ]),
        privateKey,
      );
      const body = Buffer.concat([
        Buffer.from('SSHSIG'),
        Buffer.from([0, 0, 0, 1]),
        string(blob),
        string(namespace),
        string(''),
        string('sha512'),
        string(Buffer.concat([string(type), string(signature), flagsAndCounter])),
      ]);
      return `-----BEGIN SSH SIGNATURE-----\n${body.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
    },
  };
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
