import { within } from '../src/aurora/within.ts';
import type { Inventory, InventoryItem } from '../src/backups/inventory.ts';
import type { Message } from '../src/slack/blocks.ts';
import { renderBackups, shownItems } from '../src/slack/messages/backups.ts';
import { type ClusterCall, chooseCluster } from './choose-cluster.ts';
import type { CommandDeps } from './deps.ts';
import { type HeldOn, listHeld } from './held-copies.ts';
import { firstAnswerMs, interactiveReadMs } from './reads.ts';
import type { SharedEstimate } from './shared-losses.ts';

/**
 * When it is told once more what is known by then, counted from the beginning. What is whole is told at once, and so is the first backup
 * that can be recommended.
 */
const tellAgainMs = {
  /** Slack takes five answers to one press, and each takes the place of the one before (slack.md 4.5). */
  here: [3_000, 10_000, 40_000, 120_000],
  /** Each is a message of its own, so there is hardly one more. */
  below: [60_000, 60_000],
} as const;
/** Between two looks at how hosts read on. */
const lookAgainMs = 1_000;
/** However little time is left: a host that is well answers within it. */
const shortestLookMs = 300;
/** The same while nothing is known that could be told. */
const firstLooksMs = 150;

/**
 * `/aurora backups [cluster] [all]`, and the buttons "Show all" and "Look again": answers with what is known within a second, and goes
 * on until everything is read and worked out.
 */
export async function backups(deps: CommandDeps, call: ClusterCall): Promise<void> {
  const { conversation } = call;
  const { clock } = deps;
  const list = listOf(deps, call);
  const rest = conversation.replace === undefined ? 'below' : 'here';
  const say = (message: Message): Promise<void> => (conversation.replace ?? conversation.tell)(message);
  const begunAt = clock.now();
  const untilMs = (ms: number): number => Math.max(0, begunAt + ms - clock.now());

  await list.look(firstAnswerMs);
  while (list.isReading() && !list.hasBest() && untilMs(firstAnswerMs) > 0)
    await list.goOn({
      limitMs: untilMs(firstAnswerMs),
      pauseMs: firstLooksMs,
      lookMs: untilMs(firstAnswerMs),
    });
  await within(clock, untilMs(firstAnswerMs), list.isEstimated());
  let told = list.render(rest);
  let hadBest = list.hasBest();
  await say(told);
  const lastMs = Math.max(...tellAgainMs[rest]);
  for (const byMs of tellAgainMs[rest]) {
    while (!list.isSettled() && untilMs(byMs) > 0 && (hadBest || !list.hasBest()))
      await list.goOn({ limitMs: untilMs(byMs), pauseMs: lookAgainMs, lookMs: interactiveReadMs });
    const isLast = list.isSettled() || untilMs(lastMs) === 0;
    const now = list.render(isLast ? null : rest);
    if (!isSame(now, told)) await say(now);
    told = now;
    hadBest ||= list.hasBest();
    if (isLast) return;
  }
}

/** The answer as it grows. */
function listOf(deps: CommandDeps, call: ClusterCall) {
  const { clock } = deps;
  const access = chooseCluster(deps, call);
  const begunAt = clock.now();
  const all = call.flags.has('all');
  const cluster = access.cluster.name;
  const picture = deps.fleet.of(cluster);
  let inventory: Inventory | null = null;
  let estimate: SharedEstimate | null = null;
  /** Why losses are not known; `null` while they are worked out, too. */
  let why: string | null = null;
  let isKnown = false;
  let estimated = '';
  let held: readonly HeldOn[] | null = null;
  const holding = listHeld(access.agents, clock).then((copies) => {
    held = copies;
  });

  const shown = (): readonly InventoryItem[] => (inventory === null ? [] : shownItems(inventory, all));
  const nameOf = (items: readonly InventoryItem[]): string => items.map(({ sha256 }) => sha256).join();
  /** One after the other: while some are worked out, hosts are read from already. */
  const estimateShown = async (): Promise<void> => {
    const items = shown();
    if (estimate !== null && (!isKnown || estimated === nameOf(items))) return;
    const mine = deps.losses.begin(access, items);
    estimate = mine;
    estimated = nameOf(items);
    isKnown = false;
    void mine.done.then(
      (ended) => {
        if (estimate !== mine) return;
        isKnown = true;
        why = ended.why;
      },
      () => undefined,
    );
    // What is known already is told with the list.
    await Promise.resolve();
  };
  const look = async (limitMs: number): Promise<void> => {
    inventory = await picture.look(limitMs);
    await estimateShown();
  };
  /** All files, and who is silent has been waited for as long as a person waits. */
  const isReading = (): boolean =>
    inventory === null || inventory.unread.length + inventory.reading.length > 0;
  const isRead = (): boolean => {
    if (inventory === null || isReading()) return false;
    return inventory.silent.length === 0 || clock.now() - begunAt >= interactiveReadMs;
  };
  const isEstimated = async (): Promise<void> => {
    await estimate?.done;
  };
  return {
    look,
    isEstimated,
    isReading,
    hasBest: () => inventory !== null && inventory.recommended !== null,
    isSettled: () => isRead() && isKnown && held !== null && estimated === nameOf(shown()),
    /** Waits for what is next: a file that was read, or what the backups would cost. */
    goOn: async (wait: { limitMs: number; pauseMs: number; lookMs: number }): Promise<void> => {
      const { limitMs, pauseMs, lookMs } = wait;
      if (isRead()) {
        await within(clock, limitMs, Promise.all([isEstimated(), holding]));
        if (isKnown) await estimateShown();
      } else {
        await clock.sleep(Math.min(pauseMs, limitMs));
        await look(Math.max(Math.min(lookMs, limitMs), shortestLookMs));
      }
    },
    render: (rest: 'here' | 'below' | null): Message => {
      if (inventory === null) throw new Error('it is rendered after a look');
      const isOpen = isReading() || !isKnown;
      return renderBackups({
        cluster,
        inventory,
        losses: estimate?.known() ?? new Map(),
        lossesUnknown: isKnown ? why : null,
        held: held ?? [],
        all,
        now: clock.now(),
        ...(isOpen && rest !== null && { rest }),
      });
    },
  };
}

function isSame(a: Message, b: Message): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
