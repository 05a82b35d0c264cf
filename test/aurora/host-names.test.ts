import { describe, expect, it } from 'vitest';
import { endpointOf, sameAddress, sameHost } from '../../src/aurora/host-names.ts';

describe('host names', () => {
  it.each([
    ['aurora-1.example.org', 'Aurora-1.EXAMPLE.org'],
    ['aurora-1.example.org', 'aurora-1.example.org.'],
  ])('%s is %s', (a, b) => {
    expect(sameHost(a, b)).toBe(true);
  });

  it('a name and its beginning are two hosts', () => {
    expect(sameHost('aurora-1', 'aurora-1.example.org')).toBe(false);
  });

  it('an address is a name and a port', () => {
    expect(sameAddress('ZK-1:2181', 'zk-1:2181')).toBe(true);
    expect(sameAddress('zk-1:2181', 'zk-1:2182')).toBe(false);
  });

  it('takes an IPv6 address out of its brackets', () => {
    expect(endpointOf('[::1]:8082')).toEqual({ host: '::1', port: 8082 });
  });

  it('a text without a port has none', () => {
    expect(endpointOf('zk-1')).toEqual({ host: 'zk-1', port: Number.NaN });
  });
});
