/**
 * What one cluster's hosts say of their backups, kept between looks: a host that is asked is not asked again before it has answered,
 * whoever wants to know, and of one that says nothing now is shown what it said last, with the time.
 */
import type { BackupFile } from '../aurora/backups.ts';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import type { FleetHistory, SeenBackup } from '../aurora/fleet.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import { within } from '../aurora/within.ts';
import { type HostAnswer, type Inventory, type InventoryItem, mergeInventory } from './inventory.ts';

export interface FleetPicture {
  /** Asks all hosts, and waits for what does not answer for `limitMs` at most. Never throws for a host. */
  look(limitMs: number): Promise<Inventory>;
  /** The same again and again until every file is read, for `limitMs` at most. */
  lookThrough(limitMs: number): Promise<Inventory>;
}

type AskedAgent = Pick<HostAgent, 'host' | 'listKnownBackups' | 'readStatus'>;

interface Parts {
  readonly cluster: string;
  readonly agents: readonly AskedAgent[];
  readonly clock: Clock;
  readonly history: Pick<FleetHistory, 'noteSeen'>;
  warn(fields: Record<string, unknown>, message: string): void;
}

interface HostView {
  readonly agent: AskedAgent;
  /** What it said last, and when it was asked. */
  last: { readonly files: readonly BackupFile[]; readonly unread: number; readonly atMs: number } | null;
  /** Of the last question that was answered. */
  failure: string | null;
  asking: Promise<void> | null;
  /** The other question, which shows that its agent lives. */
  greeting: Promise<boolean> | null;
}

/** Between two looks of those that follow how hosts read on. */
const readingPollMs = 500;
/** What has not changed is written down this often. */
const noteEveryMs = 60_000;

/** Nobody is asked before the first look. */
export function createFleetPicture({ cluster, agents, clock, history, warn }: Parts): FleetPicture {
  const views = agents.map(
    (agent): HostView => ({ agent, last: null, failure: null, asking: null, greeting: null }),
  );
  let noted = { what: '', atMs: Number.NEGATIVE_INFINITY };

  const ask = (view: HostView): Promise<void> => {
    const atMs = clock.now();
    view.asking ??= view.agent
      .listKnownBackups()
      .then(
        ({ files, reading }) => {
          view.last = { files, unread: reading.length, atMs };
          view.failure = null;
        },
        (error: unknown) => {
          view.failure = messageOf(error);
        },
      )
      .finally(() => {
        view.asking = null;
      });
    return view.asking;
  };

  const note = async (items: readonly InventoryItem[], atMs: number): Promise<void> => {
    const backups = items.flatMap(toSeen);
    const what = backups.map(({ sha256, copies }) => `${sha256} ${copies.length}`).join();
    if (backups.length === 0 || (what === noted.what && Math.abs(atMs - noted.atMs) < noteEveryMs)) return;
    noted = { what, atMs };
    try {
      await history.noteSeen(cluster, { atMs, backups });
    } catch (error) {
      warn({ cluster, why: messageOf(error) }, 'what was seen of backups is not written down');
    }
  };

  const look = async (limitMs: number): Promise<Inventory> => {
    const atMs = clock.now();
    const answers = await Promise.all(views.map((view) => answerOf(view, ask(view), { clock, limitMs })));
    const inventory = mergeInventory(answers, clock.now());
    await note(inventory.items, atMs);
    return inventory;
  };

  return {
    look,
    lookThrough: async (limitMs) => {
      const begunAt = clock.now();
      for (;;) {
        const left = limitMs - (clock.now() - begunAt);
        const inventory = await look(Math.max(left, readingPollMs));
        if (inventory.unread.length === 0 || left <= readingPollMs) return inventory;
        await clock.sleep(readingPollMs);
      }
    },
  };
}

/**
 * An agent of before decodes all before it answers, and looks like a frozen host. So a question that takes half of its time is joined
 * by one that any agent answers at once.
 */
async function answerOf(
  view: HostView,
  asked: Promise<void>,
  { clock, limitMs }: { clock: Clock; limitMs: number },
): Promise<HostAnswer> {
  const { host } = view.agent;
  const answered = asked.then(() => true as const);
  const early = await within(clock, limitMs / 2, answered);
  if (early === true) return toldBy(view);
  const [late, alive] = await Promise.all([
    within(clock, limitMs / 2, answered),
    within(clock, limitMs / 2, greet(view)),
  ]);
  if (late === true) return toldBy(view);
  const why = alive === true ? null : `The agent on ${host} did not answer in time.`;
  return { ...before(view), why, reading: why === null };
}

/** A frozen host is asked once, however long and often it is looked at. */
function greet(view: HostView): Promise<boolean> {
  view.greeting ??= view.agent
    .readStatus()
    .then(
      () => true,
      () => false,
    )
    .finally(() => {
      view.greeting = null;
    });
  return view.greeting;
}

function toldBy(view: HostView): HostAnswer {
  if (view.failure !== null || view.last === null)
    return { ...before(view), why: view.failure, reading: false };
  const { files, unread } = view.last;
  return { host: view.agent.host, files, unread, why: null, reading: false, asOfMs: null };
}

/** What it said before. What it had still to read then is not known of now. */
function before({
  agent: { host },
  last,
}: HostView): Pick<HostAnswer, 'host' | 'files' | 'unread' | 'asOfMs'> {
  return { host, files: last?.files ?? [], unread: 0, asOfMs: last?.atMs ?? null };
}

function toSeen({
  report,
  contentAtMs,
  copies,
  sha256,
}: InventoryItem): Omit<SeenBackup, 'firstSeenMs' | 'lastSeenMs'>[] {
  const here = copies.filter(({ asOfMs }) => asOfMs === undefined).map(({ host, name }) => ({ host, name }));
  if (here.length === 0) return [];
  return [
    {
      sha256,
      contentAtMs,
      bytes: report.bytes,
      tasks: report.tasks.total,
      jobs: report.jobs,
      verdict: report.verdict,
      frameworkId: report.frameworkId,
      copies: here,
    },
  ];
}
