/**
 * What step 1 of a restore would say of each cluster now, without a restore: everything that can be asked without changing
 * anything, and all findings at once.
 */
import { readFile } from 'node:fs/promises';
import { createGrantSigner } from '../agent/grant-signer.ts';
import type { Clock } from '../aurora/clock.ts';
import type { Policy } from '../aurora/cluster.ts';
import { AuroraError } from '../aurora/errors.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import type { LineOf } from '../aurora/yaml-config.ts';
import { listInventory } from '../backups/inventory.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { gatherHosts } from '../restore/preflight/group.ts';
import { judgePreflight } from '../restore/preflight/judge.ts';
import { type ClusterAsker, type RestoreAsked, readCluster } from '../restore/preflight/read-cluster.ts';
import type { PeopleSeen } from '../restore/preflight/reading.ts';
import { openRosterFile } from '../signing/roster-file.ts';
import { openClusters } from './cluster-access.ts';
import type { BotConfig } from './config.ts';
import { keyOf } from './finding-lines.ts';
import type { LiveFinding } from './live-finding.ts';
import { checkRoster } from './roster-check.ts';
import { checkSlack } from './slack-check.ts';

/** A host decodes a large backup that nobody has asked for yet in tens of seconds. */
const inventoryMs = 60_000;

/** Asks all clusters at once. AuroraError `config-invalid` when a file of `agentTls` cannot be read. */
export async function checkLive(
  config: BotConfig,
  { clock, env, lineOf }: { clock: Clock; env: NodeJS.ProcessEnv; lineOf: LineOf },
): Promise<readonly LiveFinding[]> {
  const findings = await findAll(config, { clock, env });
  return findings.map((finding) => {
    const key = finding.verdict === 'pass' ? null : keyOf(finding, config);
    const line = key === null ? null : lineOf(key);
    return line === null ? finding : { ...finding, line };
  });
}

async function findAll(
  config: BotConfig,
  { clock, env }: { clock: Clock; env: NodeJS.ProcessEnv },
): Promise<readonly LiveFinding[]> {
  const clusters = openClusters(config, clock);
  try {
    const { finding: own, publicKey } = await checkGrantKey(config.grantKey);
    const [roster, slack, found] = await Promise.all([
      checkRoster(config, clock.now()),
      checkSlack(config, { env, clock }),
      Promise.all([...clusters.values()].map((access) => checkCluster(access, { clock, config, publicKey }))),
    ]);
    return [
      own,
      ...slack,
      ...roster.map((finding) => ({ ...finding, cluster: null, name: 'roster of keys', hosts: [] })),
      ...found.flat(),
    ];
  } finally {
    await Promise.all([...clusters.values()].map(({ leader }) => leader.close()));
  }
}

async function checkCluster(
  access: ClusterAccess,
  { clock, config, publicKey }: { clock: Clock; config: BotConfig; publicKey: string | null },
): Promise<LiveFinding[]> {
  const asker = {
    ...askerOf(access, clock),
    readPeople: () => readPeople(access.cluster.policy, { clock, config }),
  };
  const { checks } = judgePreflight(
    await readCluster(asker, {
      ...(await newestOf(access, clock)),
      ...(publicKey !== null && { grantKey: publicKey }),
    }),
  );
  return gatherHosts(checks).map((found) => ({ ...found, cluster: access.cluster.name }));
}

/** Everything is asked once: whoever reads this asks again. */
function askerOf(
  { cluster, leader, mesos, agents, certificates }: ClusterAccess,
  clock: Clock,
): Omit<ClusterAsker, 'readPeople'> {
  return {
    cluster,
    leader,
    mesos,
    readCertificates: certificates ?? (() => Promise.resolve([])),
    now: () => clock.now(),
    onEachHost: (work) => Promise.all(agents.map((agent) => work(agent))),
    patiently: (_what, ask) => ask(() => undefined),
    agentOf: (host) => {
      const agent = agents.find((one) => one.host === host);
      if (agent === undefined) throw new Error(`no agent is configured for ${host}`);
      return agent;
    },
  };
}

/** Slack is not asked: who is in a group is not known here. */
async function readPeople(
  { signatures, approvers, approverGroups }: Policy,
  { clock, config }: { clock: Clock; config: BotConfig },
): Promise<PeopleSeen | null> {
  if (signatures === undefined || config.people === null) return null;
  const roster = await openRosterFile(config.people.roster).readRoster(clock.now());
  const able = roster.people.filter(
    (person) =>
      approvers.some((userId) => person.endsWith(`:${userId}`)) && roster.keysOf(person)?.length !== 0,
  );
  return { rosterHash: roster.hash, able: approverGroups.length > 0 ? null : able, requester: null };
}

/** A restore of the newest backup that could be restored, by the cluster's own procedure. */
async function newestOf({ cluster, agents }: ClusterAccess, clock: Clock): Promise<RestoreAsked> {
  const { items, recommended } = await listInventory(agents, { clock, limitMs: inventoryMs });
  const best = items.find(({ sha256 }) => sha256 === recommended);
  const { host = cluster.hosts[0]?.name ?? '', name = '' } = best?.copies[0] ?? {};
  return {
    procedure: cluster.procedure ?? 'staged',
    auroraVersion: cluster.auroraVersion,
    refilled: host,
    chosen: { host, name, leaveOut: false },
    inspectBackup: () => (best === undefined ? Promise.reject(noBackup()) : Promise.resolve(best.report)),
  };
}

/** `publicKey` is what agents must trust; `null` where the key is none. */
async function checkGrantKey(
  path: string,
): Promise<{ readonly finding: LiveFinding; readonly publicKey: string | null }> {
  const about = { cluster: null, hosts: [], name: 'key of grants' };
  try {
    const { publicKey } = createGrantSigner(await readFile(path, 'utf8'));
    return {
      finding: { ...about, verdict: 'pass', message: `${path} is an Ed25519 key.`, hint: '' },
      publicKey,
    };
  } catch (error) {
    const known = error instanceof AuroraError ? null : explainSystemError(error);
    const message = known?.message ?? `${path} is not an Ed25519 private key in PEM.`;
    return {
      finding: { ...about, verdict: 'refuse', message, hint: known?.hint ?? makeKey },
      publicKey: null,
    };
  }
}

const makeKey = 'docs/configuration.md shows how to make one; agents must know its public half.';

function noBackup(): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: 'no host that answers has a backup that can be restored.',
    hint: 'Look at /aurora backups.',
  });
}
