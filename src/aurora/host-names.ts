/** Names of hosts and `host:port` texts, compared as DNS compares them: without case, and with or without the root's dot. */
import type { Endpoint } from './leader.ts';

export function sameHost(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && sameHost(a.host, b.host);
}

/** Of two `host:port` texts. */
export function sameAddress(a: string, b: string): boolean {
  return sameEndpoint(endpointOf(a), endpointOf(b));
}

/** Host and port of a `host:port` text; an IPv6 address may stand in brackets, which are left out. Without a port it is `NaN`. */
export function endpointOf(address: string): Endpoint {
  const [, host = address, port = 'none'] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function plain(host: string): string {
  return host.replace(/\.$/, '').toLowerCase();
}
