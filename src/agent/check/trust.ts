import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parsePublicKey } from '../grants.ts';
import type { OperationTools } from '../operations/operation.ts';
import { readServerTls } from '../server-tls.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const dayMs = 24 * 3_600_000;
const soonDays = 30;
/** Extended key usage of a server (RFC 5280). */
const serverUse = '1.3.6.1.5.5.7.3.1';

/** Keys of the bot, and certificates of both sides. */
export async function checkTrust({ config, clock }: OperationTools): Promise<readonly Finding[]> {
  for (const key of config.trust.publicKeys) parsePublicKey(key);
  const keys = ok(`Grants are taken from ${config.trust.publicKeys.length} key(s) of the bot.`);
  if (config.tls === undefined) {
    return [
      keys,
      warning(
        'The agent speaks without TLS, so only a bot on this machine reaches it.',
        'Set tls and listen in the configuration of the agent; docs/agent.md shows how to make certificates.',
      ),
    ];
  }
  await readServerTls(config.tls);
  const own = new X509Certificate(await readFile(config.tls.cert));
  const authority = new X509Certificate(await readFile(config.tls.clientCa));
  return [
    keys,
    ...checkValidity('tls.cert', own, clock.now()),
    ...checkValidity('tls.clientCa', authority, clock.now()),
    ...checkUse(own),
  ];
}

function checkValidity(key: string, certificate: X509Certificate, now: number): readonly Finding[] {
  const days = Math.floor((Date.parse(certificate.validTo) - now) / dayMs);
  const hint = 'Issue a new one and start the agent again.';
  if (Date.parse(certificate.validFrom) > now)
    return [problem(`The certificate of ${key} is not valid yet.`, hint)];
  if (days < 0) return [problem(`The certificate of ${key} has expired.`, hint)];
  if (days < soonDays) return [warning(`The certificate of ${key} expires in ${days} day(s).`, hint)];
  return [ok(`The certificate of ${key} is valid for ${days} days.`)];
}

/** Node's clients refuse a certificate that names other uses only. */
function checkUse(own: X509Certificate): readonly Finding[] {
  const uses: readonly string[] | undefined = own.keyUsage;
  if (uses === undefined || uses.includes(serverUse)) return [];
  return [
    problem(
      'The certificate of tls.cert is not meant for servers.',
      'Issue it with extendedKeyUsage=serverAuth.',
    ),
  ];
}
