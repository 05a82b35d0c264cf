/**
 * The directory of an authority: `ca.pem` and `ca.key`, and `NAME.pem` and `NAME.key` of each program. Nothing in it is ever
 * overwritten: what is renewed is kept beside the new one. Files are for their owner alone.
 */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import {
  type CertificateUse,
  createAuthority,
  issueFor,
  issuePair,
  type KeyPairPem,
  readSubject,
  renewAuthority,
} from './issuing.ts';

const authorityName = 'ca';

/** What one certificate of the directory says of itself. */
export interface Held {
  /** The name of its files. */
  readonly name: string;
  /** `null` of the authority. */
  readonly use: CertificateUse | null;
  readonly names: readonly string[];
  /** Unix time in ms. */
  readonly beginsAt: number;
  readonly endsAt: number;
  /** Hex with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
  /** Why it cannot be used as it lies there; `null` when it can. */
  readonly fault: string | null;
}

/** A new authority in a directory that has none; AuroraError `pki-exists` otherwise. */
export async function initAuthority(
  directory: string,
  { name, days, now }: { name: string; days: number; now: number },
): Promise<Held> {
  if (name.length === 0 || name.length > 64) throw wrongName(name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writePair(directory, authorityName, await createAuthority({ subject: name, days, now }));
  return await look(directory, authorityName);
}

/** A key and a certificate under a name that is not taken; AuroraError `pki-exists` when it is. */
export async function issueInto(
  directory: string,
  wanted: { name: string; use: CertificateUse; names: readonly string[]; days: number; now: number },
): Promise<Held> {
  requireName(wanted.name);
  const authority = await readAuthority(directory);
  await writePair(directory, wanted.name, await issuePair(authority, { ...wanted, subject: wanted.name }));
  return await look(directory, wanted.name);
}

/**
 * A certificate with new dates and the names and use of the present one, for its key or for a new one. The present files are kept
 * as `NAME.pem.until-…`. A crash between the two files of a new key leaves a pair that does not fit, which `list` names; renewing
 * again mends it.
 */
export async function renewIn(
  directory: string,
  wanted: { name: string; days: number; newKey: boolean; now: number },
): Promise<Held> {
  const { name, days, newKey, now } = wanted;
  const authority = await readAuthority(directory);
  const replaced = `until-${new Date(now).toISOString().replaceAll(':', '')}`;
  if (name === authorityName) {
    if (newKey) throw newAuthority();
    await replace(directory, `${name}.pem`, await renewAuthority(authority, { days, now }), replaced);
    return await look(directory, name);
  }
  requireName(name);
  const present = await readPem(directory, `${name}.pem`);
  const { cn, use, names } = readSubject(present);
  if (use === null) throw unknownUse(name);
  const about = { subject: cn, use, names, days, now };
  if (newKey) {
    const pair = await issuePair(authority, about);
    await replace(directory, `${name}.key`, pair.key, replaced);
    await replace(directory, `${name}.pem`, pair.certificate, replaced);
  } else {
    await replace(directory, `${name}.pem`, await issueFor(authority, about, present), replaced);
  }
  return await look(directory, name);
}

/** All certificates of the directory, the authority first, then by name. */
export async function listHeld(directory: string): Promise<readonly Held[]> {
  await readAuthority(directory);
  const files = await readdir(directory);
  const names = files.filter((file) => file.endsWith('.pem')).map((file) => file.slice(0, -'.pem'.length));
  const others = names.filter((name) => name !== authorityName).toSorted();
  return await Promise.all([authorityName, ...others].map((name) => look(directory, name)));
}

/** The authority's own pair; AuroraError `pki-missing` when there is none. */
export async function readAuthority(directory: string): Promise<KeyPairPem> {
  return {
    certificate: await readPem(directory, `${authorityName}.pem`),
    key: await readPem(directory, `${authorityName}.key`),
  };
}

async function look(directory: string, name: string): Promise<Held> {
  const pem = await readPem(directory, `${name}.pem`);
  const { use, names, beginsAt, endsAt } = readSubject(pem);
  const certificate = new X509Certificate(pem);
  return {
    name,
    use,
    names,
    beginsAt,
    endsAt,
    fingerprint: certificate.fingerprint256,
    fault: await findFault(directory, name, certificate),
  };
}

/** A certificate without a key beside it is that of an enrolled host, which has its key itself. */
async function findFault(
  directory: string,
  name: string,
  certificate: X509Certificate,
): Promise<string | null> {
  const authority = new X509Certificate(await readPem(directory, `${authorityName}.pem`));
  if (!certificate.verify(authority.publicKey)) return 'it was not issued by the authority of this directory';
  const key = await readFile(join(directory, `${name}.key`), 'utf8').catch(() => null);
  if (key === null) return null;
  try {
    return certificate.checkPrivateKey(createPrivateKey(key)) ? null : `${name}.key is not its key`;
  } catch {
    return `${name}.key is not a key`;
  }
}

async function writePair(directory: string, name: string, pair: KeyPairPem): Promise<void> {
  const key = join(directory, `${name}.key`);
  const certificate = join(directory, `${name}.pem`);
  await writeNew(key, pair.key);
  try {
    await writeNew(certificate, pair.certificate);
  } catch (error) {
    // Ours, made a moment ago, and good for nothing without its certificate.
    await unlink(key);
    throw error;
  }
}

/** Keeps a certificate that a host was given for a key of its own; one of before is kept beside it. */
export async function keepCertificate(
  directory: string,
  { name, certificate, now }: { name: string; certificate: string; now: number },
): Promise<void> {
  requireName(name);
  await replace(
    directory,
    `${name}.pem`,
    certificate,
    `until-${new Date(now).toISOString().replaceAll(':', '')}`,
  );
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new AuroraError({
      code: taken ? 'pki-exists' : 'pki-not-written',
      message: taken ? `${path} is there already; nothing was changed.` : messageOf(cause),
      hint: taken
        ? 'Take another name or directory, or renew what is there: aurora-chatops pki renew.'
        : 'Name a directory that you may write to.',
      cause,
    });
  }
}

