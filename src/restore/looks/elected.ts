/**
 * Finding the elected scheduler when ZooKeeper's member node cannot tell: in recovery mode nobody registers with
 * Mesos, so nobody advertises. Evidence, all of it needed: the lifecycle gauge on exactly one host, that host's
 * election node is the lowest, and its storage answers (aurora.md 9.2, 13, 14 G and H). While one is waited for,
 * schedulers that hang are started again: no election gets past them.
 */
import { errorCodes, hasCode } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { LeaderAnswer } from '../../aurora/leader.ts';
import { explainClaims } from '../../aurora/leader-words.ts';
import { type ElectionView, judgeLeadership, type Leadership } from '../../aurora/leadership.ts';
import type { StepContext } from '../step.ts';
import { HungWatch } from './hung.ts';
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
    if (!hasCode(error, errorCodes.waitedTooLong)) throw error;
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
    // While two claim it, people learn at once which two, and who holds it.
    const claims = explainClaims(election);
    if (claims !== null) context.progress(claims.sentence);
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
    hint: `${soFar}An uninitialised log never becomes ready: look for "Replicated log has not been initialized" in the log of ${host}.`,
    look: async () => {
      // Until it is READY it may still be another one: whoever is elected now is asked.
      const elected = justFound ?? (await look());
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

/** Electing and being ready are two things (aurora.md 13): a storage-backed read is answered OK. */
export function isReady(context: StepContext, host: string): Promise<boolean> {
  return context.patiently(`the scheduler on ${host}`, () =>
    context.agentOf(host).scheduler.isStorageReady(),
  );
}

interface Election extends ElectionView, Leadership {}

/** Looks once; throws AuroraError `registered-too-early` when one has registered with Mesos. */
export async function lookAtElection(context: StepContext): Promise<Election> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const unasked = { statuses, answer: null };
  const seen = judgeLeadership(context.cluster, unasked);
  const [registered] = seen.registered;
  if (registered !== undefined) {
    throw new AuroraError({
      code: errorCodes.registeredTooEarly,
      message: `The scheduler on ${registered.host} has registered with Mesos although it must not yet.`,
      hint: 'Its flags are not those of recovery mode. Put everything back, and look at its flag file.',
    });
  }
  if (seen.claiming.length === 0) return { ...unasked, ...seen };
  const view = { statuses, answer: await context.patiently('ZooKeeper', () => askZooKeeper(context)) };
  return { ...view, ...judgeLeadership(context.cluster, view) };
}

/** One of the answers about leadership; throws when ZooKeeper cannot be asked. */
export async function askZooKeeper(context: Pick<StepContext, 'leader'>): Promise<LeaderAnswer> {
  const answer = await context.leader.findLeader();
  if (answer.kind === 'unreachable') throw answer.error;
  return answer;
}
