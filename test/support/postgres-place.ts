import type { PostgresPlace } from '../../src/store/postgres-dialect.ts';

/** A database of a real server, as the store takes it. */
export function placeOf(address: string, { password }: { password: string }): PostgresPlace {
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
