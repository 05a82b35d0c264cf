import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sshNamespace, statementText } from '../../src/aurora/statement.ts';
import { parseSshPublicKey } from '../../src/signing/ssh-key.ts';
import { keyOfSshSignature, verifySshSignature } from '../../src/signing/ssh-signature.ts';
import { statementWith } from './statements.ts';

let directory: string;
const text = statementText(statementWith());

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ssh-signature-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function makeKey(name: string, args: readonly string[]): { file: string; publicKey: string } {
  const file = path.join(directory, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'ana@laptop', '-f', file, ...args]);
  return { file, publicKey: fs.readFileSync(`${file}.pub`, 'utf8') };
}

function sign(file: string, message: string, namespace: string = sshNamespace): string {
  return execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', file], {
    input: message,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

const kinds = [
  ['ed25519', ['-t', 'ed25519']],
  ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
] as const;

describe.each(kinds)('a signature of ssh-keygen with an %s key', (name, args) => {
  let key: ReturnType<typeof makeKey>;
  let armored: string;
  beforeAll(() => {
    key = makeKey(name, args);
    armored = sign(key.file, text);
  });

  it('is verified, also after a chat has broken its lines otherwise', () => {
    const publicKey = parseSshPublicKey(key.publicKey);
    verifySshSignature(armored, publicKey, { text, namespace: sshNamespace });
    const [first = '', ...rest] = armored.trim().split('\n');
    const last = rest.pop() ?? '';
    verifySshSignature(`  ${first}  \r\n${rest.join(' ')}\n\n${last}\n`, publicKey, {
      text,
      namespace: sshNamespace,
    });
    expect(keyOfSshSignature(armored).blob).toEqual(publicKey.blob);
  });

  it('is none of another text, another namespace, or another key', () => {
    const publicKey = parseSshPublicKey(key.publicKey);
    const other = parseSshPublicKey(makeKey(`${name}-other`, args).publicKey);
    const signed = { text, namespace: sshNamespace };
    expect(() => verifySshSignature(armored, publicKey, { ...signed, text: `${text} ` })).toThrow(
      'it does not sign this statement',
    );
    expect(() => verifySshSignature(sign(key.file, text, 'git'), publicKey, signed)).toThrow(
      'it is for "git"',
    );
    expect(() => verifySshSignature(armored, other, signed)).toThrow('it was made with another key');
  });

  it('is refused with any byte of it changed', () => {
    const publicKey = parseSshPublicKey(key.publicKey);
    const body = Buffer.from(armored.replace(/-----.*-----/g, '').replace(/\s/g, ''), 'base64');
    for (let at = 0; at < body.length; at += 1) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const forged = `-----BEGIN SSH SIGNATURE-----\n${changed.toString('base64')}\n-----END SSH SIGNATURE-----`;
      expect(() => verifySshSignature(forged, publicKey, { text, namespace: sshNamespace })).toThrow();
    }
  });
});

describe('a key that is not taken', () => {
  it.each([
    ['an RSA key of 1024 bits', ['-t', 'rsa', '-b', '1024'], 'fewer than 2048 bits'],
    ['another curve', ['-t', 'ecdsa', '-b', '384'], 'keys of type "ecdsa-sha2-nistp384" are not verified'],
  ])('%s', (name, args, sentence) => {
    const { publicKey } = makeKey(name.replaceAll(' ', '-'), args);
    expect(() => parseSshPublicKey(publicKey)).toThrow(sentence);
  });

  it.each([
    ['', 'it is not the line of a .pub file'],
    ['ssh-ed25519', 'it is not the line of a .pub file'],
    ['ssh-ed25519 AAAA', 'it is truncated'],
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA', 'it is truncated'],
  ])('%j', (line, sentence) => {
    expect(() => parseSshPublicKey(line)).toThrow(sentence);
  });

  it('whose line names another type', () => {
    const { publicKey } = makeKey('renamed', ['-t', 'ed25519']);
    expect(() => parseSshPublicKey(publicKey.replace('ssh-ed25519', 'ssh-rsa'))).toThrow(
      'its line says ssh-rsa',
    );
  });
});
