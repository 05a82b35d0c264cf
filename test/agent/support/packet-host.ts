/**
 * A host that is a network and nothing else: a network namespace that this machine reaches over a cable, with the scheduler's two ports
 * open on IPv4 and IPv6, and programs that change its packet filter. Needs root.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOutcome, runCommand } from '../../../src/agent/run-command.ts';
import { dyingWithUs } from '../../../src/drill/namespaces/commands.ts';
import { createNetwork } from '../../../src/drill/namespaces/network.ts';

export interface PacketHost {
  readonly address: string;
  readonly address6: string;
  /** A directory with the programs of the host, and room for a test's own. */
  readonly programs: string;
  /** Runs a program in the network of the host; throws when it fails. */
  ask(...argv: readonly string[]): Promise<string>;
  run(...argv: readonly string[]): Promise<CommandOutcome>;
  /** The body of a script that runs `program` in the network of the host with the script's own arguments. */
  inside(program: string): string;
  connect(port: number, address?: string): Promise<Socket>;
  /** `connected`, or the code of the failure. */
  reach(address: string, port: number): Promise<string>;
  dispose(): Promise<void>;
}

const listening = `for (const port of [8081, 8083]) {
  require('node:net').createServer((socket) => socket.on('error', () => {}).on('data', () => {})).listen(port, '::', () => console.log(port));
}`;

const names = ['nft', ...['iptables', 'ip6tables'].flatMap((name) => [`${name}-legacy`, `${name}-nft`])];

export async function createPacketHost(): Promise<PacketHost> {
  const network = await createNetwork();
  const [program, ...options] = dyingWithUs;
  // The listeners are the host: its network ends with them.
  const argv = [...options, 'unshare', '--net', process.execPath, '-e', listening];
  const host = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  for (let said = ''; ![8081, 8083].every((port) => said.includes(String(port))); ) {
    const [chunk] = (await once(host.stdout, 'data')) as [Buffer];
    said += chunk.toString();
  }
  network.plugIn(2, host.pid ?? 0);
  const { ip, ip6 } = network.addressOf(2);
  const programs = await mkdtemp(join(tmpdir(), 'aurora-packets-'));
  const enter = ['/usr/bin/nsenter', '-t', String(host.pid), '-n'];
  const inside = (name: string): string => `${enter.join(' ')} ${name} "$@"`;
  for (const name of names.flatMap((each) =>
    each === 'nft' ? [each] : [each, `${each}-save`, `${each}-restore`],
  )) {
    await writeFile(join(programs, name), `#!/bin/sh\nexec ${inside(`/usr/sbin/${name}`)}\n`);
    await chmod(join(programs, name), 0o755);
  }
  const run = (...words: readonly string[]) => runCommand({ argv: [...enter, ...words], timeoutMs: 30_000 });
  const open = (port: number, address = ip): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, timeout: 5_000 });
      socket.once('connect', () => resolve(socket));
      socket.once('timeout', () => reject(new Error('silent')));
      socket.once('error', reject);
    });
  return {
    address: ip,
    address6: ip6,
    programs,
    run,
    inside,
    ask: async (...words) => {
      const { exitCode, stdout, stderr } = await run(...words);
      if (exitCode !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
      return stdout;
    },
    connect: open,
    reach: (address, port) =>
      open(port, address).then(
        (socket) => {
          socket.destroy();
          return 'connected';
        },
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
      ),
    dispose: async () => {
      const gone = once(host, 'exit');
      host.kill('SIGKILL');
      await gone;
      await network.dispose();
      await rm(programs, { recursive: true, force: true });
    },
  };
}
