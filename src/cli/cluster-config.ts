/** One cluster in the configuration of the bot: its keys, what they come to, and what no single one of them can tell. */
import { z } from 'zod';
import type { Cluster } from '../aurora/cluster.ts';
import { normalPath } from '../aurora/paths.ts';
import { isKnownRelease } from '../aurora/releases.ts';
import { hasRecoveryTool } from '../restore/procedures/choose.ts';
import { durationKey as duration } from './duration.ts';
import { distrustMasters, type MesosFiles, mesosFiles, mesosKeys } from './mesos-keys.ts';
import { twice } from './twice.ts';
import { toWatch, type WatchConfig, watchKeys } from './watch-config.ts';

const hostPort = z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port');
/** ZooKeeper itself takes neither `//`, `.`, `..` nor a slash at the end. */
const zkPath = z
  .string()
  .regex(/^(\/[^/\s]*)+$/, 'must be an absolute ZooKeeper path such as /aurora/scheduler')
  .transform(normalPath)
  .refine((path) => path !== '/', 'must name a node below the root');

const slackGroup = z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD');
const slackChannel = z.string().regex(/^[CG][A-Z0-9]+$/, 'must be a Slack channel id such as C012AB3CD');

const policySchema = z.strictObject({
  approvers: z
    .array(z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD'))
    .default([]),
  approverGroups: z.array(slackGroup).default([]),
  stopSigners: z.int().min(1).max(10).default(1),
  commitSigners: z.int().min(2, 'a commit needs at least two people').max(10).default(2),
  requesterCounts: z.boolean().default(true),
  signOffTtl: duration.default(30 * 60_000),
  commitWindow: duration.default(15 * 60_000),
  oldBackup: duration.default(4 * 3_600_000),
  secondLook: duration.default(30 * 60_000),
  grace: duration.default(10 * 60_000),
  release: z.enum(['people', 'time']).default('people'),
  reconciliation: z.enum(['trigger', 'timers']).default('trigger'),
  signatures: z.enum(['observe', 'require']).optional(),
  lookTraffic: z.enum(['shut', 'allow']).optional(),
  /** Who is called, and where, when nobody has answered for that long. */
  escalation: z
    .strictObject({
      after: duration.refine((ms) => ms >= 60_000, 'must be at least 1m'),
      group: slackGroup.exactOptional(),
      channel: slackChannel.exactOptional(),
    })
    .refine(
      ({ group, channel }) => group !== undefined || channel !== undefined,
      'needs a group, a channel, or both',
    )
    .optional(),
  /** By role, who owns its jobs. */
  owners: z
    .record(
      z.string().min(1).max(100),
      z.string().regex(/^[UWS][A-Z0-9]+$/, 'must be a Slack user or user group id'),
    )
    .refine((owners) => Object.keys(owners).length <= 500, 'has room for 500 roles')
    .optional(),
});

const waitsSchema = z.strictObject({
  poll: duration.default(1_000),
  stopGrace: duration.default(30_000),
  logGroupEmpty: duration.default(60_000),
  election: duration.default(5 * 60_000),
  registration: duration.default(3 * 60_000),
  soak: duration.default(10 * 60_000),
  agentDeadline: duration.default(2 * 60_000),
});

export const clusterSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, 'must be a short name of letters, digits, - and _'),
  auroraVersion: z.string().refine(isKnownRelease, 'must be a release of Aurora such as 0.22.0'),
  channel: slackChannel,
  zookeeper: z.strictObject({
    servers: z.array(hostPort).min(1),
    serversetPath: zkPath,
    logGroupPath: zkPath,
    sessionTimeout: duration.default(10_000),
    /** A file with `user:password`, as in -zk_digest_credentials. */
    digestCredentials: z.string().min(1).optional(),
  }),
  mesos: mesosKeys,
  hosts: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/, 'must be a host name'),
        agent: z.url(),
        advertised: z.string().min(1),
        httpPort: z.int().min(1).max(65_535),
        libprocess: hostPort,
      }),
    )
    .min(1)
    .max(9),
  /** What restores use unless the form says otherwise. */
  procedure: z.enum(['staged', 'recovery-tool']).exactOptional(),
  policy: policySchema,
  /** What people open in a browser to look for themselves. */
  pages: z
    .strictObject({
      scheduler: z.url({ protocol: /^https?$/ }).exactOptional(),
      mesos: z.url({ protocol: /^https?$/ }).exactOptional(),
    })
    .exactOptional(),
  waits: waitsSchema.default(() => waitsSchema.parse({})),
  watch: watchKeys,
});

/** A cluster with what only its connections need; all paths are absolute. */
export type ConfiguredCluster = Cluster & {
  readonly zookeeper: { readonly sessionTimeoutMs: number; readonly digestCredentials: string | null };
  readonly mesos: MesosFiles;
  /** `null` where nothing is watched. */
  readonly watch: WatchConfig | null;
};

type ClusterInput = z.infer<typeof clusterSchema>;

