/**
 * Looked at from inside, before anything is started: a place out of which nothing can be reached. Who set it up is not believed.
 * The look is the whole of it: what is not named here (a socket file outside /run and /tmp that everybody may write) is not kept away.
 */
import { access, constants, readdir, readFile, readlink } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Job } from './job.ts';

/** Where an account may write on a usual host, and must not here. */
const ordinaryPlaces = [
  '/',
  '/etc',
  '/home',
  '/opt',
  '/run',
  '/srv',
  '/usr',
  '/var',
  '/var/lib',
  '/var/log',
  '/var/tmp',
  '/dev/shm',
];
const capabilityLines = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/** Everything that is wrong with the place, as sentences; empty when the job may be done in it. */
export async function faultsOfPlace(place: Job['place']): Promise<readonly string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  return [
    ...(await networkFaults(place.hostNetwork)),
    ...accountFaults(status, place),
    ...(await descriptorFaults()),
    ...(await fileFaults(place)),
  ];
}

async function networkFaults(hostNetwork: string): Promise<string[]> {
  const [own, routes, routes6] = await Promise.all([
    readlink('/proc/self/ns/net'),
    readFile('/proc/net/route', 'utf8'),
    readFile('/proc/net/ipv6_route', 'utf8').catch(() => ''),
  ]);
  const addresses = Object.values(networkInterfaces()).flatMap((found = []) => found);
  const foreign = addresses.filter(({ address, internal }) => !internal || !/^(127\.|::1$)/.test(address));
  return [
    ...(own === hostNetwork ? ['It is in the network of the host.'] : []),
    ...(addresses.length === 0 ? ['It has no loopback address.'] : []),
    ...foreign.map(({ address }) => `It has the address ${address}.`),
    ...(linesOf(routes).length > 1 ? ['It has a route out of it.'] : []),
    ...(linesOf(routes6).some((line) => line.trim().split(/\s+/).at(-1) !== 'lo')
      ? ['It has an IPv6 route out of it.']
      : []),
  ];
}

function accountFaults(status: string, { uid, gid }: Job['place']): string[] {
  const fields = new Map(
    linesOf(status).map((line) => {
      const [name = '', value = ''] = line.split(':');
      return [name, value.trim()] as const;
    }),
  );
  const isAll = (name: string, wanted: number): boolean =>
    (fields.get(name) ?? '').split(/\s+/).every((value) => value === String(wanted));
  const powers = capabilityLines.filter((name) => !/^0+$/.test(fields.get(name) ?? ''));
  return [
    ...(isAll('Uid', uid) ? [] : [`It runs as ${fields.get('Uid') ?? 'an unknown account'}, not as ${uid}.`]),
    ...(isAll('Gid', gid) ? [] : [`Its group is ${fields.get('Gid') ?? 'unknown'}, not ${gid}.`]),
    ...((fields.get('Groups') ?? '').split(/\s+/).includes('0') ? ["It is in root's group."] : []),
    ...powers.map((name) => `It has capabilities (${name} ${fields.get(name) ?? 'unknown'}).`),
    ...(fields.get('NoNewPrivs') === '1' ? [] : ['It could gain privileges (NoNewPrivs is not set).']),
  ];
}

/** Input, output and complaints are a pipe and files; what Node opens for itself leads nowhere. */
async function descriptorFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const name of await readdir('/proc/self/fd')) {
    const target = await readlink(`/proc/self/fd/${name}`).catch(() => null);
    // The descriptor of this very look is gone by now.
    if (target === null) continue;
    const fine = Number(name) <= 2 ? !target.startsWith('socket:') : isOwn(target);
    if (!fine) faults.push(`It has ${target} open (descriptor ${name}).`);
  }
  return faults;
}

function isOwn(target: string): boolean {
  return /^(anon_inode:|pipe:|\/dev\/(null|urandom)$|\/proc\/)/.test(target);
}

async function fileFaults({ hidden, scratch }: Job['place']): Promise<string[]> {
  const writable = [...ordinaryPlaces, ...hidden].filter((path) => path !== scratch);
  const faults = await Promise.all([
    ...hidden.map(async (path) => ((await isClosed(path)) ? [] : [`${path} is in reach.`])),
    ...writable.map(async (path) =>
      (await allows(path, constants.W_OK)) ? [`${path} can be written.`] : [],
    ),
    allows(scratch, constants.W_OK).then((may) => (may ? [] : [`${scratch} cannot be written.`])),
    isTemporary(scratch).then((is) => (is ? [] : [`${scratch} is not a temporary file system of its own.`])),
  ]);
  return faults.flat();
}

/** Not there, not readable, or an empty directory in its place. */
async function isClosed(path: string): Promise<boolean> {
  const names = await readdir(path).catch((error: unknown) =>
    error instanceof Error && 'code' in error && error.code === 'ENOTDIR' ? [path] : [],
  );
  return names.length === 0;
}

/** Nothing is in it but the way to this program, where that lies below it. */
async function isTemporary(path: string): Promise<boolean> {
  const mounts = linesOf(await readFile('/proc/self/mounts', 'utf8')).map((line) => line.split(' '));
  const last = mounts.filter(([, at]) => at === path).at(-1);
  const names = await readdir(path).catch(() => ['?']);
  return (
    last?.[2] === 'tmpfs' && names.every((name) => `${packageRoot()}/`.startsWith(`${join(path, name)}/`))
  );
}

function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
