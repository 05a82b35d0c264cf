/** Certificates for one test or drill, made by the code of `aurora-chatops pki`: an authority, and what it issues, as files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority as createPair, issuePair, type KeyPairPem } from '../../pki/issuing.ts';

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Authority extends Certificate {
  issue(
    name: string,
    options: { for: 'server' | 'client'; days?: number; names?: readonly string[] },
  ): Promise<Certificate>;
}

/** A new authority with its files in `directory`. */
export async function createAuthority(directory: string, name: string): Promise<Authority> {
  await mkdir(directory, { recursive: true });
  const authority = await createPair({ subject: name, days: 2, now: Date.now() });
  return {
    ...(await writePair(join(directory, name), authority)),
    issue: async (subject, { for: use, days = 1, names = ['127.0.0.1'] }) => {
      const pair = await issuePair(authority, { subject, use, names, days, now: Date.now() });
      return await writePair(join(directory, `${subject}-${use}-${days}`), pair);
    },
  };
}

async function writePair(path: string, { certificate, key }: KeyPairPem): Promise<Certificate> {
  const files = { certPath: `${path}.pem`, keyPath: `${path}.key` };
  await writeFile(files.certPath, certificate);
  await writeFile(files.keyPath, key, { mode: 0o600 });
  return files;
}
