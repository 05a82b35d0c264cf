/**
 * What PostgreSQL and the way to it say, as sentences with a remedy. SQLSTATEs are those of its appendix A; the driver (pg) has no
 * codes of its own, so its few sentences are known by their words.
 */
import { DatabaseError } from 'pg';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';

/** An AuroraError for what an administrator can mend; the error itself for anything else. `place` names the database. */
export function explainPostgres(error: unknown, place: string): unknown {
  if (error instanceof AuroraError || !(error instanceof Error)) return error;
  const words = error instanceof DatabaseError ? wordsOf(error) : isAboutTls(error) ? untrusted : away;
  if (words === null) return error;
  const [message, hint] = words;
  return new AuroraError({
    code: codes.get(words) ?? 'database-refuses',
    message: `${place} ${message}: ${messageOf(error)}`,
    hint,
    cause: error,
  });
}

/** Nothing more is asked through the connection on which this came: it is gone, or an answer is still on its way. */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof DatabaseError) || /^(08|57P)/.test(error.code ?? '');
}

type Words = readonly [message: string, hint: string];

const away: Words = [
  'does not answer',
  'The bot asks again. Is the server up, and does a firewall let this machine reach it?',
];
const untrusted: Words = [
  'cannot be reached by TLS as `store.tls` asks for it',
  'Give the authority of its certificate as `store.tls.ca`, and the name in it as the host. `mode: disable` is for a server that speaks no TLS.',
];
const unready: Words = [
  'takes no work now',
  'The bot asks again. The log of the server says why; "SELECT * FROM pg_stat_activity" shows what holds it up.',
];

const codes = new Map([
  [away, errorCodes.databaseAway],
  [unready, errorCodes.databaseAway],
  [untrusted, 'database-untrusted'],
]);

/** By the codes of Node's `tls` (X509 errors of OpenSSL), and what pg says of a server without TLS. */
function isAboutTls(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SIGNATURE|ISSUER|^ERR_(TLS|SSL)/.test(code) || /does not support SSL/.test(error.message);
}

function wordsOf({ code = '' }: DatabaseError): Words | null {
  if (code.startsWith('08')) return away;
  // Shutting down or starting, too many connections, deadlock, a lock or statement that took too long.
  if (/^(57P|53300|40|55P03|57014|25P03|57P05)/.test(code)) return unready;
  const known = Object.entries(refusals).find(([start]) => code.startsWith(start));
  return known?.[1] ?? null;
}

const refusals: Readonly<Record<string, Words>> = {
  '28': [
    'does not let this bot in',
    'Check the user in `store.postgres`, its password, and pg_hba.conf of the server.',
  ],
  '3D000': ['is not there', 'Make it with "createdb", owned by the user of the bot.'],
  '42501': ['does not let this user do it', 'The user of the bot must own the database, or its schema.'],
  '25006': ['is read-only', 'It may be a standby: name the primary server in `store.postgres`.'],
  '53100': ['has no room left on its disk', 'Free some on the server, then look again.'],
};
