/** Certificates as an administrator makes them, with openssl, for one test: an authority, and what it issues. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientTls } from '../../agent/agent-http.ts';

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Authority extends Certificate {
  issue(name: string, options: { for: 'server' | 'client'; days?: number; names?: string }): Certificate;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A new authority with its files in `directory`. */
export function createAuthority(directory: string, name: string): Authority {
  mkdirSync(directory, { recursive: true });
  const at = (file: string): string => join(directory, file);
  const certPath = at(`${name}.pem`);
  const keyPath = at(`${name}.key`);
  openssl(
    'req',
    '-x509',
    ...curve,
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
    '-keyout',
    keyPath,
    '-out',
    certPath,
  );
  return {
    certPath,
    keyPath,
    issue: (subject, { for: use, days = 1, names = 'IP:127.0.0.1' }) => {
      const file = `${subject}-${use}-${days}`;
      const request = at(`${file}.csr`);
      const extensions = at(`${file}.ext`);
      const issued = { certPath: at(`${file}.pem`), keyPath: at(`${file}.key`) };
      openssl('req', ...curve, '-subj', `/CN=${subject}`, '-keyout', issued.keyPath, '-out', request);
      writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=${use}Auth\n`);
      const validity = ['-days', String(days), '-CAcreateserial', '-extfile', extensions];
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        certPath,
        '-CAkey',
        keyPath,
        ...validity,
        '-out',
        issued.certPath,
      );
      return issued;
    },
  };
}

/** The three texts of a client: whom it trusts, and what it shows. */
export function clientTls(trusted: Certificate, own: Certificate): ClientTls {
  const read = (path: string): string => readFileSync(path, 'utf8');
  return { ca: read(trusted.certPath), cert: read(own.certPath), key: read(own.keyPath) };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
