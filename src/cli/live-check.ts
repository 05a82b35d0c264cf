/**
 * What step 1 of a restore would say of each cluster now, without a restore: everything that can be asked without changing
 * anything, and all findings at once.
 */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../aurora/clock.ts';
import type { Policy } from '../aurora/cluster.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import { listInventory } from '../backups/inventory.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { gatherHosts } from '../restore/preflight/group.ts';
import { judgePreflight } from '../restore/preflight/judge.ts';
import { type ClusterAsker, type RestoreAsked, readCluster } from '../restore/preflight/read-cluster.ts';
import type { PeopleSeen } from '../restore/preflight/reading.ts';
import type { CheckResult } from '../restore/record/facts.ts';
import { openRosterFile } from '../signing/roster-file.ts';
import { openClusters } from './cluster-access.ts';
import type { BotConfig } from './config.ts';
import { checkRoster } from './roster-check.ts';

/** What was found about one cluster, or about the bot itself (`cluster` is `null`). */
export interface LiveFinding extends Omit<CheckResult, 'host'> {
  readonly cluster: string | null;
  /** Empty when it is about the cluster. */
  readonly hosts: readonly string[];
}

/** A host decodes a large backup that nobody has asked for yet in tens of seconds. */
const inventoryMs = 60_000;

/** Asks all clusters at once. AuroraError `config-invalid` when a file of `agentTls` cannot be read. */
export async function checkLive(config: BotConfig, clock: Clock): Promise<readonly LiveFinding[]> {
  const clusters = openClusters(config, clock);
  try {
    const own = await checkGrantKey(config.grantKey);
    const roster = await checkRoster(config, clock.now());
    const found = await Promise.all(
      [...clusters.values()].map((access) => checkCluster(access, { clock, config })),
    );
    return [
      own,
      ...roster.map((finding) => ({ ...finding, cluster: null, name: 'roster of keys', hosts: [] })),
      ...found.flat(),
    ];
  } finally {
    await Promise.all([...clusters.values()].map(({ leader }) => leader.close()));
  }
}

async function checkCluster(
  access: ClusterAccess,
  { clock, config }: { clock: Clock; config: BotConfig },
): Promise<LiveFinding[]> {
  const asker = {
    ...askerOf(access, clock),
    readPeople: () => readPeople(access.cluster.policy, { clock, config }),
  };
  const { checks } = judgePreflight(await readCluster(asker, await newestOf(access, clock)));
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

async function checkGrantKey(path: string): Promise<LiveFinding> {
  const about = { cluster: null, hosts: [], name: 'key of grants' };
  try {
    const { asymmetricKeyType: type } = createPrivateKey(await readFile(path, 'utf8'));
    if (type === 'ed25519')
      return { ...about, verdict: 'pass', message: `${path} is an Ed25519 key.`, hint: '' };
    return {
      ...about,
      verdict: 'refuse',
      message: `${path} is a key of another kind (${type ?? 'unknown'}).`,
      hint: makeKey,
    };
  } catch (error) {
    const known = explainSystemError(error);
    const message = known?.message ?? `${path} holds no private key: ${messageOf(error)}.`;
    return { ...about, verdict: 'refuse', message, hint: known?.hint ?? makeKey };
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
