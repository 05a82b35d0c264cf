/** The agent's configuration: read once, at the start, into one typed value. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { endpointOf } from '../aurora/host-names.ts';
import { logLevels } from '../aurora/log-level.ts';
import { operationKinds } from '../aurora/operations/all.ts';
import { overlaps } from '../aurora/paths.ts';
import { parseYamlConfig, unreadableConfig } from '../aurora/yaml-config.ts';
import { absolutePath } from './absolute-path.ts';
import { driversSchema, proveConfigSchema } from './driver-config.ts';

const hostAndPort = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/, 'must be address:port');

/** Nobody but this machine may talk in clear to a program that stops schedulers. */
const isLoopback = (address: string): boolean => {
  const { host } = endpointOf(address);
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
};

const count = (standard: number) => z.number().int().min(1).max(1_000_000_000).default(standard);

const ms = (standard: number) => z.number().int().min(1).max(3_600_000).default(standard);

const page = 'docs/agent.md';

export const agentConfigSchema = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'must be the name this host has in the bot'),
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be the name of the cluster'),
  listen: hostAndPort,
  /** Where this machine may ask for health and metrics; not at all when absent. */
  metrics: z.strictObject({ listen: hostAndPort }).optional(),
  log: z.strictObject({ level: z.enum(logLevels).default('info') }).prefault({}),
  /** Without it only loopback may be listened on. */
  tls: z
    .strictObject({
      cert: absolutePath,
      key: absolutePath,
      clientCa: absolutePath,
      /** Common, DNS or URI names of certificates; without it every client of that authority may ask. */
      allowedClients: z.array(z.string().min(1).max(253)).min(1).max(64).optional(),
    })
    .optional(),
  /** What may be done on this host at all, whoever signs; everything unless it is said. */
  operations: z
    .array(z.enum(operationKinds))
    .min(1)
    .default([...operationKinds]),
  auroraVersion: z.string().regex(/^\d+\.\d+(\.\d+)?([-.]\w+)*$/, 'must be a release such as 0.22.0'),
  trust: z.strictObject({
    publicKeys: z.array(z.string().max(1_000)).min(1, 'must hold at least one key').max(16),
    /** Without it, grants of bots that do not know epochs are taken too, and so are those of before this state directory. */
    requireEpoch: z.boolean().default(true),
  }),
  /** Whether people's own signatures are asked for, and whose keys count. */
  people: z
    .strictObject({
      mode: z.enum(['off', 'observe', 'require']).default('off'),
      roster: absolutePath.optional(),
    })
    .prefault({}),
  scheduler: z.strictObject({
    httpAddress: z.string().refine((text) => isIP(text) !== 0, 'must be an IP address of this host'),
    httpPort: z.number().int().min(1).max(65_535),
    libprocess: hostAndPort,
    credentials: z.strictObject({ username: z.string().max(200), passwordFile: absolutePath }).optional(),
  }),
  paths: z.strictObject({
    log: absolutePath,
    backups: absolutePath,
    flags: absolutePath,
    state: absolutePath,
    mesosLog: absolutePath,
  }),
  drivers: driversSchema,
  /** Whether and how backups are given to a real scheduler (docs/prove.md); not at all without it. */
  prove: proveConfigSchema.optional(),
  bounds: z
    .strictObject({
      /** One run of one command. */
      commandMs: ms(60_000),
      /** One run of the recovery tool; it grows with the backup. */
      recoveryToolMs: ms(600_000),
      /** From the start command to a pid. */
      startMs: ms(60_000),
      /** From the kill command to everything gone. */
      killMs: ms(15_000),
      pollMs: ms(200),
      /** How long POST /v1/operations waits before it answers `running`. */
      answerMs: ms(20_000),
      /** How far the bot's clock may be from ours. */
      clockSkewMs: ms(30_000),
      /** The longest silence of the scheduler in one call. */
      schedulerMs: ms(120_000),
      /** After a crash, how long a call to stage may still be worked on by the scheduler. */
      stagingMs: ms(5_000),
      /** After a crash, how long a commit that arrived may take to close the scheduler (3 s an append, aurora.md 4.4). */
      commitMs: ms(30_000),
      /** The longest backup that is taken from the bot. */
      uploadBytes: z
        .number()
        .int()
        .min(1)
        .default(4 * 1024 ** 3),
      /** All that the bot brought and that no operation has taken yet. */
      incomingBytes: z
        .number()
        .int()
        .min(1)
        .default(16 * 1024 ** 3),
      /** All that is kept of backups, held and brought. */
      keptBytes: z
        .number()
        .int()
        .min(1)
        .default(64 * 1024 ** 3),
      keptFiles: count(256),
      /** How long a body may take to arrive, and how long an upload may be silent. */
      bodyMs: ms(30_000),
      /** Of one client; `requestsBurst` after a quiet time. */
      requestsPerSecond: count(50),
      requestsBurst: count(200),
      requestsAtOnce: count(64),
      /** The audit log: the size at which a file is rotated, and how many rotated ones are kept. */
      auditFileBytes: count(32 * 1024 ** 2),
      auditFiles: count(32),
      /** How long a started scheduler must live before it counts as started: 3 s, and with commands not at all. */
      settleMs: z.number().int().min(0).max(600_000).optional(),
    })
    .prefault({}),
});

export type AgentConfig = z.output<typeof agentConfigSchema>;

/** Reads and checks the file; AuroraError `config-missing`, or `config-invalid` that names every key that is wrong. */
export async function loadAgentConfig(path: string): Promise<AgentConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadableConfig(path, error, page);
  }
  return parseAgentConfig(text, path);
}

/** The same from text; `name` is what messages call it. */
export function parseAgentConfig(text: string, name: string): AgentConfig {
  return parseYamlConfig(text, name, {
    schema: agentConfigSchema,
    distrust: crossCheck,
    page,
  }).value;
}

/** What no single key can tell. */
function crossCheck({ listen, metrics, tls, scheduler, paths, people, prove }: AgentConfig): string[] {
  const problems: string[] = [];
  if (tls === undefined && !isLoopback(listen))
    problems.push(
      `listen: ${endpointOf(listen).host} is not a loopback address, and without tls only those are taken`,
    );
  if (metrics !== undefined && !isLoopback(metrics.listen))
    problems.push(
      `metrics.listen: ${endpointOf(metrics.listen).host} is not a loopback address, and metrics are served on those alone`,
    );
  if (endpointOf(scheduler.libprocess).port === scheduler.httpPort)
    problems.push('scheduler: httpPort and the port of libprocess are the same');
  if (people.mode !== 'off' && people.roster === undefined)
    problems.push(`people: mode ${people.mode} needs a roster`);
  if (prove !== undefined && prove.way !== 'staged' && prove.recoveryTool === undefined)
    problems.push(`prove: way ${prove.way} needs recoveryTool`);
  const places = Object.entries(paths).map(([key, path]) => ({ key: `paths.${key}`, path }));
  return [...problems, ...overlaps(places).map((sentence) => `paths: ${sentence.replace(/\.$/, '')}`)];
}
