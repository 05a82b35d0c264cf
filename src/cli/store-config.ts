/** Where the bot keeps everything: its own file when nothing is said, or a PostgreSQL database that several bots share. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { PostgresPlace } from '../store/postgres-dialect.ts';
import { openSecretFile } from './secret-file.ts';

const modes = ['disable', 'require', 'verify-full'] as const;

export const storeKeys = z
  .strictObject({
    /** `postgres://user@host:5432/database`; with `?host=/run/postgresql` by the socket in that directory. */
    postgres: z.string().superRefine((text, context) => {
      const why = faultOfAddress(text);
      if (why !== null) context.addIssue({ code: 'custom', message: why });
    }),
    /** File with the password of that user; else `PGPASSWORD` in the environment, or none. */
    passwordFile: z.string().min(1).optional(),
    tls: z
      .strictObject({
        mode: z.enum(modes).default('verify-full'),
        /** PEM file: the authority of the server's certificate. */
        ca: z.string().min(1).optional(),
      })
      .optional(),
  })
  .optional();

export interface StoreConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Absolute. */
  readonly passwordFile: string | null;
  readonly tls: { readonly mode: (typeof modes)[number]; readonly ca: string | null };
}

/** `null`: SQLite. */
export function toStore(
  keys: z.infer<typeof storeKeys>,
  resolved: (file: string) => string,
): StoreConfig | null {
  if (keys === undefined) return null;
  const place = readAddress(keys.postgres);
  const near = place.host.startsWith('/') || isLoopback(place.host);
  return {
    ...place,
    passwordFile: keys.passwordFile === undefined ? null : resolved(keys.passwordFile),
    tls: {
      mode: keys.tls?.mode ?? (near ? 'disable' : 'verify-full'),
      ca: keys.tls?.ca === undefined ? null : resolved(keys.tls.ca),
    },
  };
}

/** With its secrets. AuroraError `config-invalid` when a file cannot be read. */
export async function readPlace(config: StoreConfig, env: NodeJS.ProcessEnv): Promise<PostgresPlace> {
  const { passwordFile, tls, ...place } = config;
  const password =
    passwordFile === null
      ? env['PGPASSWORD']
      : await openSecretFile({ key: 'store.passwordFile', path: passwordFile, form: 'token' })();
  return {
    ...place,
    password: password === undefined || password === '' ? null : password,
    tls:
      tls.mode === 'disable'
        ? null
        : { verify: tls.mode === 'verify-full', ca: tls.ca === null ? null : await readCa(tls.ca) },
  };
}

async function readCa(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuroraError({
      code: 'config-invalid',
      message: `The file of store.tls.ca (${path}) cannot be read: ${messageOf(cause)}`,
      hint: "Name the PEM file with the authority of the database server's certificate.",
      cause,
    });
  });
}

function readAddress(text: string) {
  const { hostname, port, username, pathname, searchParams } = new URL(text);
  return {
    host: searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
  };
}

/** Ends a sentence; `null` when it can be used. The address itself is in no message: it may hold a password. */
function faultOfAddress(text: string): string | null {
  const example = 'write postgres://user@host:5432/database';
  if (!URL.canParse(text)) return `this is not an address; ${example}`;
  const { protocol, password, searchParams, hash } = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(protocol))
    return `it does not begin with postgres://; ${example}`;
  if (password !== '') return 'the password does not belong here; use store.passwordFile or PGPASSWORD';
  const unknown = [...searchParams.keys()].find((key) => key !== 'host');
  if (unknown !== undefined) return `"${unknown}" cannot be said here; TLS is under store.tls`;
  const socket = searchParams.get('host');
  if (socket !== null && !socket.startsWith('/'))
    return 'host is for the directory of a socket, such as /run/postgresql';
  if (hash !== '') return `what follows # cannot be used; ${example}`;
  try {
    const { host, database, user } = readAddress(text);
    if (host === '') return `it names no host; ${example}`;
    if (user === '') return `it names no user; ${example}`;
    if (database === '' || database.includes('/')) return `it names no database; ${example}`;
    return /\p{Cc}/u.test(host + database + user) ? 'it holds a control character' : null;
  } catch {
    return `it has a broken % in it; ${example}`;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
