/**
 * Finding the elected scheduler when ZooKeeper's member node cannot tell: in recovery mode nobody registers with
 * Mesos, so nobody advertises. Evidence, all of it needed: the lifecycle gauge on exactly one host, that host's
 * election node is the lowest, and its storage answers (aurora.md 9.2, 13, 14 G and H). While one is waited for,
 * schedulers that hang are started again: no election gets past them.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import type { LeaderAnswer } from '../../aurora/leader.ts';
import { releaseOf } from '../../aurora/releases.ts';
import type { StepContext } from '../step.ts';
import { countsAsElected, type ElectionView, findStale, HungWatch, holderOf } from './hung.ts';
import { finishRestarts, HungRestarted, restartHung } from './restart-hung.ts';

interface Elected {
  readonly host: string;
  readonly readyAfterMs: number;
}

/** Waits for one elected scheduler whose storage is READY. `soFar` is a sentence about what was or was not done. */
export async function waitForElected(context: StepContext, soFar = ''): Promise<Elected> {
  try {
    return await waitForBoth(context, soFar);
  } catch (error) {
    // Everything begins anew with them; each is started again once, so this comes to an end.
    if (error instanceof HungRestarted) return await waitForElected(context, soFar);
    if (!(error instanceof AuroraError) || error.code !== 'waited-too-long') throw error;
    // Nobody is elected while ZooKeeper is away; when it is, its own error says so better.
    await askZooKeeper(context);
    throw await nameStopped(context, error);
  }
}

async function waitForBoth(context: StepContext, soFar: string): Promise<Elected> {
  const { waits } = context.cluster;
  const hung = new HungWatch(context.cluster);
  await finishRestarts(context);
  const look = async (): Promise<string | null> => {
    const election = await lookAtElection(context);
    await restartHung(context, hung.see(election, context.now()));
    if (election.elected === null) sayWhoClaims(context, election);
    return election.elected?.host ?? null;
  };
  const { value: host, waitedMs } = await context.waitFor({
    what: 'one scheduler to be elected',
    usual: 'a few seconds',
    limitMs: waits.electionMs,
    hint: `${soFar}Look at the schedulers' own logs: an election needs ZooKeeper and a quorum of started schedulers.`,
    look,
  });
  let justFound: string | null = host;
  const ready = await context.waitFor({
    what: "the elected scheduler's storage",
    usual: 'up to 20 s',
    limitMs: waits.electionMs,
    hint: `${soFar}A log that was not initialised never gets ready: look for "Replicated log has not been initialized" in the log of ${host}.`,
    look: async () => {
      // Until it is READY it may still be another one: whoever is elected now is asked.
      const elected = justFound ?? (await look());
      justFound = null;
      return elected !== null && (await isReady(context, elected)) ? elected : null;
    },
  });
  return { host: ready.value, readyAfterMs: waitedMs + ready.waitedMs };
}

/** While two claim it, people learn at once which two, and who holds it. */
function sayWhoClaims(context: StepContext, election: Election): void {
  const words = claimWords(context, election);
  if (words !== null) context.progress(words);
}

/** A sentence about schedulers that claim an election they do not hold; `null` while none does. */
export function claimWords(context: Pick<StepContext, 'cluster'>, election: Election): string | null {
  const [stale] = findStale(context.cluster, election);
  if (stale === undefined) return null;
  return stale.rightful === null
    ? `${election.statuses
        .filter(countsAsElected)
        .map(({ host }) => host)
        .join(' and ')} all count themselves elected.`
    : `${stale.host} counts itself elected, but ${stale.rightful} holds the election in ZooKeeper.`;
}

/** A log needs a quorum of running schedulers: the ones that do not run are the first thing to look at. */
async function nameStopped(context: StepContext, error: AuroraError): Promise<AuroraError> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const stopped = statuses.filter(({ scheduler }) => scheduler.service === 'stopped').map(({ host }) => host);
  if (stopped.length === 0) return error;
  const { code, message, hint } = error;
  return new AuroraError({
    code,
    message: `${message} The scheduler does not run on ${stopped.join(' and ')}.`,
    hint,
    cause: error,
  });
}

/** Electing and being ready are two things (aurora.md 13): a storage-backed read is answered OK. */
export function isReady(context: StepContext, host: string): Promise<boolean> {
  return context.patiently(`the scheduler on ${host}`, () =>
    context.agentOf(host).scheduler.isStorageReady(),
  );
}

/** What one look at all hosts and ZooKeeper saw. `elected` is whom all evidence points to. */
interface Election extends ElectionView {
  readonly elected: HostStatus | null;
}

/** Looks once; throws AuroraError `registered-too-early` when one has registered with Mesos. */
export async function lookAtElection(context: StepContext): Promise<Election> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const registered = statuses.find(
    (status) =>
      status.vars?.['scheduler_lifecycle_ACTIVE'] === 1 || status.vars?.['framework_registered'] === 1,
  );
  if (registered !== undefined) {
    throw new AuroraError({
      code: 'registered-too-early',
      message: `The scheduler on ${registered.host} has registered with Mesos although it must not yet.`,
      hint: 'Its flags are not those of recovery mode. Put everything back, and look at its flag file.',
    });
  }
  const [claiming, ...others] = statuses.filter(countsAsElected);
  if (claiming === undefined) return { statuses, answer: null, elected: null };
  const answer = await context.patiently('ZooKeeper', () => askZooKeeper(context));
  const isElected = others.length === 0 && ownsLowestNode(context, { host: claiming.host, answer });
  return { statuses, answer, elected: isElected ? claiming : null };
}

/** One of the answers about leadership; throws when ZooKeeper cannot be asked. */
export async function askZooKeeper(context: Pick<StepContext, 'leader'>): Promise<LeaderAnswer> {
  const answer = await context.leader.findLeader();
  if (answer.kind === 'unreachable') throw answer.error;
  return answer;
}

function ownsLowestNode(context: StepContext, seen: { host: string; answer: LeaderAnswer }): boolean {
  if (seen.answer.kind === 'unreachable') return false;
  // Older nodes hold what the machine calls itself, often the same on all hosts: that there is one is all they tell.
  if (!releaseOf(context.cluster.auroraVersion).electionNodesNameHosts) {
    return seen.answer.candidates.length > 0;
  }
  return holderOf(context.cluster.hosts, seen.answer)?.name === seen.host;
}
