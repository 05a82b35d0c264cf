/**
 * Keys of the people on call in a drill: a passkey each that lives in a file, and an ssh key each where this machine has
 * `ssh-keygen`. The roster has their public halves; the private ones are what a real person has on a device.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseRoster } from '../../signing/roster.ts';
import { createSoftwarePasskey, openSoftwarePasskey, type SoftwarePasskey } from '../software-passkey.ts';
import { cast, drillTeam, drillUsers } from '../world/cast.ts';

export const signingKinds = ['none', 'keys'] as const;
/** Whether people sign with keys of their own, and the hosts require it. */
export type SigningKind = (typeof signingKinds)[number];

export interface KeyHolder {
  /** `team:user`, as a roster names them. */
  readonly id: string;
  readonly name: string;
  readonly passkey: SoftwarePasskey;
  /** Path of the private key; `null` where ssh-keygen is missing. */
  readonly sshKey: string | null;
}

export interface KeyRing {
  /** By their ids in Slack. */
  readonly holders: ReadonlyMap<string, KeyHolder>;
  /** Origin of the page for signing. */
  readonly page: string;
}

const holders = [cast.ana, cast.bo, cast.cy] as const;
const relyingParty = 'localhost';

/** The roster of a drill: one file for the bot and for hosts that are processes of this machine. */
export const rosterOf = (directory: string): string => join(directory, 'people.yaml');

/** Where the page for signing stands; browsers use passkeys on localhost without TLS. */
export const pageOf = (port: number): string => `http://localhost:${port}`;

/** Makes all keys, and the roster of them. */
export function makeKeyRing(directory: string, page: string): void {
  fs.mkdirSync(join(directory, 'people'), { recursive: true, mode: 0o700 });
  const people = holders.map((userId) => {
    const { name } = filesOf(directory, userId);
    const keys = [makePasskey(directory, userId), ...makeSshKey(directory, userId)];
    return { id: `${drillTeam.id}:${userId}`, name, keys };
  });
  const roster = { relyingParty: { id: relyingParty, origins: [page] }, people };
  fs.writeFileSync(rosterOf(directory), stringify(roster), { mode: 0o644 });
}

/** The keys that were made in this directory. AuroraError `roster-invalid` when somebody has spoilt its roster. */
export function openKeyRing(directory: string): KeyRing {
  const file = rosterOf(directory);
  const { relyingParty: party } = parseRoster(fs.readFileSync(file, 'utf8'), file);
  return {
    holders: new Map(holders.map((userId) => [userId, openHolder(directory, userId)])),
    page: party?.origins[0] ?? '',
  };
}

function openHolder(directory: string, userId: string): KeyHolder {
  const { name, passkey, ssh } = filesOf(directory, userId);
  return {
    id: `${drillTeam.id}:${userId}`,
    name,
    passkey: openSoftwarePasskey(createPrivateKey(fs.readFileSync(passkey))),
    sshKey: fs.existsSync(ssh) ? ssh : null,
  };
}

function filesOf(directory: string, userId: string): { name: string; passkey: string; ssh: string } {
  const name = drillUsers.find(({ id }) => id === userId)?.name ?? userId;
  const file = join(directory, 'people', name);
  return { name, passkey: `${file}.passkey.pem`, ssh: file };
}

function makePasskey(directory: string, userId: string): object {
  const { credentialId, publicKey, privateKey } = createSoftwarePasskey();
  const pem = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  fs.writeFileSync(
    filesOf(directory, userId).passkey,
    pem.export({ format: 'pem', type: 'pkcs8' }).toString(),
    {
      mode: 0o600,
    },
  );
  return { name: 'passkey', type: 'passkey', credentialId, publicKey };
}

/** None where ssh-keygen cannot be run: passkeys are enough. */
function makeSshKey(directory: string, userId: string): object[] {
  const { name, ssh } = filesOf(directory, userId);
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', ssh], { stdio: 'ignore' });
  } catch {
    return [];
  }
  return [{ name: 'ssh', type: 'ssh', publicKey: fs.readFileSync(`${ssh}.pub`, 'utf8').trim() }];
}
