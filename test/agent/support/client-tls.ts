import { readFileSync } from 'node:fs';
import type { ClientTls } from '../../../src/agent/agent-http.ts';
import type { Certificate } from '../../../src/drill/namespaces/certificates.ts';

/** The three texts of a client: whom it trusts, and what it shows. */
export function clientTls(trusted: Certificate, own: Certificate): ClientTls {
  const read = (path: string): string => readFileSync(path, 'utf8');
  return { ca: read(trusted.certPath), cert: read(own.certPath), key: read(own.keyPath) };
}
