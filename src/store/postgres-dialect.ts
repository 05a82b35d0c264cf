/**
 * Kysely over PostgreSQL by `pg`: few connections, each wait with a bound, and none is used again on which something is still under
 * way. What the server or the way to it says comes out as a sentence.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import {
  type PostgresCursor,
  PostgresDialect,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely';
import { type ClientConfig, Pool, type PoolClient, types } from 'pg';
import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import { breaksConnection, explainPostgres } from './postgres-errors.ts';

/** Where a database is, and who comes. */
export interface PostgresPlace {
  /** Of the server, or the directory of its socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  /** `null`: in plain text. `ca`: PEM of who signs the server's certificate, else the authorities that Node knows. */
  readonly tls: { readonly verify: boolean; readonly ca: string | null } | null;
}

const connectionsMax = 8;
const connectMs = 5_000;
/** A server that is started again is back within this time, mostly. */
const patienceMs = 5_000;
const statementMs = 10_000;
/** A bot that stands still in the middle of a transaction holds up the others no longer than this. */
const idleInTransactionMs = 4_000;
/** OID of `bigint` (pg_type.dat); whoever reads a row looks whether a number of JavaScript holds it. */
const bigintOid = 20;

/** As messages name it. */
export function nameOfPlace({ host, port, database }: PostgresPlace): string {
  return `The PostgreSQL database ${database} on ${host}:${port}`;
}

/** For one connection. */
export function connectionTo({ password, tls, ...place }: PostgresPlace): ClientConfig {
  return {
    ...place,
    ...(password !== null && { password }),
    ssl: tls === null ? false : trusting(place.host, tls),
    application_name: 'aurora-chatops',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementMs,
    // Where nothing comes back at all.
    query_timeout: statementMs + 2_000,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    types: {
      getTypeParser: (oid, format) =>
        oid === bigintOid && format !== 'binary' ? Number : types.getTypeParser(oid, format),
    },
  };
}

/** Nothing is asked of the server yet. Without `writes` nothing can be changed through it. */
export function openPostgres(place: PostgresPlace, { writes = true } = {}): PostgresDialect {
  const pool = new Pool({
    ...connectionTo(place),
    max: connectionsMax,
    ...(!writes && { options: '-c default_transaction_read_only=on' }),
  });
  // Of a connection that nobody uses just now; it is gone from the pool, and the next question opens another one.
  pool.on('error', () => undefined);
  return new PostgresDialect({
    pool: {
      connect: async () => new CarefulClient(await connect(pool, place), place),
      end: async () => await pool.end(),
      options: pool.options,
    },
  });
}

async function connect(pool: Pool, place: PostgresPlace): Promise<PoolClient> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      const known = explainPostgres(error, nameOfPlace(place));
      if (!hasCode(known, errorCodes.databaseAway) || performance.now() > until) throw known;
      await pause(200);
    }
  }
}

/** A connection while somebody has it. */
class CarefulClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #place: PostgresPlace;
  #broken = false;
  /** Without a listener, the loss of a connection between two statements would end the process. */
  readonly #lost = () => {
    this.#broken = true;
  };

  constructor(client: PoolClient, place: PostgresPlace) {
    this.#client = client;
    this.#place = place;
    client.on('error', this.#lost);
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    asked: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof asked !== 'string') throw new Error('the store reads no rows by cursor');
    return this.#ask<R>(asked, parameters);
  }

  async #ask<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      const { command, rowCount, rows } = await this.#client.query<R & object>(text, [...parameters]);
      return { command: command as PostgresQueryResult<R>['command'], rowCount: rowCount ?? 0, rows };
    } catch (error) {
      this.#broken ||= breaksConnection(error);
      throw explainPostgres(error, nameOfPlace(this.#place));
    }
  }

  release(discard = false): void {
    this.#client.off('error', this.#lost);
    this.#client.release(this.#broken || discard);
  }
}

function trusting(
  host: string,
  { verify, ca }: NonNullable<PostgresPlace['tls']>,
): ConnectionOptions & { checkServerIdentity?: typeof checkServerIdentity } {
  return {
    rejectUnauthorized: verify,
    ...(ca !== null && { ca }),
    // pg compares with "localhost" where the host is an address.
    ...(verify && { checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) }),
  };
}
