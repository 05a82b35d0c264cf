import { constants } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { AgentConfig } from './config.ts';
import { faultOfPair } from './tls-words.ts';

/** Longer than ten round trips to the other side of the world; whoever has said nothing by then is not a bot. */
const handshakeMs = 5_000;

/**
 * TLS 1.3 with a client certificate, or nothing. Sessions are not resumed, so that every connection shows a certificate
 * that is valid now. AuroraError `config-invalid` when a file cannot be read or key and certificate do not belong together.
 */
export async function readServerTls(config: NonNullable<AgentConfig['tls']>): Promise<TlsOptions> {
  const [cert, key, ca] = await Promise.all([
    readPem('tls.cert', config.cert),
    readPem('tls.key', config.key),
    readPem('tls.clientCa', config.clientCa),
  ]);
  const fault = faultOfPair({ cert, key }, { key: 'tls' });
  if (fault !== null) throw new AuroraError({ code: 'config-invalid', ...fault });
  const options: TlsOptions = {
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    handshakeTimeout: handshakeMs,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw invalid(`The TLS files of the configuration cannot be used together: ${messageOf(error)}.`, error);
  }
  return options;
}

async function readPem(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(`The file of ${key} cannot be read: ${messageOf(error)}.`, error);
  }
}

function invalid(message: string, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'config-invalid',
    message,
    hint: 'docs/agent.md shows how to make the certificates; all three files are PEM.',
    cause,
  });
}
