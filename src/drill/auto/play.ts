/** `drill --auto`: plays a story without a person, prints the thread as it grows, and verifies how it ended. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Recorded } from '../../aurora/journal.ts';
import type { GateName, RestoreEvent } from '../../restore/events.ts';
import { foldJournal } from '../../restore/fold.ts';
import { type RestoreState, summaryOf } from '../../restore/state.ts';
import { openSqliteStore } from '../../store/store.ts';
import { drillUsers, incidentChannel } from '../world/cast.ts';
import { compareSnapshots, takeSnapshot, type WorldSnapshot } from '../world/snapshot.ts';
import type { DrillWorld } from '../world/world.ts';
import { SlackHand } from './hand.ts';
import { playStory, type StoryName } from './stories.ts';
import { type Tally, tallyOperations } from './tally.ts';
import { followChannel, formatLine } from './transcript.ts';

interface AutoResult {
  readonly outcome: string;
  readonly restoreId: string;
  readonly cluster: string;
  readonly backup: string;
  readonly gates: readonly { name: GateName; signedBy: readonly string[] }[];
  readonly steps: readonly { name: string; hosts: readonly string[]; ms: number }[];
  readonly predicted: Counts;
  readonly observed: Counts | null;
  readonly undone?: { files: boolean; tasks: boolean; flags: boolean };
  readonly operations: Tally;
  readonly recordHash: string;
}

interface Counts {
  readonly killed: number;
  readonly rescheduled: number;
  readonly kept: number;
}

/** A person would have given up by then. */
const limitMs = 120_000;

/** Plays it; `print` gets each message as it appears. */
export async function playAuto(
  world: DrillWorld,
  options: { story: StoryName; print: (text: string) => void },
): Promise<{ result: AutoResult; problems: readonly string[] }> {
  const before = await takeSnapshot(world);
  const names = new Map(drillUsers.map((user) => [user.id, `@${user.name}`]));
  const following = followChannel({
    url: world.slack.url,
    channel: incidentChannel.id,
    nameOf: (userId) => names.get(userId) ?? userId,
    onLine: (line) => options.print(formatLine(line)),
  });
  try {
    await playStory(options.story, new SlackHand({ url: world.slack.url, limitMs }));
  } finally {
    await following.stop();
  }
  return await inspectEnd(world, { story: options.story, before });
}

/** How the newest restore stands or ended, and what of that is not as the story should end. */
export async function inspectEnd(
  world: DrillWorld,
  played: { story: StoryName; before: WorldSnapshot },
): Promise<{ result: AutoResult; problems: readonly string[] }> {
  const { story, before } = played;
  const records = await readNewestRecord(world);
  const undone = story === 'restore' ? undefined : compareSnapshots(before, await takeSnapshot(world));
  const { tally, discrepancies } = await tallyOperations(records, world.hosts);
  const result = describe(records, { tally, undone });
  const counted = discrepancies.map(({ operationId, seen }) =>
    seen === null
      ? `${operationId}: its host could not be asked what was done to it.`
      : `${operationId}: its effect was seen ${seen} times.`,
  );
  return { result, problems: [...verify(result, story), ...counted] };
}

async function readNewestRecord(world: DrillWorld): Promise<readonly Recorded<RestoreEvent>[]> {
  const store = await openSqliteStore<RestoreEvent>(join(world.directory, 'bot', 'state', 'bot.sqlite'));
  try {
    const newest = (await store.listRestores({})).at(-1);
    return newest === undefined ? [] : await store.read(newest.restoreId);
  } finally {
    await store.close();
  }
}

function describe(
  records: readonly Recorded<RestoreEvent>[],
  around: { tally: Tally; undone: AutoResult['undone'] },
): AutoResult {
  const state = foldJournal(records);
  const blast = summaryOf(state)?.blast ?? state.facts.preview?.blast;
  return {
    outcome: state.ended?.outcome ?? 'unfinished',
    restoreId: state.restoreId,
    cluster: state.proposal.cluster,
    backup: state.proposal.backup.name,
    gates: Object.values(state.gates).map((gate) => ({
      name: gate.name,
      signedBy: gate.signOffs.map((signOff) => signOff.person.name),
    })),
    steps: describeSteps(state),
    predicted: { killed: blast?.killed ?? 0, rescheduled: blast?.rescheduled ?? 0, kept: blast?.kept ?? 0 },
    observed: state.facts.soak?.observed ?? null,
    ...(around.undone === undefined ? {} : { undone: around.undone }),
    operations: around.tally,
    recordHash: state.hash,
  };
}

function describeSteps(state: RestoreState): AutoResult['steps'] {
  const hostsOf = new Map<string, Set<string>>();
  for (const operation of state.operations.values()) {
    hostsOf.set(operation.step, (hostsOf.get(operation.step) ?? new Set()).add(operation.host));
  }
  return Object.entries(state.runs).map(([name, run]) => ({
    name,
    hosts: [...(hostsOf.get(name) ?? [])].sort(),
    ms: (run.endedAt ?? run.startedAt) - run.startedAt,
  }));
}

/** What would make the drill fail, in sentences. */
function verify(result: AutoResult, story: StoryName): string[] {
  const wanted = story === 'restore' ? 'completed' : 'undone';
  const same = isDeepStrictEqual(result.observed, result.predicted);
  const undone = result.undone;
  return [
    ...(result.outcome === wanted ? [] : [`The restore ended "${result.outcome}" instead of "${wanted}".`]),
    ...(story !== 'restore' || same ? [] : ['What was observed is not what was predicted.']),
    ...(undone === undefined || (undone.files && undone.tasks && undone.flags)
      ? []
      : [`Not everything is as before: ${JSON.stringify(undone)}.`]),
    ...(result.operations.repeated === 0 ? [] : [`${result.operations.repeated} effects happened twice.`]),
    ...(result.operations.lost === 0 ? [] : [`${result.operations.lost} effects were lost.`]),
  ];
}
