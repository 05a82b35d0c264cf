/** `drill --auto`: plays a story without a person, prints the thread as it grows, and verifies how it ended. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AuroraError } from '../../aurora/errors.ts';
import type { Recorded } from '../../aurora/journal.ts';
import { openBotReader } from '../../cli/bot-store.ts';
import { eventForm, type GateName, type RestoreEvent } from '../../restore/record/events.ts';
import { foldJournal } from '../../restore/record/fold.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import type { ForeignCall } from '../faults/fault.ts';
import { createSignForm } from '../signing/sign-form.ts';
import { readVerified } from '../signing/verified.ts';
import { compareSnapshots, takeSnapshot, type WorldSnapshot } from '../world/snapshot.ts';
import type { DrillWorld } from '../world/world.ts';
import { SlackHand } from './hand.ts';
import { endOfStory, playStory, type StoryName } from './stories.ts';
import { type Tally, tallyOperations } from './tally.ts';
import { printChannel } from './transcript.ts';

export interface AutoResult {
  readonly outcome: string;
  readonly restoreId: string;
  readonly cluster: string;
  readonly backup: string;
  /** Only when people sign with keys of their own. */
  readonly signing?: 'keys';
  /** `proofs`: the fewest of their signatures with which any host did what the gate lets through, by its agent's own audit log. */
  readonly gates: readonly { name: GateName; signedBy: readonly string[]; proofs?: number }[];
  readonly steps: readonly { name: string; hosts: readonly string[]; ms: number }[];
  readonly predicted: Counts;
  readonly observed: Counts | null;
  readonly undone?: { files: boolean; tasks: boolean; flags: boolean };
  /** What the restore says that a person is needed for; absent when nobody is. */
  readonly stuckOn?: { step: string; code: string; message: string };
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
  const following = printChannel(world, options.print);
  try {
    const signForm = createSignForm(world.keys);
    await playStory(options.story, new SlackHand({ url: world.slack.url, limitMs, signForm }));
  } catch (error) {
    throw await sayWhereItStands(world, error);
  } finally {
    await following.stop();
  }
  return await inspectEnd(world, { story: options.story, before });
}

interface Played {
  readonly story: StoryName;
  readonly before: WorldSnapshot;
  /** Calls to schedulers that are nobody's of this restore. */
  readonly foreignCalls?: readonly ForeignCall[];
  /** Something was done to the world: it may end in another way than its story, as long as it says so. */
  readonly anyEnd?: true;
}

/** How the newest restore stands or ended, and what of that is not as the story should end. */
export async function inspectEnd(
  world: DrillWorld,
  played: Played,
): Promise<{ result: AutoResult; problems: readonly string[] }> {
  const { story, before, foreignCalls = [], anyEnd } = played;
  const records = await readNewestRecord(world);
  if (records.length === 0) throw noRestore();
  const wasUndone = records.some(({ event }) => event.type === 'restore-ended' && event.outcome === 'undone');
  const undone =
    endOfStory(story) === 'completed' && !wasUndone
      ? undefined
      : compareSnapshots(before, await takeSnapshot(world));
  const { tally, discrepancies } = await tallyOperations(records, world.hosts, foreignCalls);
  const state = foldJournal(records);
  const verified = world.keys === null ? null : readVerified(world.hosts, state.restoreId);
  const result = describe(state, { tally, undone, verified });
  const counted = discrepancies.map(({ operationId, seen }) =>
    seen === null
      ? `${operationId}: its host could not be asked what was done to it.`
      : `${operationId}: its effect was seen ${seen} times.`,
  );
  const wanted = anyEnd === true ? endOf(result) : endOfStory(story);
  // A fault in the last minute may change what happens to tasks: the restore has to name the differences then.
  const mayDiffer = anyEnd === true && namesDifferences(records);
  const ended = mayDiffer ? { ...result, observed: result.predicted } : result;
  return { result, problems: [...verify(ended, wanted), ...unproven(state, verified), ...counted] };
}

function namesDifferences(records: readonly Recorded<RestoreEvent>[]): boolean {
  return (foldJournal(records).facts.soak?.differences ?? []).length > 0;
}

/** What a restore that something was done to has come to: any end that it can answer for. */
function endOf({ outcome, stuckOn }: AutoResult): 'completed' | 'undone' | 'stuck' {
  if (outcome === 'undone') return outcome;
  return stuckOn === undefined ? 'completed' : 'stuck';
}

