/** What this machine must have for hosts made of namespaces, said before anything is made. */
import { existsSync } from 'node:fs';
import { AuroraError } from '../../aurora/errors.ts';
import { unifiedHierarchy } from './control-groups.ts';

interface Requirement {
  /** Any of them will do. */
  readonly files: readonly string[];
  /** Debian's name. */
  readonly packageName: string;
}

const requirements: readonly Requirement[] = [
  { files: ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'], packageName: 'systemd' },
  { files: ['/usr/bin/unshare'], packageName: 'util-linux' },
  { files: ['/usr/bin/nsenter'], packageName: 'util-linux' },
  { files: ['/usr/bin/setpriv'], packageName: 'util-linux' },
  { files: ['/usr/sbin/runuser', '/sbin/runuser'], packageName: 'util-linux' },
  { files: ['/usr/sbin/nft'], packageName: 'nftables' },
  { files: ['/usr/sbin/ip', '/usr/bin/ip', '/sbin/ip'], packageName: 'iproute2' },
];

/** What the machine looks like to a check: passed in where a test has another one. */
interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  readonly exists: (path: string) => boolean;
  readonly hasCgroup2: () => boolean;
}

const thisMachine = (): Machine => ({
  platform: process.platform,
  uid: process.getuid?.(),
  exists: existsSync,
  hasCgroup2: () => unifiedHierarchy() !== null,
});

/** Throws AuroraError `namespaces-unavailable` with everything that is missing; does nothing when nothing is. */
export function refuseUnlessPossible(machine: Machine = thisMachine()): void {
  if (machine.platform !== 'linux') {
    throw unavailable(
      `Hosts made of namespaces need Linux, and this is ${machine.platform}.`,
      'Leave --hosts out: the hosts are then processes of this machine.',
    );
  }
  if (machine.uid !== 0) {
    throw unavailable(
      'Hosts made of namespaces need root: each has processes, files, a network and a systemd of its own.',
      'Run it as root, or leave --hosts out: the hosts are then processes of this machine.',
    );
  }
  const missing = requirements.filter(({ files }) => !files.some(machine.exists));
  if (missing.length > 0) {
    const programs = missing.map(({ files }) => files[0]?.split('/').at(-1)).join(', ');
    const packages = [...new Set(missing.map(({ packageName }) => packageName))].join(' ');
    throw unavailable(
      `Hosts made of namespaces need ${programs}, and this machine does not have ${missing.length === 1 ? 'it' : 'them'}.`,
      `Run "apt-get install --no-install-recommends ${packages}"; in a clone "npm run pretest" (test/setup.ts) installs them.`,
    );
  }
  if (!machine.hasCgroup2()) {
    throw unavailable(
      'Hosts made of namespaces need the unified control group hierarchy (cgroup2), and it is not mounted.',
      'Mount it ("mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified"), or leave --hosts out.',
    );
  }
}

function unavailable(message: string, hint: string): AuroraError {
  return new AuroraError({ code: 'namespaces-unavailable', message, hint });
}
