/**
 * A network for hosts made of namespaces: a switch (a bridge in a network namespace of its own), this machine with one leg
 * in it, and one leg for each host. It hangs on one process: when that ends, the kernel takes the bridge and every
 * cable away, whatever else happened.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { dyingWithUs, runHere } from './commands.ts';
import { waitFor } from './wait-for.ts';

export interface Network {
  /** Of this machine, as the hosts reach it. */
  readonly address: string;
  /** Of the host at a place, from 2 to 200. */
  addressOf(place: number): { readonly ip: string; readonly ip6: string };
  /** Gives the network namespace of a process its `eth0`, with the addresses of the place. */
  plugIn(place: number, pid: number): void;
  /** Takes the cable away; nothing happens when there is none. */
  unplug(place: number): void;
  /** The port of the switch goes down, or up again: the cable stays where it is. */
  setPort(place: number, state: 'up' | 'down'): void;
  dispose(): Promise<void>;
}

/**
 * Makes one that no other interface of this machine is in. Needs root; AuroraError `namespaces-unavailable` when the kernel
 * has no bridges or no veth.
 */
export async function createNetwork(): Promise<Network> {
  const device = spawn(dyingWithUs[0], [...dyingWithUs.slice(1), 'unshare', '--net', 'sleep', 'infinity'], {
    stdio: 'ignore',
    detached: true,
  });
  const gone = once(device, 'exit');
  // Fifteen characters at most; whoever finds it can tell whose it is.
  const ours = `ad${process.pid.toString(36)}x${randomInt(2 ** 24).toString(36)}`;
  const dispose = async (): Promise<void> => {
    device.kill('SIGKILL');
    await gone;
    // The kernel would do it, later.
    spawnSync('ip', ['link', 'del', ours], { stdio: 'ignore' });
  };
  try {
    return { ...(await wire(device, ours)), dispose };
  } catch (cause) {
    await dispose();
    throw new AuroraError({
      code: 'namespaces-unavailable',
      message: `No network for the hosts can be made on this machine: ${messageOf(cause)}`,
      hint: 'The kernel needs bridges and veth (modprobe bridge veth); or leave --hosts out.',
      cause,
    });
  }
}

async function wire(device: ChildProcess, ours: string): Promise<Omit<Network, 'dispose'>> {
  const subnet = freeSubnet();
  const network6 = `fd00:${hex(65_536)}:${hex(65_536)}`;
  const pid = String(device.pid);
  const own = networkOf('self');
  await waitFor('a network of its own', () => {
    if (device.exitCode !== null) throw new Error('the switch of the hosts ended before it was ready');
    return !['', own].includes(networkOf(pid));
  });
  const inSwitch = (...args: string[]): string => runHere('nsenter', '-t', pid, '-n', 'ip', ...args);
  const port = (place: number): string => `port${place}`;
  const addressOf = (place: number) => ({
    ip: `${subnet}.${place}`,
    ip6: `${network6}::${place.toString(16)}`,
  });

  inSwitch('link', 'add', 'br0', 'type', 'bridge');
  inSwitch('link', 'set', 'br0', 'up');
  runHere('ip', 'link', 'add', ours, 'type', 'veth', 'peer', 'name', 'port0', 'netns', pid);
  inSwitch('link', 'set', 'port0', 'master', 'br0', 'up');
  runHere('ip', 'addr', 'add', `${subnet}.1/24`, 'dev', ours);
  runHere('ip', '-6', 'addr', 'add', `${network6}::1/64`, 'dev', ours, 'nodad');
  runHere('ip', 'link', 'set', ours, 'up');

  return {
    address: `${subnet}.1`,
    addressOf,
    plugIn: (place, host) => {
      const { ip, ip6 } = addressOf(place);
      // The same card after each boot: who has talked to the host need not look for it anew.
      const card = `02:00:0a:d5:${Number(subnet.split('.')[2]).toString(16)}:${place.toString(16)}`;
      const onHost = (...args: string[]) => runHere('nsenter', '-t', String(host), '-n', 'ip', ...args);
      const peer = ['peer', 'name', 'eth0', 'address', card, 'netns', String(host)];
      inSwitch('link', 'add', port(place), 'type', 'veth', ...peer);
      inSwitch('link', 'set', port(place), 'master', 'br0', 'up');
      onHost('link', 'set', 'lo', 'up');
      onHost('-6', 'addr', 'add', `${ip6}/64`, 'dev', 'eth0', 'nodad');
      onHost('link', 'set', 'eth0', 'up');
      onHost('addr', 'add', `${ip}/24`, 'dev', 'eth0');
    },
    unplug: (place) => {
      // The kernel takes it away with the network of the host, at a time of its own.
      spawnSync('nsenter', ['-t', pid, '-n', 'ip', 'link', 'del', port(place)], { stdio: 'ignore' });
    },
    setPort: (place, state) => {
      inSwitch('link', 'set', port(place), state);
    },
  };
}

function freeSubnet(): string {
  const taken = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address.slice(0, address.lastIndexOf('.'))),
  );
  const free = Array.from({ length: 256 }, (_, third) => `10.213.${third}`).filter(
    (subnet) => !taken.includes(subnet),
  );
  const subnet = free[randomInt(Math.max(1, free.length))];
  if (subnet === undefined) throw new Error('every network of 10.213.0.0/16 is taken');
  return subnet;
}

function networkOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}

const hex = (below: number): string => randomInt(below).toString(16);
