/**
 * While people decide, what they decide by is looked at again and again. What has changed turns the restore or is said in
 * the thread; what cannot be seen at the moment stands on the card, and is looked at once more before anything is done.
 */
import { errorCodes, hasCode } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { ElectionView } from '../../aurora/leadership.ts';
import { cannotSee, changesNow } from '../looks/changes.ts';
import { lookAtElection } from '../looks/elected.ts';
import { type Hung, HungWatch } from '../looks/hung.ts';
import { Rewound, takenBack } from '../looks/interference.ts';
import { hungWords } from '../looks/restart-hung.ts';
import { lookAtStaged, turnOf } from '../looks/staged-look.ts';
import { lookAtTraffic } from '../looks/traffic.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { Picture } from '../record/facts.ts';
import {
  isAtCommitGate,
  nextItem,
  procedureOf,
  type RestoreState,
  rewindsOf,
  summaryStepOf,
} from '../record/state.ts';
import type { StepContext } from '../step.ts';
import { mayPass } from './context.ts';
import { StepInterrupted } from './thread.ts';

interface Watched {
  /** What is to be written, `null` while everything is as it was shown. */
  readonly event: RestoreEvent | null;
  /** What cannot be seen at this moment: a sentence for the card. */
  readonly unclear: string | null;
}

const nothing: Watched = { event: null, unclear: null };

/** Tasks that take long to read are read once in so many times as long, and at least once a minute. */
const restsBetweenReads = 20;
const readAtLeastEveryMs = 60_000;

/** Between two looks, in milliseconds: five times as long as the look took, from two polls to ten. */
export function restAfter(tookMs: number, pollMs: number): number {
  return Math.min(10 * pollMs, Math.max(2 * pollMs, 5 * tookMs));
}

/** What is watched now; `null` while there is nothing to watch. Another value is another watch. */
export function watchedPlace(state: RestoreState): string | null {
  const item = nextItem(state);
  if (state.phase === 'undo' || state.stuck !== null || state.ended !== null) return null;
  if (item?.kind === 'look') return state.look === null ? null : 'look';
  if (item?.kind !== 'gate') return null;
  return item.name === 'stop' || isAtCommitGate(state) ? `${item.name} ${rewindsOf(state)}` : null;
}

/** The memory of one watch: what hangs, what was missed, and when tasks were last read. */
export class Watch {
  readonly place: string;
  #hung: HungWatch | null = null;
  #before: Picture | null = null;
  #readAt = 0;
  #readMs = 0;

  constructor(place: string) {
    this.place = place;
  }

  /** Looks once. Its context has no patience: what does not answer is `unclear` until the next look. */
  async look(context: StepContext): Promise<Watched> {
    try {
      const traffic = await lookAtTraffic(context);
      if (traffic.event !== null) return traffic;
      const seen = await this.#lookAt(context);
      return { ...seen, unclear: bothOf(traffic.unclear, seen.unclear) };
    } catch (error) {
      if (error instanceof Rewound) return { ...nothing, event: error.event };
      if (error instanceof StepInterrupted) return nothing;
      if (!(error instanceof AuroraError)) throw error;
      if (hasCode(error, errorCodes.registeredTooEarly)) {
        const { message, hint } = error;
        return { ...nothing, event: { type: 'foreign-hand', act: 'registered', host: '', message, hint } };
      }
      return {
        ...nothing,
        unclear: mayPass(error) ? cannotSee(error.message) : `${error.message} ${error.hint}`,
      };
    }
  }

  async #lookAt(context: StepContext): Promise<Watched> {
    if (!isAtCommitGate(context.state())) return await this.#lookAtPicture(context);
    switch (procedureOf(context.state()).watchedAtGate) {
      case 'what-is-staged':
        return await this.#lookAtStaged(context);
      case 'that-nothing-runs':
        return await watchStopped(context);
      case 'the-old-state':
        return await this.#lookAtOldState(context);
    }
  }

  async #lookAtStaged(context: StepContext): Promise<Watched> {
    const startedAt = context.now();
    const isDue = this.#isReadDue(startedAt);
    let hung: readonly Hung[] = [];
    const look = await lookAtStaged(context, {
      cheaply: !isDue,
      onElection: (election) => {
        hung = this.#findHung(context, election);
      },
    });
    if (isDue) this.#noteRead(context, startedAt);
    if (look.kind === 'as-left' || look.kind === 'held') return nothing;
    const event = turnOf(context, look) ?? rewindForHung(context, hung);
    return { event, unclear: look.message };
  }

  /** What is signed is the storage itself, which no restart changes; only an election that hangs has to be mended. */
  async #lookAtOldState(context: StepContext): Promise<Watched> {
    const election = await lookAtElection(context);
    const hung = this.#findHung(context, election);
    if (election.elected !== null) return nothing;
    return { event: rewindForHung(context, hung), unclear: 'No scheduler is elected at this moment.' };
  }

  #findHung(context: StepContext, election: ElectionView): readonly Hung[] {
    this.#hung ??= new HungWatch(context.cluster);
    return this.#hung.see(election, context.now());
  }

  async #lookAtPicture(context: StepContext): Promise<Watched> {
    const startedAt = context.now();
    const withTasks = this.#isReadDue(startedAt);
    const { picture, ...seen } = await changesNow(context, { before: this.#before, withTasks });
    if (withTasks) this.#noteRead(context, startedAt);
    this.#before = picture;
    return seen;
  }

  #isReadDue(now: number): boolean {
    return now - this.#readAt >= Math.min(restsBetweenReads * this.#readMs, readAtLeastEveryMs);
  }

  #noteRead(context: StepContext, startedAt: number): void {
    this.#readAt = context.now();
    this.#readMs = this.#readAt - startedAt;
  }
}

function bothOf(first: string | null, second: string | null): string | null {
  return first === null || second === null ? (first ?? second) : `${first} ${second}`;
}

/** Nobody can be elected past them: it is begun once more where one is waited for, which starts them again. */
function rewindForHung(context: StepContext, hung: readonly Hung[]): RestoreEvent | null {
  if (hung.length === 0) return null;
  return takenBack(context, {
    to: procedureOf(context.state()).electsIn,
    code: hung.some(({ why }) => why === 'stale') ? 'two-elected' : 'dead-but-running',
    message: hungWords(hung),
    signOffs: 'kept',
  });
}

/** Off-line nothing is staged, and nothing may run: a scheduler that starts now votes with a blank log. */
async function watchStopped(context: StepContext): Promise<Watched> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const running = statuses.find(({ scheduler }) => scheduler.service === 'running');
  if (running === undefined) return nothing;
  return {
    ...nothing,
    event: {
      type: 'foreign-hand',
      act: 'started',
      host: running.host,
      message: `The scheduler on ${running.host} is running although this restore stopped it: somebody else started it.`,
      hint: 'Stop it, find what starts it (a service manager, configuration management) and switch that off. Then look again and sign again, or put everything back.',
    },
  };
}

/** The step whose context a watch works with. */
export function stepOfWatch(state: RestoreState) {
  const item = nextItem(state);
  if (item?.kind === 'look') return 'second-look' as const;
  return item?.name === 'stop' ? ('check-hosts' as const) : summaryStepOf(state);
}