/** Somebody waited in vain: what for is in the error, and where the restore stood meanwhile is what helps. */
async function sayWhereItStands(world: DrillWorld, error: unknown): Promise<unknown> {
  const records = await readNewestRecord(world).catch(() => []);
  if (!(error instanceof AuroraError) || records.length === 0) return error;
  const { code, message, hint } = error;
  const { stuck, current, takenBack, ended } = foldJournal(records);
  const stands =
    stuck === null
      ? `at ${current ?? ended?.outcome ?? records.at(-1)?.event.type ?? 'its start'}`
      : `stuck at ${stuck.step} (${stuck.code}): ${stuck.message}`;
  const turns = takenBack.map((turn) => ` It was retried: ${turn.message}`).join('');
  return new AuroraError({
    code,
    message: `${message} The restore is ${stands}.${turns}`,
    hint,
    cause: error,
  });
}

async function readNewestRecord(world: DrillWorld): Promise<readonly Recorded<RestoreEvent>[]> {
  const bot = join(world.directory, 'bot');
  const store = await openBotReader(
    { state: join(bot, 'state'), grantKey: join(bot, 'grant.pem') },
    eventForm,
  );
  try {
    const newest = (await store.listRestores({})).at(-1);
    return newest === undefined ? [] : await store.read(newest.restoreId);
  } finally {
    await store.close();
  }
}

function describe(
  state: RestoreState,
  around: { tally: Tally; undone: AutoResult['undone']; verified: ReturnType<typeof readVerified> | null },
): AutoResult {
  const { verified } = around;
  const blast = summaryOf(state)?.blast ?? state.facts.preview?.blast;
  return {
    outcome: state.ended?.outcome ?? (state.stuck === null ? 'unfinished' : 'stuck'),
    restoreId: state.restoreId,
    cluster: state.proposal.cluster,
    backup: state.proposal.backup.name,
    ...(verified !== null && { signing: 'keys' }),
    gates: Object.values(state.gates).map((gate) => ({
      name: gate.name,
      signedBy: gate.signOffs.map((signOff) => signOff.person.name),
      ...(verified !== null && { proofs: verified.get(gate.name) ?? 0 }),
    })),
    steps: describeSteps(state),
    predicted: { killed: blast?.killed ?? 0, rescheduled: blast?.rescheduled ?? 0, kept: blast?.kept ?? 0 },
    observed: state.facts.soak?.observed ?? null,
    ...(around.undone === undefined ? {} : { undone: around.undone }),
    ...(state.stuck === null
      ? {}
      : { stuckOn: { step: state.stuck.step, code: state.stuck.code, message: state.stuck.message } }),
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
function verify(result: AutoResult, wanted: 'completed' | 'undone' | 'stuck'): string[] {
  const same = isDeepStrictEqual(result.observed, result.predicted);
  const undone = result.undone;
  return [
    ...(result.outcome === wanted ? [] : [`The restore ended "${result.outcome}" instead of "${wanted}".`]),
    ...(wanted !== 'completed' || same ? [] : ['What was observed is not what was predicted.']),
    ...(wanted !== 'undone' || undone === undefined || (undone.files && undone.tasks && undone.flags)
      ? []
      : [`Not everything is as before: ${JSON.stringify(undone)}.`]),
    ...(result.operations.repeated === 0 ? [] : [`${result.operations.repeated} effects happened twice.`]),
    ...(result.operations.lost === 0 ? [] : [`${result.operations.lost} effects were lost.`]),
  ];
}

/** Which gates hosts have acted on with fewer signatures than they need, in sentences; a restore that was committed needs all of them. */
function unproven(
  { gates, ended }: RestoreState,
  verified: ReturnType<typeof readVerified> | null,
): string[] {
  if (verified === null) return [];
  return Object.values(gates).flatMap(({ name, needed }) => {
    const proofs = verified.get(name) ?? (ended?.outcome === 'completed' ? 0 : needed);
    return proofs >= needed ? [] : [`Hosts verified ${proofs} of ${needed} signatures for ${name}.`];
  });
}

function noRestore(): AuroraError {
  return new AuroraError({
    code: 'drill-no-restore',
    message: 'Nobody has proposed a restore in this drill.',
    hint: "Look at bot.log in the drill's directory.",
  });
}
