/**
 * A host of its own on this machine: root file system, processes, network and a real systemd as PID 1, made of namespaces
 * over the machine's own root. It has an address that this machine reaches, survives a power cut with its disk, and is gone
 * with the process that made it, however that ends. Needs root; the machine's /tmp, /dev and kernel settings are left alone.
 */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './test-host.ts';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NamespaceHost {
  /** Of the host, as this machine reaches it. */
  readonly address: string;
  readonly address6: string;
  /** A path of the host as this process may open it. */
  file(path: string): string;
  /** Runs a command on the host to its end. */
  run(...argv: readonly string[]): Promise<Finished>;
  /** The same, and whatever it prints; throws when it fails. */
  ask(...argv: readonly string[]): Promise<string>;
  /** Starts a command on the host that goes on. */
  start(argv: readonly string[]): ChildProcess;
  /** Kills everything at once, as a power cut does; the disk stays. */
  cutPower(): Promise<void>;
  /** Starts it again from its disk. */
  boot(): Promise<void>;
  dispose(): Promise<void>;
}

const script = fileURLToPath(new URL('namespace-host.sh', import.meta.url));
const project = fileURLToPath(new URL('../../..', import.meta.url));

/** Makes a host and boots it; throws a sentence when this user cannot. */
export async function createNamespaceHost(): Promise<NamespaceHost> {
  if (process.getuid?.() !== 0) {
    throw new Error('Tests on real hosts make namespaces and need root: run them as root, on Debian.');
  }
  const base = await mkdtemp(join(tmpdir(), 'aurora-host-'));
  const name = `aurora-host-${randomInt(2 ** 40).toString(36)}`;
  const link = `ah${randomInt(2 ** 32).toString(36)}`;
  const subnet = `10.213.${randomInt(256)}`;
  const quarter = randomInt(64) * 4;
  const network6 = `fd00:${randomInt(65_536).toString(16)}:${randomInt(65_536).toString(16)}`;
  const address = `${subnet}.${quarter + 2}`;
  const address6 = `${network6}::2`;
  const disk = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--mount', 'bash', script, 'disk', base], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await firstLine(disk);
  let machine: ChildProcess | null = null;
  let init = 0;

  const enter = (argv: readonly string[]): string[] => ['-t', String(init), '-a', '-r', '-w', '--', ...argv];
  const run = (...argv: readonly string[]): Promise<Finished> =>
    new Promise((resolve) => {
      execFile('nsenter', enter(argv), { timeout: 30_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });

  const boot = async (): Promise<void> => {
    const group = join(unifiedHierarchy(), name);
    if (!existsSync(group)) mkdirSync(group);
    const namespaces = ['--fork', '--kill-child', '--pid', '--mount', '--cgroup', '--uts', '--ipc', '--net'];
    const argv = ['unshare', ...namespaces, 'bash', script, 'boot', base, project, process.execPath];
    // Into a control group of its own first: that becomes the root of the host's, and two hosts must not share one.
    const intoGroup = ['bash', '-c', 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"', 'bash', group];
    const intoDisk = ['nsenter', '-t', String(disk.pid), '-m', '--'];
    // It complains at the end of every host that it was killed, which it was.
    machine = spawn('setpriv', ['--pdeathsig', 'KILL', ...intoGroup, ...intoDisk, ...argv], {
      stdio: 'ignore',
    });
    const { pid } = machine;
    await until(() => {
      init = Number(readOr(`/proc/${pid}/task/${pid}/children`).trim().split(' ')[0]);
      // Before it has changed its root, a command would run on the machine itself.
      return init > 0 && readOr(`/proc/${init}/comm`) === 'systemd\n' && rootOf(init) === `${base}/root`;
    }, 'the host has its systemd');
    await until(
      async () => /running|degraded/.test((await run('systemctl', 'is-system-running')).stdout),
      'the host is up',
    );
    const ours = `${subnet}.${quarter + 1}/30`;
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(init));
    ip('addr', 'add', ours, 'dev', link);
    ip('-6', 'addr', 'add', `${network6}::1/64`, 'dev', link, 'nodad');
    ip('link', 'set', link, 'up');
    await run('ip', 'addr', 'add', `${address}/30`, 'dev', 'eth0');
    await run('ip', '-6', 'addr', 'add', `${address6}/64`, 'dev', 'eth0', 'nodad');
    await run('ip', 'link', 'set', 'eth0', 'up');
  };

  const cutPower = async (): Promise<void> => {
    if (machine !== null && machine.exitCode === null && machine.signalCode === null) {
      const gone = once(machine, 'exit');
      process.kill(init, 'SIGKILL');
      await gone;
    }
    // Connections that nobody has closed keep the network of the host for a while; its cable is pulled at once.
    spawnSync('ip', ['link', 'del', link]);
  };

  await boot();
  return {
    address,
    address6,
    file: (path) => join(`/proc/${init}/root`, path),
    run,
    ask: async (...argv) => {
      const { code, stdout, stderr } = await run(...argv);
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
      return stdout;
    },
    start: (argv) => spawn('nsenter', enter(argv), { stdio: ['ignore', 'pipe', 'inherit'] }),
    cutPower,
    boot,
    dispose: async () => {
      await cutPower();
      const gone = once(disk, 'exit');
      disk.kill('SIGKILL');
      await gone;
      await rmdir(base);
      await until(
        () => removeGroup(join(unifiedHierarchy(), name)),
        'the control groups of the host are empty',
      );
    },
  };
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function unifiedHierarchy(): string {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((mount) => mount.split(' ')[2] === 'cgroup2');
  if (line === undefined)
    throw new Error('Tests on real hosts need the unified control group hierarchy (cgroup2).');
  return line.split(' ')[1] ?? '';
}

/** `false` while a process that was killed is not yet gone from it. */
function removeGroup(path: string): boolean {
  if (!existsSync(path)) return true;
  const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (!inner.every((entry) => removeGroup(join(path, entry.name)))) return false;
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function rootOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    return '';
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('a process of the host ended before it was ready');
}

/** Writes a file of the host, its directory there already. */
export function writeOn(host: NamespaceHost, path: string, text: string, mode = 0o644): void {
  writeFileSync(host.file(path), text, { mode });
}