/** `resolved` makes a path of a file absolute. */
export function toCluster(input: ClusterInput, resolved: (file: string) => string): ConfiguredCluster {
  const { policy, waits, zookeeper, mesos, watch, ...rest } = input;
  return {
    ...rest,
    zookeeper: {
      servers: zookeeper.servers,
      serversetPath: zookeeper.serversetPath,
      logGroupPath: zookeeper.logGroupPath,
      sessionTimeoutMs: zookeeper.sessionTimeout,
      digestCredentials:
        zookeeper.digestCredentials === undefined ? null : resolved(zookeeper.digestCredentials),
    },
    mesos: {
      masters: mesos.masters,
      ...mesosFiles(mesos, resolved),
    },
    watch: toWatch(watch),
    policy: {
      approvers: policy.approvers,
      approverGroups: policy.approverGroups,
      stopSigners: policy.stopSigners,
      commitSigners: policy.commitSigners,
      requesterCounts: policy.requesterCounts,
      signOffTtlMs: policy.signOffTtl,
      commitWindowMs: policy.commitWindow,
      oldBackupMs: policy.oldBackup,
      secondLookMs: policy.secondLook,
      graceMs: policy.grace,
      release: policy.release,
      reconciliation: policy.reconciliation,
      ...(policy.signatures !== undefined && { signatures: policy.signatures }),
      ...(policy.lookTraffic !== undefined && { lookTraffic: policy.lookTraffic }),
      ...(policy.escalation !== undefined && { escalation: toEscalation(policy.escalation) }),
      ...(policy.owners !== undefined && { owners: policy.owners }),
    },
    waits: {
      pollMs: waits.poll,
      stopGraceMs: waits.stopGrace,
      logGroupEmptyMs: waits.logGroupEmpty,
      electionMs: waits.election,
      registrationMs: waits.registration,
      soakMs: waits.soak,
      agentDeadlineMs: waits.agentDeadline,
    },
  };
}

function toEscalation({ after, ...called }: NonNullable<ClusterInput['policy']['escalation']>) {
  return { afterMs: after, ...called };
}

/** What is wrong with it, each beginning with the key. `hasAgentTls`: the bot has a certificate to show to agents. */
export function distrustCluster(cluster: ClusterInput, hasAgentTls: boolean): string[] {
  const problems: string[] = [];
  if (cluster.hosts.length % 2 === 0)
    problems.push(`hosts: a replicated log has an odd number of replicas, here are ${cluster.hosts.length}`);
  for (const [what, of] of Object.entries(mustDiffer)) {
    for (const [value] of twice(cluster.hosts, of))
      problems.push(`hosts: two hosts have the same ${what}, ${value}`);
  }
  const { serversetPath, logGroupPath } = cluster.zookeeper;
  if (serversetPath === logGroupPath)
    problems.push(`zookeeper: serversetPath and logGroupPath are both ${serversetPath}`);
  for (const { name, agent } of cluster.hosts) {
    const problem = distrust(new URL(agent), hasAgentTls);
    if (problem !== null) problems.push(`hosts: the agent of ${name} ${problem}`);
  }
  if (cluster.procedure === 'recovery-tool' && !hasRecoveryTool(cluster.auroraVersion))
    problems.push(`procedure: Aurora ${cluster.auroraVersion} has no recovery tool; it came with 0.20`);
  problems.push(...distrustMasters(cluster.mesos).map((problem) => `mesos: ${problem}`));
  if (cluster.policy.release === 'time' && cluster.policy.grace < leastGraceMs)
    problems.push('policy: grace must be at least 5m where release is time: people need it to object');
  problems.push(...tooFewApprovers(cluster.policy).map((problem) => `policy: ${problem}`));
  return problems;
}

/** Between an objection, or a reminder, and a reconciliation by time alone. */
const leastGraceMs = 5 * 60_000;

/** What tells one host of a cluster from the others; names are the same in any case. */
const mustDiffer: Readonly<Record<string, (host: ClusterInput['hosts'][number]) => string>> = {
  name: ({ name }) => name.toLowerCase(),
  agent: ({ agent }) => new URL(agent).href,
  'advertised address': ({ advertised, httpPort }) => `${advertised.toLowerCase()}:${httpPort}`,
  libprocess: ({ libprocess }) => libprocess.toLowerCase(),
};

/** Which gate could never be passed when the requester is an approver too. Who is in a group only Slack knows. */
function tooFewApprovers(policy: z.infer<typeof policySchema>): string[] {
  const { approverGroups, stopSigners, commitSigners, requesterCounts } = policy;
  const named = new Set(policy.approvers).size;
  if (approverGroups.length > 0) return [];
  if (named === 0) return ['nobody can approve: name approvers or approverGroups'];
  const commit = requesterCounts
    ? { needed: commitSigners, who: 'approvers' }
    : { needed: commitSigners + 1, who: 'approvers other than the requester (requesterCounts is false)' };
  const gates = [
    {
      needed: stopSigners + 1,
      needs: `the stop needs ${stopSigners} approver${stopSigners === 1 ? '' : 's'} other than the requester`,
    },
    { needed: commit.needed, needs: `the commit needs ${commitSigners} ${commit.who}` },
  ];
  return gates
    .filter(({ needed }) => named < needed)
    .map(({ needed, needs }) => `${needs}: name at least ${needed}, not ${named}`);
}

/** Why an agent's address cannot be used; an agent that is not on this machine speaks TLS only. */
function distrust({ protocol, hostname }: URL, hasTls: boolean): string | null {
  if (protocol === 'https:') return hasTls ? null : 'has a https address, and agentTls is not set';
  if (/^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(hostname)) return null;
  return 'is not on this machine: its address must be https, with agentTls';
}
