/** What ZooKeeper tells of a cluster that runs: its schedulers, their log group, the Mesos masters. It changes nothing. */
import { z } from 'zod';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import { readServerset } from '../zookeeper/read-serverset.ts';
import { openSession, type ZooKeeperSession } from '../zookeeper/session.ts';
import type { Answers, SomeAnswers } from './answers.ts';
import type { Told } from './sources.ts';

type Host = Answers['hosts'][number];

/** Neighbours of the serverset that are searched for the log group: far more than anybody keeps below /aurora. */
const neighboursMax = 50;
const deadlineMs = 5_000;
const replica = /^log-replica\(\d+\)@([^\s:]+:\d{1,5})$/;
const masterInfo = z.object({
  address: z.object({ hostname: z.string().optional(), ip: z.string().optional(), port: z.int() }),
});

interface Place {
  readonly clock: Clock;
  /** IP addresses of a name; none when nobody knows it. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
}

/**
 * Asks for whatever the answers do not have yet. What cannot be found is a note, never an error: the person answers then. It opens
 * one session with each ensemble, for seconds.
 */
export async function lookAround(
  known: SomeAnswers,
  mesos: Told['mesosZooKeeper'],
  place: Place,
): Promise<Told> {
  const notes: string[] = [];
  let answers: SomeAnswers = {};
  const { zookeeper, serversetPath } = known;
  if (zookeeper !== undefined && serversetPath !== undefined) {
    await withSession(zookeeper, place, notes, async (session) => {
      const logGroupPath = known.logGroupPath ?? (await findLogGroup(session, serversetPath));
      if (logGroupPath === undefined) notes.push('No log group was found beside the serverset.');
      const hosts = known.hosts ?? (await findHosts(session, { serversetPath, logGroupPath, place, notes }));
      answers = { logGroupPath, hosts };
    });
  }
  if (known.masters === undefined && mesos !== undefined) {
    await withSession(mesos.servers, place, notes, async (session) => {
      const masters = await findMasters(session, mesos.path);
      if (masters.length === 0) notes.push(`No Mesos master is registered at ${mesos.path}.`);
      else answers = { ...answers, masters };
    });
  }
  return { answers, notes };
}

async function withSession(
  servers: readonly string[],
  { clock }: Place,
  notes: string[],
  work: (session: ZooKeeperSession) => Promise<void>,
): Promise<void> {
  try {
    const session = await openSession({
      servers,
      sessionTimeoutMs: 10_000,
      deadlineMs,
      clock,
      heartbeat: false,
    });
    try {
      await work(session);
    } finally {
      session.close();
    }
  } catch (error) {
    notes.push(`ZooKeeper told nothing: ${messageOf(error)}`);
  }
}

async function findLogGroup(session: ZooKeeperSession, serversetPath: string): Promise<string | undefined> {
  const parent = serversetPath.slice(0, serversetPath.lastIndexOf('/'));
  const neighbours = (await session.children(parent === '' ? '/' : parent)) ?? [];
  for (const name of neighbours.toSorted().slice(0, neighboursMax)) {
    const path = `${parent}/${name}`;
    if ((await replicasOf(session, path)).length > 0) return path;
  }
  return undefined;
}

/** Libprocess addresses under a path, without what is no replica. */
async function replicasOf(session: ZooKeeperSession, path: string): Promise<readonly string[]> {
  const names = ((await session.children(path)) ?? [])
    .filter((name) => /^\d{10}$/.test(name))
    .slice(0, neighboursMax);
  const data = await Promise.all(names.map((name) => session.data(`${path}/${name}`)));
  const found = data.flatMap((bytes) => replica.exec(bytes?.toString('utf8') ?? '')?.[1] ?? []);
  return [...new Set(found)].toSorted();
}

/** Each running scheduler once: its libprocess address from the log group, its name from the election, brought together by DNS. */
async function findHosts(
  session: ZooKeeperSession,
  {
    serversetPath,
    logGroupPath,
    place,
    notes,
  }: { serversetPath: string; logGroupPath: string | undefined; place: Place; notes: string[] },
): Promise<Host[] | undefined> {
  const replicas = logGroupPath === undefined ? [] : await replicasOf(session, logGroupPath);
  const leader = await readServerset(session, serversetPath);
  const names = [...new Set(leader.candidates.map(({ host }) => host))];
  const resolved = await Promise.all(
    names.map(async (name) => ({ name, ips: [name, ...(await place.resolve(name))] })),
  );
  const hosts = replicas.map((libprocess): Host => {
    const ip = libprocess.slice(0, libprocess.lastIndexOf(':'));
    const name = resolved.find(({ ips }) => ips.includes(ip))?.name;
    if (name === undefined)
      notes.push(`No election node names the scheduler at ${ip}: it is called by its address.`);
    return { name: name ?? ip, address: name ?? ip, libprocess };
  });
  if (hosts.length === 0) {
    notes.push('No running scheduler was found.');
    return undefined;
  }
  notes.push(
    `Schedulers that run: ${hosts.map(({ name, libprocess }) => `${name} (${libprocess})`).join(', ')}. One that is stopped is not seen: name all of them.`,
  );
  return withShortNames(hosts);
}

/** `aurora-1` of `aurora-1.example.org`, where that still tells all of them apart. */
function withShortNames(hosts: readonly Host[]): Host[] {
  const short = hosts.map(({ name }) => (/^[\d.]+$/.test(name) ? name : (name.split('.')[0] ?? name)));
  const apart = new Set(short).size === hosts.length;
  return hosts.map((host, index) => ({ ...host, name: (apart ? short[index] : undefined) ?? host.name }));
}

/** mesos.md: `json.info_` and ten digits, each with the address of a master as JSON. */
async function findMasters(session: ZooKeeperSession, path: string): Promise<string[]> {
  const names = ((await session.children(path)) ?? []).filter((name) => name.startsWith('json.info_'));
  const data = await Promise.all(
    names.slice(0, neighboursMax).map((name) => session.data(`${path}/${name}`)),
  );
  const masters = data.flatMap((bytes) => {
    const info = masterInfo.safeParse(parseJson(bytes?.toString('utf8') ?? ''));
    if (!info.success) return [];
    const { hostname, ip, port } = info.data.address;
    return [`http://${hostname ?? ip ?? ''}:${port}`];
  });
  return [...new Set(masters)].toSorted();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
