/**
 * What people decide by at the stop gate and the second look, taken in one look, and what is not as it was in a later one.
 * The two are compared as values: a bot that was started again goes on from what the journal says was shown.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import { judgeLeadership } from '../../aurora/leadership.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { heldReconciliationFlags } from '../../aurora/restore-flags.ts';
import type { Picture } from '../record/facts.ts';
import type { StepContext } from '../step.ts';
import { askZooKeeper } from './elected.ts';
import { instanceOf } from './one-process.ts';

interface Taken {
  readonly picture: Picture;
  /** What could not be seen, a sentence each; the picture has what was shown before in its place. */
  readonly unseen: readonly string[];
}

/** What to compare with when nothing was shown yet: hosts that do not answer are left out. */
export function blankPicture(leader: string | null): Picture {
  return { leader, hosts: [], runs: null };
}

/** Looks once at every host and at ZooKeeper, and waits for nobody: `shown` stands in for what does not answer. */
export async function takePicture(context: StepContext, shown: Picture): Promise<Taken> {
  const unseen: string[] = [];
  const orShown = async <T>(ask: () => Promise<T>, before: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AuroraError)) throw error;
      unseen.push(error.message);
      return before;
    }
  };
  const statuses: HostStatus[] = [];
  const hosts = await context.onEachHost((agent) =>
    orShown(
      async () => {
        const status = await agent.readStatus();
        statuses.push(status);
        return [hostOf(context, status)];
      },
      shown.hosts.filter(({ host }) => host === agent.host),
    ),
  );
  const leader = await orShown(async () => {
    const answer = await askZooKeeper(context);
    const { advertised, leader: seen } = judgeLeadership(context.cluster, { statuses, answer });
    // The member is of a host whose agent does not answer: whether it agrees is not known.
    return advertised?.host != null && advertised.status === null ? shown.leader : (seen?.host ?? null);
  }, shown.leader);
  const leading = statuses.find(({ host }) => host === leader);
  const runs = leading === undefined && leader !== null ? shown.runs : runsOf(context, leading);
  return { picture: { leader, hosts: hosts.flat(), runs }, unseen };
}

type SeenHost = Picture['hosts'][number];

function hostOf(context: StepContext, status: HostStatus): SeenHost {
  const { host, scheduler, flags } = status;
  const isUp = scheduler.service === 'running' && scheduler.httpPortOpen;
  return {
    host,
    instance: isUp ? instanceOf(status) : null,
    flagsSha256: flags.sha256,
    holds: isUp ? holds(context, status) : null,
  };
}

/** Whether the process was started with reconciliation held, by its own command line. */
export function holds(context: Pick<StepContext, 'state'>, status: HostStatus): boolean | null {
  const { processFlags } = status.scheduler;
  if (processFlags == null) return null;
  const held = heldReconciliationFlags(context.state().proposal.auroraVersion);
  return Object.entries(held).every(([flag, value]) => (processFlags[flag] ?? null) === value);
}

/** By the leader's own counters, which begin at zero in each process. */
export function runsOf(
  context: Pick<StepContext, 'state'>,
  leader: HostStatus | undefined,
): { explicit: number; implicit: number } | null {
  if (leader?.vars == null) return null;
  if (releaseOf(context.state().proposal.auroraVersion).reconciliation === 'by-executor') return null;
  const { vars } = leader;
  const count = (name: string): number => Number(vars[`reconciliation_${name}_runs`] ?? 0);
  return { explicit: count('explicit'), implicit: count('implicit') };
}

/** What is gone is believed when two looks in a row have missed it; until then it is as it was shown. */
export function confirmed(looks: { shown: Picture; before: Picture | null; now: Picture }): Picture {
  const { shown, before, now } = looks;
  const wasMissed = (host: string): boolean =>
    before?.hosts.some((seen) => seen.host === host && seen.instance === null) ?? false;
  return {
    ...now,
    leader: now.leader === null && before?.leader !== null ? shown.leader : now.leader,
    runs: now.leader === null ? shown.runs : now.runs,
    hosts: now.hosts.map((seen) =>
      seen.instance === null && !wasMissed(seen.host)
        ? (shown.hosts.find(({ host }) => host === seen.host) ?? seen)
        : seen,
    ),
  };
}

interface Changes {
  /** One a change, in words. */
  readonly sentences: readonly string[];
  /** Something was reconciled, or killed early. */
  readonly unclean: boolean;
}

/** What is not as it was shown. */
export function findChanges(shown: Picture, now: Picture): Changes {
  const reconciled = reconciledWords(shown, now);
  const killed = (now.killedEarly ?? 0) - (shown.killedEarly ?? 0);
  const early =
    killed > 0
      ? [`${killed} of the tasks that reconciling was to kill ${killed === 1 ? 'has' : 'have'} ended.`]
      : [];
  return {
    sentences: [
      ...now.hosts.flatMap((host) =>
        hostWords(
          shown.hosts.find((before) => before.host === host.host),
          host,
        ),
      ),
      ...leaderWords(shown, now),
      ...reconciled,
      ...early,
    ],
    unclean: reconciled.length > 0 || early.length > 0,
  };
}

function hostWords(before: SeenHost | undefined, now: SeenHost): string[] {
  if (before === undefined) return [];
  const { host } = now;
  return [
    ...(before.instance === now.instance ? [] : [processWords(before, now)]),
    ...(before.flagsSha256 === now.flagsSha256 ? [] : [`Somebody else changed the flag file of ${host}.`]),
  ];
}

function processWords(before: SeenHost, now: SeenHost): string {
  const { host, instance } = now;
  if (instance === null) return `The scheduler on ${host} does not run, or its port is closed.`;
  const what = before.instance === null ? 'runs again' : 'was started again';
  if (before.holds !== true || now.holds === null) return `The scheduler on ${host} ${what}.`;
  return now.holds
    ? `The scheduler on ${host} ${what}, with reconciliation still held.`
    : `The scheduler on ${host} ${what} without the hold: its own timers let it reconcile.`;
}

function leaderWords(shown: Picture, now: Picture): string[] {
  if (shown.leader === now.leader) return [];
  if (now.leader === null) return [`Nobody leads at this moment; ${shown.leader ?? 'nobody'} did.`];
  return [
    shown.leader === null ? `${now.leader} leads now.` : `${now.leader} leads now; ${shown.leader} did.`,
  ];
}

/** Another process begins at zero, so whatever it has counted is new. */
function reconciledWords(shown: Picture, now: Picture): string[] {
  if (now.runs === null || now.leader === null) return [];
  const processOf = (picture: Picture): string | null | undefined =>
    picture.hosts.find(({ host }) => host === picture.leader)?.instance;
  const isSame = shown.leader === now.leader && processOf(shown) === processOf(now);
  const before = isSame ? shown.runs : null;
  const explicit = now.runs.explicit - (before?.explicit ?? 0);
  const implicit = now.runs.implicit - (before?.implicit ?? 0);
  if (explicit <= 0 && implicit <= 0) return [];
  return [
    `${now.leader} has reconciled, and this restore did not ask for it: somebody else did, or its own timers.`,
  ];
}