/** Puts the new text in the place of the old one, which keeps a name of its own: there is a whole file at every instant. */
async function replace(directory: string, file: string, text: string, suffix: string): Promise<void> {
  const path = join(directory, file);
  const beside = join(directory, `.${file}.${randomBytes(6).toString('hex')}`);
  await writeNew(beside, text);
  try {
    await link(path, `${path}.${suffix}`).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await rename(beside, path);
  } catch (error) {
    await unlink(beside);
    throw error;
  }
}

async function readPem(directory: string, file: string): Promise<string> {
  const path = join(directory, file);
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuroraError({
      code: 'pki-missing',
      message: `${path} cannot be read: ${messageOf(cause)}`,
      hint: file.startsWith(`${authorityName}.`)
        ? 'Make an authority with "aurora-chatops pki init", or name its directory.'
        : '"aurora-chatops pki show" lists what is there.',
      cause,
    });
  });
}

function requireName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || name === authorityName) throw wrongName(name);
}

function wrongName(name: string): AuroraError {
  return new AuroraError({
    code: 'pki-name',
    message: `"${name}" cannot be the name of a certificate.`,
    hint: `Take up to 64 letters, digits, dots, - and _, and not "${authorityName}", which is the authority.`,
  });
}

function newAuthority(): AuroraError {
  return new AuroraError({
    code: 'pki-authority-key',
    message:
      'An authority with another key is another authority, and nothing that this one has issued would be good.',
    hint: 'Renew it without --new-key; after a stolen key make a new one in another directory with "pki init", and issue everything again.',
  });
}

function unknownUse(name: string): AuroraError {
  return new AuroraError({
    code: 'pki-certificate',
    message: `${name}.pem is neither a certificate of an agent nor one of the bot.`,
    hint: 'Renew what "aurora-chatops pki issue" has made.',
  });
}
