import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Debian package the tests run, and the file whose presence says it is there. */
interface DebianPackage {
  readonly name: string;
  readonly file: string;
}

/** ZooKeeper's server is in the library package; its `zookeeper` package would add a whole desktop Java. */
const needed: readonly DebianPackage[] = [
  { name: 'libzookeeper-java', file: '/usr/share/java/zookeeper.jar' },
  { name: 'default-jre-headless', file: '/usr/bin/java' },
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'openssl', file: '/usr/bin/openssl' },
  { name: 'openssh-client', file: '/usr/bin/ssh-keygen' },
  { name: 'systemd', file: '/usr/lib/systemd/systemd' },
  { name: 'supervisor', file: '/usr/bin/supervisord' },
  { name: 'nftables', file: '/usr/sbin/nft' },
  { name: 'iptables', file: '/usr/sbin/iptables-legacy' },
  { name: 'iproute2', file: '/usr/bin/ip' },
  // Of whichever version Debian has: the server itself lies below its number.
  { name: 'postgresql', file: '/usr/share/doc/postgresql/copyright' },
];

/**
 * Checks Prometheus's rules. The package would add 94 MB and a server that starts at once; its one program is 47 MB and needs nothing
 * but the C library.
 */
export const promtool = '/usr/local/bin/promtool';

/** Takes it out of Debian's package where it is missing. Throws `MissingPackages` as `installDebianPackages`. */
export function unpackPromtool(say: (line: string) => void): void {
  if (existsSync(promtool)) return;
  say('Taking promtool out of the Debian package prometheus');
  const directory = mkdtempSync(join(tmpdir(), 'aurora-promtool-'));
  try {
    chmodSync(directory, 0o755);
    execFileSync('apt-get', ['download', '-qq', 'prometheus'], {
      cwd: directory,
      stdio: 'pipe',
      timeout: minutes(5),
    });
    const [archive = ''] = readdirSync(directory);
    execFileSync('dpkg-deb', ['--extract', archive, 'unpacked'], { cwd: directory, timeout: minutes(2) });
    copyFileSync(join(directory, 'unpacked/usr/bin/promtool'), promtool);
    chmodSync(promtool, 0o755);
  } catch (cause) {
    throw new MissingPackages(
      `The tests need promtool, and it could not be taken out of the Debian package prometheus: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const minutes = (count: number): number => count * 60_000;

/** What the bench compares decoding with: Thrift's compiler, and its library for Python. */
export const thriftPeers: readonly DebianPackage[] = [
  { name: 'thrift-compiler', file: '/usr/bin/thrift' },
  { name: 'python3-thrift', file: '/usr/lib/python3/dist-packages/thrift' },
];

/** What could not be installed, as a sentence for whoever ran the tests. */
export class MissingPackages extends Error {}

/**
 * Installs what is missing with apt-get; does nothing when all is there. Says in one line what it is about to do.
 * Throws `MissingPackages` when this user or this machine cannot.
 */
export function installDebianPackages(
  say: (line: string) => void,
  packages: readonly DebianPackage[] = needed,
): void {
  const missing = packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;
  const byHand = `Run "apt-get install --no-install-recommends ${missing.join(' ')}" as root, then try again.`;
  const needs = `The tests need the Debian package${missing.length === 1 ? '' : 's'} ${missing.join(', ')}`;
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    throw new MissingPackages(`${needs}, and this machine has no apt-get. ${byHand}`);
  }
  if (process.getuid?.() !== 0) throw new MissingPackages(`${needs}, and only root can install. ${byHand}`);
  say(`Installing Debian packages the tests need: ${missing.join(', ')}`);
  try {
    aptGet(['update', '-qq']);
    aptGet(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new MissingPackages(`${needs}, and apt-get could not install: ${output.slice(-500)}\n${byHand}`, {
      cause,
    });
  }
}

function aptGet(args: readonly string[]): void {
  execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10 * 60_000,
  });
}
