/**
 * The bot's configuration: one YAML file, read once, parsed strictly into one typed value. Secrets are not in it;
 * they come from the environment (`secrets.ts`).
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type LogLevel, logLevels } from '../aurora/log-level.ts';
import { type LineOf, parseYamlConfig, unreadableConfig } from '../aurora/yaml-config.ts';
import { type ConfiguredCluster, clusterSchema, distrustCluster, toCluster } from './cluster-config.ts';
import { durationKey as duration } from './duration.ts';
import { type ListenAddress, listenKey } from './listen-at.ts';
import { resolveAll } from './mesos-keys.ts';
import {
  distrustPeople,
  type PeopleConfig,
  peopleKeys,
  type SigningPlace,
  toPeople,
  toSigningPlace,
} from './people-config.ts';
import { type StoreConfig, storeKeys, toStore } from './store-config.ts';
import { twice } from './twice.ts';

const dayMs = 24 * 3_600_000;
const page = 'docs/configuration.md';

export const botConfigSchema = z.strictObject({
  /** Directory of the bot's own state. */
  state: z.string().min(1),
  /** Where everything is kept; a file in `state` when absent. */
  store: storeKeys,
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
      'must be at least a day (1d): somebody may still want to return to the old state',
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
  /** Where Prometheus and supervisors ask; nothing is served when absent. */
  metrics: z.strictObject({ listen: listenKey }).optional(),
  log: z.strictObject({ level: z.enum(logLevels).default('info') }).prefault({}),
  ...peopleKeys,
});

export interface BotConfig {
  /** Absolute. */
  readonly state: string;
  /** `null`: SQLite, in `state`. */
  readonly store: StoreConfig | null;
  /** Absolute. */
  readonly grantKey: string;
  /** Absolute paths; `null` when all agents are on this machine. */
  readonly agentTls: { readonly ca: string; readonly cert: string; readonly key: string } | null;
  readonly slack: z.infer<typeof botConfigSchema>['slack'];
  readonly clusters: readonly ConfiguredCluster[];
  readonly keepDocumentsMs: number;
  readonly backups: {
    /** Between two looks at a cluster's hosts. */
    readonly everyMs: number;
    /** How long it is remembered that a backup was there. */
    readonly keepHistoryMs: number;
  };
  /** `null` where neither health nor metrics are served. */
  readonly metrics: ListenAddress | null;
  readonly logLevel: LogLevel;
  /** `null` where nobody signs with keys of their own. */
  readonly people: PeopleConfig | null;
  /** Where people sign with a passkey; `null` where there is no such page. */
  readonly signing: SigningPlace | null;
}

/** Reads and checks the file; AuroraError `config-invalid` names every key that is wrong. Relative paths start at the file. */
export async function readBotConfig(path: string): Promise<BotConfig> {
  return (await readBotConfigLines(path)).config;
}

/** The same, with where in the file each key stands. */
export async function readBotConfigLines(path: string): Promise<{ config: BotConfig; lineOf: LineOf }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadableConfig(path, cause, page);
  });
  const { value: parsed, lineOf } = parseYamlConfig(text, path, {
    schema: botConfigSchema,
    distrust: crossCheck,
    page,
  });
  const base = dirname(resolve(path));
  const config: BotConfig = {
    state: resolve(base, parsed.state),
    store: toStore(parsed.store, (file) => resolve(base, file)),
    grantKey: resolve(base, parsed.grantKey),
    agentTls: resolveAll(parsed.agentTls, (file) => resolve(base, file)),
    slack: parsed.slack,
    clusters: parsed.clusters.map((cluster) => toCluster(cluster, (file) => resolve(base, file))),
    keepDocumentsMs: parsed.keepDocuments,
    backups: { everyMs: parsed.backups.every, keepHistoryMs: parsed.backups.keepHistory },
    metrics: parsed.metrics?.listen ?? null,
    logLevel: parsed.log.level,
    people: toPeople(parsed, (file) => resolve(base, file)),
    signing: toSigningPlace(parsed),
  };
  return { config, lineOf };
}

/** What no single key can tell. */
function crossCheck(config: z.infer<typeof botConfigSchema>): string[] {
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
  for (const [index, cluster] of config.clusters.entries())
    problems.push(
      ...distrustCluster(cluster, config.agentTls !== undefined).map(
        (problem) => `clusters.${index}.${problem}`,
      ),
    );
  return [...problems, ...distrustPeople(config)];
}
