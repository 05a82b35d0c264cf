import { AuroraError } from '../aurora/errors.ts';

/**
 * The library's connection string of `host:port` entries, with an optional chroot path behind the last one. Throws
 * AuroraError `zookeeper-address` for what the library would misread: no entry, no port, an IPv6 literal.
 */
export function connectionString(servers: readonly string[]): string {
  const bad = servers.find((server, index) => {
    const last = index === servers.length - 1;
    return !(last ? /^[^\s:/,]+:\d{1,5}(\/[^\s,]*)?$/ : /^[^\s:/,]+:\d{1,5}$/).test(server);
  });
  if (servers.length === 0 || bad !== undefined) {
    throw new AuroraError({
      code: 'zookeeper-address',
      message:
        bad === undefined ? 'No ZooKeeper server is configured.' : `"${bad}" is not a ZooKeeper address.`,
      hint: 'Write each server as host:port, with a name or an IPv4 address.',
    });
  }
  return servers.join(',');
}
