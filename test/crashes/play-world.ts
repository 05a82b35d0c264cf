/** One world: a whole restore, whose bot and agents are killed at every point that nobody has died at yet. */
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../src/aurora/errors.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { hasButton, type SeenMessage, SlackHand } from '../../src/drill/auto/hand.ts';
import { type AutoResult, inspectEnd } from '../../src/drill/auto/play.ts';
import { carryThrough, openRestore, proposeReturn } from '../../src/drill/auto/stories.ts';
import { followJournal } from '../../src/drill/faults/follow-journal.ts';
import { cast, incidentChannel } from '../../src/drill/world/cast.ts';
import { takeSnapshot } from '../../src/drill/world/snapshot.ts';
import { type DrillWorld, startWorld } from '../../src/drill/world/world.ts';
import type { KillOrders } from './preload/kill.ts';
import { isConfigured, type Scene } from './scene.ts';

export interface WorldReport {
  readonly scene: Scene;
  /** Where programs died, in order. */
  readonly points: readonly string[];
  /** Anything else than `completed` and `undone` is an end that nobody wanted. */
  readonly outcome: string;
  readonly repeated: number;
  readonly lost: number;
  /** Put back, and not as it was before. */
  readonly undoMismatch: boolean;
  readonly problems: readonly string[];
}

interface WorldOrders extends Omit<KillOrders, 'world' | 'begun'> {
  readonly scene: Scene;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  readonly onKill: (point: string) => void;
}

/** An agent that dies at a dozen points of one operation is away for longer than one that dies once. */
const waits = {
  agentDeadline: '10m',
  logGroupEmpty: '2m',
  election: '5m',
  registration: '5m',
  soak: '1m',
};
/** For one thing to be seen, however often programs die until then. */
const limitMs = 20 * 60_000;
const looksMax = 20;
const patienceMs = 3_000;
/** So long nothing is written into the bot's journal only when the restore waits for somebody. */
const stalledMs = 120_000;

/** Plays it and takes its directory away; `null` when it was ended before its time. */
export async function playWorld(orders: WorldOrders): Promise<WorldReport | null> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-crashes-'));
  const kills = join(directory, 'kills');
  fs.mkdirSync(kills);
  const watching = fs.watch(kills, (_, name) => {
    if (name !== null) orders.onKill(decodeURIComponent(name));
  });
  const begun = join(directory, 'begun');
  const { procedure } = orders.scene;
  const over = new AbortController();
  let world: DrillWorld | null = null;
  try {
    world = await startWorld({
      directory: join(directory, 'drill'),
      clock: systemClock,
      seed: 'crashes',
      slackPort: 0,
      delivery: 'socket',
      ...(isConfigured(procedure) && { procedure }),
      overrides: { waits },
      nodeArguments: ['--import', preloadAddress(writeOrders(directory, { ...orders, world: kills, begun }))],
      say: () => undefined,
    });
    const signal = AbortSignal.any([orders.signal, over.signal]);
    return await Promise.race([
      playIn(world, { scene: orders.scene, kills, begun, signal }),
      whenAborted(signal),
    ]);
  } finally {
    over.abort();
    watching.close();
    await world?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function playIn(
  world: DrillWorld,
  around: { scene: Scene; kills: string; begun: string; signal: AbortSignal },
): Promise<WorldReport> {
  const { scene, kills } = around;
  const { story } = scene;
  const played = new AbortController();
  const signal = AbortSignal.any([around.signal, played.signal]);
  const hand = new SlackHand({ url: world.slack.url, limitMs, signal });
  const first = isConfigured(scene.procedure) ? null : await restoreBefore(hand);
  const before = await takeSnapshot(world);
  fs.writeFileSync(around.begun, '');
  const playing = playRestore(hand, { story, first }).then(
    () => [],
    (error: unknown) => [messageOf(error)],
  );
  void lookAgainWhenAsked(hand, signal);
  const trouble = await Promise.race([playing, whenStalled(world, { kills, signal })]);
  played.abort();
  const { result, problems } = await inspectEnd(world, { story, before });
  const { repeated, lost } = result.operations;
  return {
    scene,
    points: listPoints(kills),
    outcome: result.outcome,
    repeated,
    lost,
    undoMismatch: result.undone !== undefined && Object.values(result.undone).includes(false),
    problems: [...trouble, ...problems, ...sayStuck(result.stuckOn)],
  };
}

/** A log that an earlier restore has set aside can only be brought back once there was one. */
async function restoreBefore(hand: SlackHand): Promise<SeenMessage> {
  const card = await openRestore(hand);
  await carryThrough(hand, card, 'restore');
  return card;
}

async function playRestore(
  hand: SlackHand,
  { story, first }: { story: Scene['story']; first: SeenMessage | null },
): Promise<void> {
  const card = first === null ? await openRestore(hand) : await proposeReturn(hand, first);
  await carryThrough(hand, card, story);
}

function sayStuck(stuckOn: AutoResult['stuckOn']): readonly string[] {
  return stuckOn === undefined ? [] : [`Stuck at ${stuckOn.step} (${stuckOn.code}): ${stuckOn.message}`];
}

/** Answers when nothing has been written for too long; never otherwise. */
async function whenStalled(
  world: DrillWorld,
  { kills, signal }: { kills: string; signal: AbortSignal },
): Promise<readonly string[]> {
  let last = Date.now();
  const goesOn = (): void => {
    last = Date.now();
  };
  const following = followJournal(world.directory, goesOn);
  const watching = fs.watch(kills, goesOn);
  try {
    while (!signal.aborted && Date.now() - last < stalledMs) await systemClock.sleep(1_000, signal);
  } finally {
    following.stop();
    watching.close();
  }
  return [`Nothing was written into the journal for ${stalledMs / 1_000} s.`];
}

/** Where a program dies again and again in one call, what became of it is for a person to say: somebody does. */
async function lookAgainWhenAsked(hand: SlackHand, signal: AbortSignal): Promise<void> {
  for (let looks = 0; looks < looksMax && !signal.aborted; ) {
    try {
      const card = (await hand.readChannel(incidentChannel.id)).find((message) =>
        hasButton(message, 'look-again'),
      );
      if (card !== undefined) {
        looks += 1;
        await hand.press({ user: cast.bo, message: card, actionId: 'look-again' });
        await hand.submitForm({ user: cast.bo, form: 'look-again', values: {} });
      }
      await hand.untilSomething(patienceMs);
    } catch {
      // The restore went on meanwhile, or the world is over.
      await systemClock.sleep(patienceMs, signal);
    }
  }
}

function writeOrders(directory: string, orders: KillOrders): string {
  const { scopes, world, begun, limit, only, compiled } = orders;
  const file = join(directory, 'orders.json');
  fs.writeFileSync(
    file,
    JSON.stringify({ scopes, world, begun, limit, only, compiled } satisfies KillOrders),
  );
  return file;
}

function preloadAddress(orders: string): string {
  const address = pathToFileURL(join(import.meta.dirname, 'preload.ts'));
  address.searchParams.set('orders', orders);
  return address.href;
}

/** Names of the points in a directory of marks, oldest first. */
function listPoints(directory: string): string[] {
  const marks = fs.readdirSync(directory).map((name) => ({
    point: decodeURIComponent(name),
    at: fs.statSync(join(directory, name), { bigint: true }).mtimeNs,
  }));
  return marks.sort((a, b) => Number(a.at - b.at)).map(({ point }) => point);
}

async function whenAborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return null;
}
