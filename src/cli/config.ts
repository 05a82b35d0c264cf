/**
 * The bot's configuration: one YAML file, read once, parsed strictly into one typed value. Secrets are not in it;
 * they come from the environment (`secrets.ts`).
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Cluster } from '../aurora/cluster.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { normalPath } from '../aurora/paths.ts';
import { isKnownRelease } from '../aurora/releases.ts';
import { hasRecoveryTool } from '../restore/procedures/choose.ts';
import { durationKey as duration } from './duration.ts';
import { distrustMasters, type MesosFiles, mesosFiles, mesosKeys, resolveAll } from './mesos-keys.ts';
import {
  distrustPeople,
  type PeopleConfig,
  peopleKeys,
  type SigningPlace,
  toPeople,
  toSigningPlace,
} from './people-config.ts';
import {
  type ListenAddress,
  metricsKeys,
  toMetrics,
  toWatch,
  type WatchConfig,
  watchKeys,
} from './watch-config.ts';

const dayMs = 24 * 3_600_000;
const hostPort = z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port');
/** ZooKeeper itself takes neither `//`, `.`, `..` nor a slash at the end. */
const zkPath = z
  .string()
  .regex(/^(\/[^/\s]*)+$/, 'must be an absolute ZooKeeper path such as /aurora/scheduler')
  .transform(normalPath)
  .refine((path) => path !== '/', 'must name a node below the root');

const policySchema = z.strictObject({
  approvers: z
    .array(z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U012AB3CD'))
    .default([]),
  approverGroups: z
    .array(z.string().regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S012AB3CD'))
    .default([]),
  stopSigners: z.int().min(1).max(10).default(1),
  commitSigners: z.int().min(2, 'a commit needs two people at least').max(10).default(2),
  requesterCounts: z.boolean().default(true),
  signOffTtl: duration.default(30 * 60_000),
  commitWindow: duration.default(15 * 60_000),
  oldBackup: duration.default(4 * 3_600_000),
  secondLook: duration.default(30 * 60_000),
  grace: duration.default(10 * 60_000),
  release: z.enum(['time', 'people']).default('time'),
  reconciliation: z.enum(['trigger', 'timers']).default('trigger'),
  signatures: z.enum(['observe', 'require']).optional(),
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

const clusterSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, 'must be a short name of letters, digits, - and _'),
  auroraVersion: z.string().refine(isKnownRelease, 'must be a release of Aurora such as 0.22.0'),
  channel: z.string().regex(/^[CG][A-Z0-9]+$/, 'must be a Slack channel id such as C012AB3CD'),
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
  waits: waitsSchema.default(() => waitsSchema.parse({})),
  watch: watchKeys,
});

const configSchema = z.strictObject({
  /** Directory of the bot's own state. */
  state: z.string().min(1),
  /** PEM file with the Ed25519 private key that signs grants; agents pin its public half. */
  grantKey: z.string().min(1),
  /** PEM files: the authority of the agents' certificates, and the certificate and key that the bot shows them. */
  agentTls: z
    .strictObject({ ca: z.string().min(1), cert: z.string().min(1), key: z.string().min(1) })
    .optional(),
  slack: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('socket'), connections: z.int().min(1).max(4).default(1) }),
    z.strictObject({
      mode: z.literal('http'),
      /** Of this machine. Slack reaches it by a proxy, which is here or on the way. */
      address: z
        .string()
        .refine((text) => isIP(text) !== 0, 'must be an IP address of this machine, such as 127.0.0.1')
        .default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(3000),
    }),
  ]),
  clusters: z.array(clusterSchema).min(1),
  /** How long lists of tasks are kept after their restore has ended. */
  keepDocuments: duration
    .refine(
      (ms) => ms >= dayMs,
      'must be a day (1d) at least: somebody may still want to return to the old state',
    )
    .default(90 * dayMs),
  /** What is kept of backups, so that it is known before anybody asks. */
  backups: z
    .strictObject({
      every: duration
        .default(5 * 60_000)
        .refine((ms) => ms >= 10_000 && ms <= dayMs, 'must be between 10s and 1d'),
      keepHistory: duration
        .default(400 * dayMs)
        .refine((ms) => ms >= dayMs && ms <= 4_000 * dayMs, 'must be between 1d and 4000d'),
    })
    .prefault({}),
  /** Where Prometheus asks; nothing is served when absent. */
  metrics: metricsKeys,
  ...peopleKeys,
});

export interface BotConfig {
  /** Absolute. */
  readonly state: string;
  /** Absolute. */
  readonly grantKey: string;
  /** Absolute paths; `null` when all agents are on this machine. */
  readonly agentTls: { readonly ca: string; readonly cert: string; readonly key: string } | null;
  readonly slack: z.infer<typeof configSchema>['slack'];
  readonly clusters: readonly ConfiguredCluster[];
  readonly keepDocumentsMs: number;
  readonly backups: {
    /** Between two looks at a cluster's hosts. */
    readonly everyMs: number;
    /** How long it is remembered that a backup was there. */
    readonly keepHistoryMs: number;
  };
  /** `null` where no metrics are served. */
  readonly metrics: ListenAddress | null;
  /** `null` where nobody signs with keys of their own. */
  readonly people: PeopleConfig | null;
  /** Where people sign with a passkey; `null` where there is no such page. */
  readonly signing: SigningPlace | null;
}

/** A cluster with what only its connections need; all paths are absolute. */
export type ConfiguredCluster = Cluster & {
  readonly zookeeper: { readonly sessionTimeoutMs: number; readonly digestCredentials: string | null };
  readonly mesos: MesosFiles;
  /** `null` where nothing is watched. */
  readonly watch: WatchConfig | null;
};

