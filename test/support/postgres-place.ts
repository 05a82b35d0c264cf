/** One server for a file of tests, and databases on it as the store takes them. */
import type { PostgresPlace } from '../../src/store/postgres-dialect.ts';
import { type RealPostgres, startRealPostgres } from './postgres.ts';

let server: Promise<RealPostgres> | null = null;

/** For `afterAll` of each file that uses it: files may share this module, and a hook in here would be the first one's alone. */
export async function closeSharedPostgres(): Promise<void> {
  const started = server;
  server = null;
  await (await started)?.close();
}

/** Started by whoever asks first. */
export async function sharedPostgres(): Promise<RealPostgres> {
  server ??= startRealPostgres();
  return await server;
}

/** A new database on the shared server, with a way to ask it beside the store. */
export async function newPostgresPlace(): Promise<{
  place: PostgresPlace;
  ask: (statement: string) => Promise<readonly Record<string, unknown>[]>;
}> {
  const postgres = await sharedPostgres();
  const address = await postgres.newDatabase();
  return {
    place: placeOf(address, postgres),
    ask: async (statement) => await postgres.ask(address, statement),
  };
}

/** A database of a real server, as the store takes it. */
export function placeOf(address: string, { password }: Pick<RealPostgres, 'password'>): PostgresPlace {
  const { hostname, port, username, pathname } = new URL(address);
  return {
    host: hostname,
    port: Number(port),
    user: username,
    database: pathname.slice(1),
    password,
    tls: null,
  };
}
