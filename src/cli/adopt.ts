/**
 * What a bot does before it takes the place of another one whose database is lost: it asks the agents what they have seen, begins above
 * that, and says on which hosts root has to give them to it. Every part may be done again, so a kill in the middle costs nothing.
 */
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import { restoreNumber } from '../aurora/name-schemas.ts';
import { recoveryIn } from '../aurora/restore-flags.ts';
import { storeName } from '../aurora/store-identity.ts';
import { listText } from '../aurora/time-text.ts';
import { findStranger } from '../restore/looks/lost-history.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import type { Store } from '../store/store.ts';

interface Adopting {
  readonly store: Pick<Store<unknown>, 'identity' | 'passNames' | 'passFence'>;
  readonly clusters: ReadonlyMap<string, Pick<ClusterAccess, 'agents'>>;
  /** Hosts that are gone: nobody asks them. */
  readonly without: readonly string[];
  /** Although a restore of the old database is in the middle of its work on a host. */
  readonly inMidRestore: boolean;
}

interface Adopted {
  /** Of the database, as hosts know it. */
  readonly name: string;
  /** The next restore has a higher number. */
  readonly restore: number;
  /** By cluster; the next lease has a higher one. */
  readonly fences: ReadonlyMap<string, number>;
  /** Hosts that work for another database until root gives them to this one. */
  readonly waiting: readonly string[];
}

interface Asked {
  readonly cluster: string;
  readonly host: string;
  readonly status: HostStatus;
}

/** Far more than anybody has had; a host that says so has been tampered with. */
const restoresMax = 999_999;
/** Agents refuse what is further above what they have seen (grants.ts). */
const fenceSpreadMax = 1_000_000;

/**
 * AuroraError `adopt-unanswered`, `in-mid-restore`, and `adopt-implausible` for a host that tells what cannot be; nothing was changed
 * then.
 */
export async function adopt({ store, clusters, without, inMidRestore }: Adopting): Promise<Adopted> {
  const hosts = await askAll(clusters, without);
  const going = hosts.filter(({ status }) => isInRestore(status)).map(({ host }) => host);
  if (going.length > 0 && !inMidRestore) throw midRestore(going);
  const numbers = hosts.map(({ host, status }) => ({ host, number: highestRestore(status) }));
  const odd = numbers.find(({ number }) => number > restoresMax);
  if (odd !== undefined) throw implausible(odd.host, `knows a restore R${odd.number}`);
  const fences = new Map([...clusters.keys()].map((cluster) => [cluster, highestFence(hosts, cluster)]));
  const restore = Math.max(0, ...numbers.map(({ number }) => number));
  // Crash anywhere from here: whoever runs it again raises the rest.
  await store.passNames(restore);
  for (const [cluster, fence] of fences) await store.passFence(cluster, fence);
  const strangers = await Promise.all(
    hosts.map(async ({ host, status }) =>
      (await findStranger(store.identity, status)) === null ? [] : [host],
    ),
  );
  return { name: storeName(store.identity.epoch), restore, fences, waiting: strangers.flat() };
}

/** All at once, each for as long as an agent is waited for. */
async function askAll(clusters: Adopting['clusters'], without: readonly string[]): Promise<readonly Asked[]> {
  const silent: string[] = [];
  const asked = [...clusters].flatMap(([cluster, { agents }]) =>
    agents
      .filter(({ host }) => !without.includes(host))
      .map(async (agent) => {
        try {
          return [{ cluster, host: agent.host, status: await agent.readStatus() }];
        } catch (error) {
          silent.push(`${agent.host} (${messageOf(error)})`);
          return [];
        }
      }),
  );
  const hosts = (await Promise.all(asked)).flat();
  if (silent.length === 0) return hosts;
  throw new AuroraError({
    code: 'adopt-unanswered',
    message: `These agents do not say what they have seen: ${listText(silent)}. Nothing was changed.`,
    hint: 'Start them and run this again. Only for a host that is gone for good, add --without HOST.',
  });
}

/** A stopped scheduler, blocked traffic or flags of recovery mode: what a restore leaves only when it has ended badly, or not yet. */
function isInRestore({ scheduler, traffic, flags, auroraVersion }: HostStatus): boolean {
  return (
    scheduler.service === 'stopped' ||
    traffic === 'blocked' ||
    recoveryIn(auroraVersion, flags.values) !== 'none'
  );
}

/** Agents of before tell the newest alone, and what was set aside. */
function highestRestore({ grants, lastGrant, setAsideLogs = [] }: HostStatus): number {
  const names = [lastGrant?.restoreId ?? '', ...setAsideLogs.map(({ restoreId }) => restoreId)];
  return Math.max(grants?.highestRestore ?? 0, ...names.map(restoreNumber));
}

function highestFence(hosts: readonly Asked[], cluster: string): number {
  const seen = hosts
    .filter((host) => host.cluster === cluster)
    .map(({ host, status }) => ({
      host,
      fence: Math.max(status.grants?.highestFence ?? 0, status.lastGrant?.fence ?? 0),
    }))
    .toSorted((a, b) => b.fence - a.fence);
  const [highest] = seen;
  const lowest = seen.at(-1);
  if (highest === undefined || lowest === undefined) return 0;
  if (highest.fence - lowest.fence >= fenceSpreadMax)
    throw implausible(
      highest.host,
      `has seen fencing token ${highest.fence}, and ${lowest.host} ${lowest.fence}`,
    );
  return highest.fence;
}

function midRestore(hosts: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'in-mid-restore',
    message: `A restore is in the middle of its work on ${listText(hosts)}: a scheduler is stopped, traffic is blocked, or the flags are those of a restore. Nothing was changed.`,
    hint: 'Put these hosts back by hand first, as docs/runbook.md says. If they should stay as they are, add --in-mid-restore.',
  });
}

function implausible(host: string, what: string): AuroraError {
  return new AuroraError({
    code: 'adopt-implausible',
    message: `${host} ${what}. Nothing was changed.`,
    hint: `Find out who has worked on ${host}; docs/agent.md, "The day after", says how its agent forgets a fencing token.`,
  });
}