/** Reads and checks the file; AuroraError `config-invalid` names every key that is wrong. Relative paths start at the file. */
export async function readBotConfig(path: string): Promise<BotConfig> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AuroraError({
      code: 'config-missing',
      message: `The configuration ${path} cannot be read: ${messageOf(cause)}`,
      hint: 'Name an existing file with --config; docs/configuration.md has one to start from.',
      cause,
    });
  });
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    throw invalid(path, [messageOf(cause)]);
  }
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) {
    throw invalid(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`),
    );
  }
  const problems = crossCheck(parsed.data);
  if (problems.length > 0) throw invalid(path, problems);
  const base = dirname(resolve(path));
  return {
    state: resolve(base, parsed.data.state),
    grantKey: resolve(base, parsed.data.grantKey),
    agentTls: resolveAll(parsed.data.agentTls, (file) => resolve(base, file)),
    slack: parsed.data.slack,
    clusters: parsed.data.clusters.map((cluster) => toCluster(cluster, (file) => resolve(base, file))),
    keepDocumentsMs: parsed.data.keepDocuments,
    backups: { everyMs: parsed.data.backups.every, keepHistoryMs: parsed.data.backups.keepHistory },
    metrics: toMetrics(parsed.data.metrics),
    people: toPeople(parsed.data, (file) => resolve(base, file)),
    signing: toSigningPlace(parsed.data),
  };
}

type ClusterInput = z.infer<typeof clusterSchema>;

function toCluster(input: ClusterInput, resolved: (file: string) => string): ConfiguredCluster {
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

/** What no single key can tell. */
function crossCheck(config: z.infer<typeof configSchema>): string[] {
  const problems: string[] = [];
  for (const [name] of twice(config.clusters, ({ name }) => name))
    problems.push(`clusters: "${name}" is there twice`);
  const everywhere = config.clusters.flatMap(({ name, hosts }) =>
    hosts.map((host) => ({ ...host, cluster: name })),
  );
  for (const [agent, clusters] of twice(everywhere, ({ agent: url }) => new URL(url).href)) {
    if (new Set(clusters.map(({ cluster }) => cluster)).size > 1)
      problems.push(
        `clusters: ${clusters.map(({ cluster }) => cluster).join(' and ')} share the agent ${agent}`,
      );
  }
  if (config.agentTls !== undefined && resolve(config.agentTls.key) === resolve(config.grantKey))
    problems.push('grantKey: it is the same file as agentTls.key, and signs grants only');
  for (const [index, cluster] of config.clusters.entries()) {
    const at = `clusters.${index}`;
    if (cluster.hosts.length % 2 === 0)
      problems.push(
        `${at}.hosts: a replicated log has an odd number of replicas, here are ${cluster.hosts.length}`,
      );
    for (const [what, of] of Object.entries(mustDiffer)) {
      for (const [value] of twice(cluster.hosts, of))
        problems.push(`${at}.hosts: two hosts have the same ${what}, ${value}`);
    }
    const { serversetPath, logGroupPath } = cluster.zookeeper;
    if (serversetPath === logGroupPath)
      problems.push(`${at}.zookeeper: serversetPath and logGroupPath are both ${serversetPath}`);
    for (const { name, agent } of cluster.hosts) {
      const problem = distrust(new URL(agent), config.agentTls !== undefined);
      if (problem !== null) problems.push(`${at}.hosts: the agent of ${name} ${problem}`);
    }
    if (cluster.procedure === 'recovery-tool' && !hasRecoveryTool(cluster.auroraVersion))
      problems.push(
        `${at}.procedure: Aurora ${cluster.auroraVersion} has no recovery tool; it came with 0.20`,
      );
    problems.push(...distrustMasters(cluster.mesos).map((problem) => `${at}.mesos: ${problem}`));
    problems.push(...tooFewApprovers(cluster.policy).map((problem) => `${at}.policy: ${problem}`));
  }
  return [...problems, ...distrustPeople(config)];
}

/** What tells one host of a cluster from the others; names are the same in any case. */
const mustDiffer: Readonly<Record<string, (host: ClusterInput['hosts'][number]) => string>> = {
  name: ({ name }) => name.toLowerCase(),
  agent: ({ agent }) => new URL(agent).href,
  'advertised address': ({ advertised, httpPort }) => `${advertised.toLowerCase()}:${httpPort}`,
  libprocess: ({ libprocess }) => libprocess.toLowerCase(),
};

/** What several have, with those that have it. */
function twice<T>(all: readonly T[], of: (one: T) => string): readonly (readonly [string, readonly T[]])[] {
  return [...Map.groupBy(all, of)].filter(([, having]) => having.length > 1);
}

/** Which gate could never be passed when the requester is an approver too. Who is in a group only Slack knows. */
function tooFewApprovers(policy: z.infer<typeof policySchema>): string[] {
  const { approverGroups, stopSigners, commitSigners, requesterCounts } = policy;
  const named = new Set(policy.approvers).size;
  if (approverGroups.length > 0) return [];
  if (named === 0) return ['nobody can approve: name approvers or approverGroups'];
  const commit = requesterCounts
    ? { needed: commitSigners, who: 'approvers' }
    : { needed: commitSigners + 1, who: 'approvers besides the requester (requesterCounts is false)' };
  const gates = [
    {
      needed: stopSigners + 1,
      needs: `the stop needs ${stopSigners} approver${stopSigners === 1 ? '' : 's'} besides the requester`,
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

function invalid(path: string, problems: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'config-invalid',
    message: `The configuration ${path} is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    hint: 'docs/configuration.md lists every key.',
  });
}
