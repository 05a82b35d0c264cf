/**
 * A host of its own on this machine: root file system, processes, network and a real systemd as PID 1, made of namespaces
 * over the machine's own root. It has an address that this machine reaches, survives a power cut with its disk, and is gone
 * with the process that made it, however that ends. Needs root; the machine's /tmp, /dev and kernel settings are left alone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../agent/package-root.ts';
import { dyingWithUs } from './commands.ts';
import { groupPath, makeGroup, removeGroup } from './control-groups.ts';
import { ownName, removeLeftovers } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { refuseUnlessPossible } from './requirements.ts';
import { waitFor } from './wait-for.ts';

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NamespaceHost {
  /** Of the host, as this machine and its other hosts reach it. */
  readonly address: string;
  readonly address6: string;
  /** A path of the host as this process may open it, while it has power. */
  file(path: string): string;
  /** Pids of a unit's processes as this machine counts them; empty when it does not run. */
  pidsOf(unit: string): readonly number[];
  /** Runs a command on the host to its end. */
  run(...argv: readonly string[]): Promise<Finished>;
  /** The same, and whatever it prints; throws when it fails. */
  ask(...argv: readonly string[]): Promise<string>;
  /** Starts a command on the host that goes on. */
  start(argv: readonly string[]): ChildProcess;
  /** Nothing comes to it or from it any more; what runs on it goes on. */
  cutOff(): void;
  /** It is on the network again. */
  heal(): void;
  /** Kills everything at once, as a power cut does; the disk stays. */
  cutPower(): Promise<void>;
  /** Starts it again from its disk. */
  boot(): Promise<void>;
  dispose(): Promise<void>;
}

interface HostOptions {
  /** Its host name; the machine's own when absent. */
  readonly name?: string;
  /** One of several hosts, at its place; without it the host has a network for itself. */
  readonly plug?: { readonly network: Network; readonly place: number };
  /** Directories of this machine that are directories of the host, by their paths there. */
  readonly directories?: Readonly<Record<string, string>>;
}

const script = join(import.meta.dirname, 'namespace-host.sh');

/** Makes a host and boots it; AuroraError `namespaces-unavailable` when this user or machine cannot. */
export async function createNamespaceHost(options: HostOptions = {}): Promise<NamespaceHost> {
  refuseUnlessPossible();
  removeLeftovers();
  const plug = options.plug ?? { network: await createNetwork(), place: 2 };
  const { network, place } = plug;
  const { ip, ip6 } = network.addressOf(place);
  const base = await mkdtemp(join(tmpdir(), ownName('')));
  const group = groupPath(ownName(randomInt(2 ** 40).toString(36)));
  const binds = Object.entries(options.directories ?? {}).flatMap(([there, here]) => [here, there]);
  const disk = spawnDying(['unshare', '--mount', 'bash', script, 'disk', base], 'pipe');
  const diskGone = once(disk, 'exit');
  await firstLine(disk);
  let machine: { readonly process: ChildProcess; readonly gone: Promise<unknown> } | null = null;
  let init = 0;

  const enter = (argv: readonly string[]): string[] => ['-t', String(init), '-a', '-r', '-w', '--', ...argv];
  const run = (...argv: readonly string[]): Promise<Finished> =>
    new Promise((resolve) => {
      execFile('nsenter', enter(argv), { timeout: 30_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });

  const boot = async (): Promise<void> => {
    makeGroup(group);
    const namespaces = ['--fork', '--kill-child', '--pid', '--mount', '--cgroup', '--uts', '--ipc', '--net'];
    const what = [base, options.name ?? '', packageRoot(), process.execPath, ...binds];
    const argv = ['unshare', ...namespaces, 'bash', script, 'boot', ...what];
    const intoGroup = ['bash', '-c', 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"', 'bash', group];
    const intoDisk = ['nsenter', '-t', String(disk.pid), '-m', '--'];
    // It complains at the end of every host that it was killed, which it was.
    const started = spawnDying([...intoGroup, ...intoDisk, ...argv], 'ignore');
    machine = { process: started, gone: once(started, 'exit') };
    const alive = () => started.exitCode === null && started.signalCode === null;
    await waitFor('the first process of the host', () => {
      if (!alive()) throw new Error('the host ended before it was up');
      init = Number(readOr(`/proc/${started.pid}/task/${started.pid}/children`).trim().split(' ')[0]);
      return init > 0;
    });
    // It waits for its cable before it turns into systemd.
    network.plugIn(place, init);
    await waitFor('the systemd of the host', () => {
      if (!alive()) throw new Error('the host ended before it was up');
      // Before it has changed its root, a command would run on the machine itself.
      return readOr(`/proc/${init}/comm`) === 'systemd\n' && rootOf(init) === `${base}/root`;
    });
    await waitFor('the host to be up', async () =>
      /running|degraded/.test((await run('systemctl', 'is-system-running')).stdout),
    );
  };

  const cutPower = async (): Promise<void> => {
    if (machine !== null && machine.process.exitCode === null && machine.process.signalCode === null) {
      process.kill(init, 'SIGKILL');
      await machine.gone;
    }
    // Connections that nobody has closed keep the network of the host for a while; its cable is pulled at once.
    network.unplug(place);
  };

  const dispose = async (): Promise<void> => {
    await cutPower();
    disk.kill('SIGKILL');
    await diskGone;
    await rmdir(base);
    await waitFor('the control groups of the host to be empty', () => removeGroup(group));
    if (options.plug === undefined) await network.dispose();
  };

  try {
    await boot();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    address: ip,
    address6: ip6,
    file: (path) => join(`/proc/${init}/root`, path),
    pidsOf: (unit) =>
      readOr(join(group, 'system.slice', unit, 'cgroup.procs'))
        .split('\n')
        .filter(Boolean)
        .map(Number),
    run,
    ask: async (...argv) => {
      const { code, stdout, stderr } = await run(...argv);
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`);
      return stdout;
    },
    start: (argv) => spawn('nsenter', enter(argv), { stdio: ['ignore', 'pipe', 'inherit'] }),
    cutOff: () => network.setPort(place, 'down'),
    heal: () => network.setPort(place, 'up'),
    cutPower,
    boot,
    dispose,
  };
}

/** Writes a file of the host, its directory there already. */
export function writeOn(host: NamespaceHost, path: string, text: string, mode = 0o644): void {
  writeFileSync(host.file(path), text, { mode });
}

/** It is gone with this process, and does not hear the Ctrl-C of its terminal. */
function spawnDying(argv: readonly string[], stdout: 'pipe' | 'ignore'): ChildProcess {
  const [program, ...rest] = [...dyingWithUs, ...argv];
  return spawn(program, rest, {
    stdio: ['ignore', stdout, stdout === 'pipe' ? 'inherit' : 'ignore'],
    detached: true,
  });
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
