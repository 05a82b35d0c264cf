/**
 * Is outside traffic still blocked where this restore has blocked it? Whoever reaches a scheduler can commit (aurora.md 10),
 * and one `nft flush ruleset` lets everybody reach it. Costs one status a host, which agents share among those who ask.
 */
import type { HostStatus } from '../../aurora/hosts.ts';
import type { EventOf } from '../record/events.ts';
import type { StepContext } from '../step.ts';

interface TrafficLook {
  /** What is to be told in the thread, once. */
  readonly event: EventOf<'noticed'> | null;
  /** What stands on the card for as long as it is so. */
  readonly unclear: string | null;
}

/** The clock of a host may be so far behind. */
const skewMs = 30_000;

const nothing: TrafficLook = { event: null, unclear: null };

/** Looks once. An agent that does not answer is told by the other looks. */
export async function lookAtTraffic(context: StepContext): Promise<TrafficLook> {
  const since = blockedSince(context);
  if (since === null) return nothing;
  const statuses = await context.onEachHost((agent) => context.readStatus(agent).catch(() => null));
  const changes = statuses.filter((status) => status !== null).flatMap((status) => changesOf(status, since));
  const open = changes.filter(({ isOpen }) => isOpen).map(({ message }) => message);
  const untold = changes.filter(({ message }) =>
    context.state().notices.every((notice) => notice.message !== message),
  );
  const unclear = open.length === 0 ? null : open.join(' ');
  const [first] = untold;
  if (first === undefined) return { event: null, unclear };
  const { message, hint } = first;
  return { event: { type: 'noticed', code: 'traffic-open', message, hint }, unclear };
}

/** When the step that blocks ended; `null` where it has not, and where traffic was let in again. */
function blockedSince(context: StepContext): number | null {
  const { facts, runs } = context.state();
  if (facts['block-traffic'] === undefined || facts['unblock-traffic'] !== undefined) return null;
  if (runs['open-traffic'] !== undefined) return null;
  return runs['block-traffic']?.endedAt ?? null;
}

interface Change {
  readonly isOpen: boolean;
  readonly message: string;
  readonly hint: string;
}

function changesOf({ host, traffic, trafficBlockedAgainAt: again }: HostStatus, since: number): Change[] {
  if (traffic === 'open') {
    return [
      {
        isOpen: true,
        message: `Outside traffic to ${host} is open although this restore blocked it.`,
        hint: `Find who opened it and block it on ${host} again before anybody signs: whoever reaches the scheduler can commit.`,
      },
    ];
  }
  if (again == null || again + skewMs < since) return [];
  return [
    {
      isOpen: false,
      message: `Outside traffic to ${host} was opened, and its agent blocked it again at ${new Date(again).toISOString()}.`,
      hint: `Find who changed the firewall of ${host} (nft flush ruleset, a reload of its rules) and stop that until the restore has ended.`,
    },
  ];
}
