import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LeaderAnswer } from '../../src/aurora/leader.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { openClusters } from '../../src/cli/cluster-access.ts';
import type { ConfiguredCluster } from '../../src/cli/cluster-config.ts';
import { policy } from '../restore/support/story.ts';
import { startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient } from '../support/zookeeper-client.ts';
import { layOut, memberData } from '../zookeeper/layout.ts';

interface ClustersBench {
  readonly clusters: number;
  /** Resident memory of a process with all of them, each watched. */
  readonly rssMb: number;
  /** The same process before it opened any. */
  readonly rssMbBefore: number;
  /** That the server grants them. */
  readonly sessions: number;
  /** From the answer to whoever changed a leader until it was seen, median and longest. */
  readonly noticedMs: number;
  readonly noticedMsMax: number;
}

/** Opens that many clusters as a bot does, all on one real ZooKeeper, and changes the leader of a hundred of them. */
export async function benchClusters(clusters = 500): Promise<ClustersBench> {
  const server = await startRealZooKeeper();
  const schedulers = await connectClient({ host: server.host, port: server.port, sessionTimeout: 30_000 });
  const changed = Math.min(100, clusters);
  try {
    for (let index = 0; index < clusters; index += 1)
      await layOut(schedulers, pathOf(index), { member_0000000001: memberData('aurora-1') });
    const others = await server.listSessions();
    const child = fork(fileURLToPath(import.meta.url), [server.host, String(server.port), String(clusters)], {
      serialization: 'advanced',
    });
    const next = async () => ((await once(child, 'message')) as [Told])[0];
    const watching = await next();
    if (watching.kind !== 'watching') throw new Error('it was to watch first');
    const sessions = (await server.listSessions()).filter((id) => !others.includes(id)).length;
    const noticed: number[] = [];
    for (let index = 0; index < changed; index += 1) {
      await schedulers.remove(`${pathOf(index)}/member_0000000001`);
      await layOut(schedulers, pathOf(index), { member_0000000002: memberData('aurora-2') });
      const at = Date.now();
      const seen = await next();
      if (seen.kind !== 'leader' || seen.index !== index) throw new Error(`saw ${JSON.stringify(seen)}`);
      noticed.push(seen.at - at);
    }
    child.send('end');
    await once(child, 'exit');
    const { rssMb, rssMbBefore } = watching;
    return {
      clusters,
      rssMb,
      rssMbBefore,
      sessions,
      noticedMs: noticed.toSorted((a, b) => a - b)[Math.floor(changed / 2)] ?? 0,
      noticedMsMax: Math.max(...noticed),
    };
  } finally {
    await schedulers.close();
    await server.close();
  }
}

type Told =
  | { readonly kind: 'watching'; readonly rssMb: number; readonly rssMbBefore: number }
  /** That it is aurora-2 now, by the clock of both. */
  | { readonly kind: 'leader'; readonly index: number; readonly at: number };

/** The bot's side, in a process of its own: memory is counted without server and schedulers. */
async function watchAll(server: string, count: number): Promise<void> {
  const say = (told: Told) => process.send?.(told);
  const rssMb = () => Math.round(process.memoryUsage.rss() / 1e6);
  const rssMbBefore = rssMb();
  const config = {
    agentTls: null,
    clusters: Array.from({ length: count }, (_, index) => cluster(index, server)),
  };
  const clusters = [...openClusters(config, systemClock).values()];
  const first = clusters.map(() => Promise.withResolvers<void>());
  const told = new Set<number>();
  for (const [index, { leader }] of clusters.entries())
    leader.watch(() => {
      void leader.findLeader().then((answer) => {
        if (hostOf(answer) !== null) first[index]?.resolve();
        if (hostOf(answer) !== 'aurora-2' || told.has(index)) return;
        told.add(index);
        say({ kind: 'leader', index, at: Date.now() });
      });
    });
  await Promise.all(first.map(({ promise }) => promise));
  say({ kind: 'watching', rssMb: rssMb(), rssMbBefore });
  await once(process, 'message');
  await Promise.all(clusters.map(({ leader }) => leader.close()));
  process.disconnect();
}

function hostOf(answer: LeaderAnswer): string | null {
  return answer.kind === 'one' ? answer.endpoint.host : null;
}

function pathOf(index: number): string {
  return `/bench/${index}/scheduler`;
}

function cluster(index: number, server: string): ConfiguredCluster {
  const hosts = [1, 2, 3].map((number) => ({
    name: `aurora-${number}`,
    agent: `http://127.0.0.1:${8_000 + number}`,
    advertised: `aurora-${number}`,
    httpPort: 8_081,
    libprocess: `10.0.3.1${number}:8083`,
  }));
  const second = 1_000;
  return {
    name: `c${index}`,
    auroraVersion: '0.22.0',
    channel: 'C1',
    hosts,
    zookeeper: {
      servers: [server],
      serversetPath: pathOf(index),
      logGroupPath: `/bench/${index}/log`,
      sessionTimeoutMs: 10 * second,
      digestCredentials: null,
    },
    mesos: { masters: ['http://127.0.0.1:5050'], credentials: null, tls: null },
    watch: null,
    policy,
    waits: {
      pollMs: second,
      stopGraceMs: second,
      logGroupEmptyMs: second,
      electionMs: second,
      registrationMs: second,
      soakMs: second,
      agentDeadlineMs: second,
    },
  };
}

const [, program, host, port, count] = process.argv;
if (program === fileURLToPath(import.meta.url)) {
  if (host !== undefined && port !== undefined) await watchAll(`${host}:${port}`, Number(count));
  else process.stdout.write(`${JSON.stringify(await benchClusters())}\n`);
}
