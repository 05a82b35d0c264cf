/** Machines that are not here, as `agent check` judges them. */
import { expect, test } from 'vitest';
import { judgeMachine, type Machine } from '../../../src/agent/check/machine.ts';
import { hasIpv6 } from '../../../src/agent/check/service.ts';

const debian12: Machine = {
  kernel: '6.1.0-26-amd64',
  glibc: '2.36',
  systemd: 252,
  systemdRuns: true,
  tellsMountIds: true,
  unit: 'SystemCallFilter=@system-service\n',
};
const toldOf = (machine: Partial<Machine>, service = 'systemd') =>
  judgeMachine({ ...debian12, ...machine }, service).map(({ level, what }) => `${level}: ${what}`);

test('a machine of today has one line', () => {
  expect(toldOf({})).toEqual(['ok: This machine has Linux 6.1.0-26-amd64, glibc 2.36, systemd 252.']);
});

test('CentOS 7 with the unit for old systemd is fine', () => {
  const centos7 = {
    kernel: '3.10.0-1160.el7.x86_64',
    glibc: '2.28',
    systemd: 219,
    tellsMountIds: false,
    unit: '',
  };

  expect(toldOf(centos7)).toEqual([
    'ok: This machine has Linux 3.10.0-1160.el7.x86_64, glibc 2.28, systemd 219.',
    'ok: This kernel tells no mount ids (Linux 3.15 does): mounts are told by their paths.',
  ]);
});

test('Ubuntu 14.04 is fine with upstart', () => {
  const trusty = { kernel: '3.13.0-170-generic', systemd: null, systemdRuns: false, unit: null };

  expect(toldOf(trusty, 'upstart')).toEqual([
    'ok: This machine has Linux 3.13.0-170-generic, glibc 2.36, no systemd.',
  ]);
});

test.each<[string, Partial<Machine>, string, RegExp]>([
  [
    'a kernel of long ago',
    { kernel: '2.6.32-754.el6' },
    'systemd',
    /^problem: Linux 2\.6\.32-754\.el6 is older than 3\.10/,
  ],
  ['a kernel just too old', { kernel: '3.9.11' }, 'systemd', /^problem: Linux 3\.9\.11 is older/],
  [
    'the unit of today under systemd 237',
    { systemd: 237 },
    'systemd',
    /^problem: systemd 237 does not know @system-service/,
  ],
  [
    'sysvinit under systemd',
    {},
    'sysvinit',
    /^warning: systemd runs this host, and drivers\.service is sysvinit/,
  ],
  [
    'upstart under systemd',
    {},
    'upstart',
    /^warning: systemd runs this host, and drivers\.service is upstart/,
  ],
])('%s is said', (_what, machine, service, expected) => {
  const [, second] = toldOf(machine, service);

  expect(second).toMatch(expected);
});

test.each([
  ['a kernel without IPv6', '', false],
  ['loopback alone', '00000000000000000000000000000001 01 80 10 80       lo\n', false],
  ['a link-local address', 'fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n', true],
  [
    'an interface whose name begins like loopback',
    'fd000000000000000000000000000002 04 40 00 82     lo2\n',
    true,
  ],
])('%s: an IPv6 address that clients could use', (_what, addresses, expected) => {
  expect(hasIpv6(addresses)).toBe(expected);
});
