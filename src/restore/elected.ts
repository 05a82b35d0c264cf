/**
 * Finding the elected scheduler when ZooKeeper's member node cannot tell: in recovery mode nobody registers with
 * Mesos, so nobody advertises. Evidence, all of it needed: the lifecycle gauge on exactly one host, that host's
 * election node is the lowest, and its storage answers (aurora.md 9.2, 13, 14 G and H).
 */
import { AuroraError } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import type { LeaderAnswer } from '../aurora/leader.ts';
import { releaseOf } from '../aurora/releases.ts';
import type { StepContext } from './step.ts';

interface Elected {
  readonly host: string;
  readonly readyAfterMs: number;
}

/** Waits for one elected scheduler whose storage is READY. `soFar` is a sentence about what was or was not done. */
export async function waitForElected(context: StepContext, soFar = ''): Promise<Elected> {
  try {
    return await waitForBoth(context, soFar);
  } catch (error) {
    if (!(error instanceof AuroraError) || error.code !== 'waited-too-long') throw error;
    // Nobody is elected while ZooKeeper is away; when it is, its own error says so better.
    await askZooKeeper(context);
    throw await nameStopped(context, error);
  }
}

async function waitForBoth(context: StepContext, soFar: string): Promise<Elected> {
  const { waits } = context.cluster;
  const { value: host, waitedMs } = await context.waitFor({
    what: 'one scheduler to be elected',
    usual: 'a few seconds',
    limitMs: waits.electionMs,
    hint: `${soFar}Look at the schedulers' own logs: an election needs ZooKeeper and a quorum of started schedulers.`,
    look: () => findElected(context),
  });
  let justFound: string | null = host;
  const ready = await context.waitFor({
    what: "the elected scheduler's storage",
    usual: 'up to 20 s',
    limitMs: waits.electionMs,
    hint: `${soFar}A log that was not initialised never gets ready: look for "Replicated log has not been initialized" in the log of ${host}.`,
    look: async () => {
      // Until it is READY it may still be another one: whoever is elected now is asked.
      const elected = justFound ?? (await findElected(context));
      justFound = null;
      return elected !== null && (await isReady(context, elected)) ? elected : null;
    },
  });
  return { host: ready.value, readyAfterMs: waitedMs + ready.waitedMs };
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

/** Asked once more right before staging and before the commit: electing and being ready are two things (aurora.md 13). */
export async function assertReady(
  context: StepContext,
  asked: { host: string; nothingDone: string },
): Promise<void> {
  if (await isReady(context, asked.host)) return;
  throw new AuroraError({
    code: 'storage-not-ready',
    message: `${asked.host} is elected, but its storage is not READY any more.`,
    hint: `${asked.nothingDone} Look again in a moment, or put everything back.`,
  });
}

function isReady(context: StepContext, host: string): Promise<boolean> {
  return context.patiently(`the scheduler on ${host}`, () =>
    context.agentOf(host).scheduler.isStorageReady(),
  );
}

/** The host that all evidence points to, `null` while there is none; throws when one has registered. */
export async function findElected(context: StepContext): Promise<string | null> {
  return (await lookAtElected(context))?.host ?? null;
}

/** The same with what its agent said of it. */
export async function lookAtElected(context: StepContext): Promise<HostStatus | null> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const registered = statuses.find(
    (status) => gauge(status, 'ACTIVE') || status.vars?.['framework_registered'] === 1,
  );
  if (registered !== undefined) {
    throw new AuroraError({
      code: 'registered-too-early',
      message: `The scheduler on ${registered.host} has registered with Mesos although it must not yet.`,
      hint: 'Its flags are not those of recovery mode. Put everything back, and look at its flag file.',
    });
  }
  const [elected, ...others] = statuses.filter((status) => gauge(status, 'LEADER_AWAITING_REGISTRATION'));
  if (elected === undefined || others.length > 0) return null;
  const answer = await context.patiently('ZooKeeper', () => askZooKeeper(context));
  return ownsLowestNode(context, { host: elected.host, answer }) ? elected : null;
}

/** One of the answers about leadership; throws when ZooKeeper cannot be asked. */
export async function askZooKeeper(context: Pick<StepContext, 'leader'>): Promise<LeaderAnswer> {
  const answer = await context.leader.findLeader();
  if (answer.kind === 'unreachable') throw answer.error;
  return answer;
}

function gauge(status: HostStatus, state: string): boolean {
  return status.vars?.[`scheduler_lifecycle_${state}`] === 1;
}

function ownsLowestNode(context: StepContext, seen: { host: string; answer: LeaderAnswer }): boolean {
  if (seen.answer.kind === 'unreachable') return false;
  // Older nodes hold what the machine calls itself, often the same on all hosts: that there is one is all they tell.
  if (!releaseOf(context.cluster.auroraVersion).electionNodesNameHosts) {
    return seen.answer.candidates.length > 0;
  }
  const [lowest] = [...seen.answer.candidates].sort((a, b) => a.sequence - b.sequence);
  const configured = context.cluster.hosts.find((host) => host.name === seen.host);
  return lowest !== undefined && configured !== undefined && lowest.host === configured.advertised;
}
