/**
 * The watch of one cluster. Looks, judges, writes down what there is to say, and only then has it said: a crash in between repeats
 * nothing and forgets nothing. During a restore of the cluster it neither looks nor speaks, and afterwards it begins afresh.
 */
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HeldLease } from '../aurora/held-lease.ts';
import type { Journal } from '../aurora/journal.ts';
import { readStored } from '../aurora/stored-form.ts';
import type { WatchKeeper } from '../aurora/watch.ts';
import { within } from '../aurora/within.ts';
import { afterRestore, fold, snooze } from './fold.ts';
import { remember } from './history.ts';
import { judge } from './judge.ts';
import type { Observation } from './observation.ts';
import { Observer, type WatchedCluster } from './observe.ts';
import type { WatchPolicy } from './policy.ts';
import { type Alarm, beginState, type Snooze, type WatchState, watchForm } from './state.ts';

/** Says what there is to say of an alarm. May be repeated: what was said is not said again. Throws when it cannot be said now. */
export interface Voice {
  tell(about: {
    cluster: string;
    channel: string;
    watchId: string;
    alarm: Alarm;
    now: number;
  }): Promise<void>;
}

/** What one turn of the watch has seen; for whoever counts. */
export interface Turn {
  readonly cluster: string;
  readonly atMs: number;
  /** `null` while a restore goes on. */
  readonly observation: Observation | null;
  readonly state: WatchState;
}

interface WatcherDeps {
  readonly access: WatchedCluster;
  readonly policy: WatchPolicy;
  /** Where it speaks. */
  readonly channel: string;
  readonly keeper: WatchKeeper;
  readonly journal: Pick<Journal<unknown>, 'listRestores'>;
  readonly voice: Voice;
  readonly clock: Clock;
  onTurn?(turn: Turn): void;
  /** With several bots: whose turn it is to look and to speak. Left out, this process does, and nobody else writes its state. */
  readonly lease?: Pick<HeldLease, 'take' | 'during' | 'assertOurs' | 'release'>;
  log(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string): void;
}

/** Saving, and one message; the bot has other things to stop as well. */
const stopMs = 10_000;

export class Watcher {
  readonly cluster: string;
  readonly #deps: WatcherDeps;
  readonly #observer: Observer;
  readonly #stopping = new AbortController();
  #state: WatchState | null = null;
  #saved = '';
  /** One thing at a time: a snooze waits for the turn that is under way, and the other way round. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
    this.cluster = deps.access.cluster.name;
    this.#observer = new Observer(deps.access, deps.clock);
  }

  /** Looks until it is stopped. `delayMs`: before the first look, so that not all clusters are looked at in one instant. */
  async run(delayMs: number): Promise<void> {
    const { clock, policy, log } = this.#deps;
    await clock.sleep(delayMs, this.#stopping.signal);
    while (!this.#stopping.signal.aborted) {
      await this.tick().catch((error: unknown) => {
        log('error', { cluster: this.cluster, err: error }, `the watch could not look: ${messageOf(error)}`);
      });
      await clock.sleep(policy.everyMs, this.#stopping.signal);
    }
  }

  /** What is being written or said comes to its end; a look that is under way counts for nothing. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(this.#deps.clock, stopMs, this.#tail);
    await this.#deps.lease?.release();
  }

  /** One look, and what follows from it. Throws when the store cannot be read or written. */
  tick(): Promise<void> {
    return this.#alone(async () => {
      const { lease } = this.#deps;
      if ((await lease?.take()) === 'not-ours') return;
      const look = async () => await this.#turn();
      const turn = await (lease?.during(look) ?? look());
      this.#deps.onTurn?.(turn);
    });
  }

  /** All that is remembered. */
  async read(): Promise<WatchState> {
    return await this.#load();
  }

  /** Silences an alarm for a time; AuroraError `alarm-over` when there is none any more. */
  snooze(number: number, asked: Omit<Snooze, 'atMs'>): Promise<void> {
    return this.#alone(async () => {
      const atMs = this.#deps.clock.now();
      const next = snooze(await this.#load(), number, { ...asked, atMs });
      if (next === null) {
        throw new AuroraError({
          code: 'alarm-over',
          message: 'That alarm is over; there is nothing to snooze.',
          hint: 'When it comes back, its new message has the button.',
        });
      }
      await this.#save(next);
      if (!(await this.#isRestoring())) await this.#tell();
    });
  }

  async #turn(): Promise<Turn> {
    const { clock, access, policy } = this.#deps;
    const startedAt = clock.now();
    const before = await this.#load();
    if (await this.#isRestoring()) return await this.#standBy(before);
    const observation = await this.#observer.look();
    // One that began meanwhile: what was seen may be its doing.
    if (this.#stopping.signal.aborted || (await this.#isRestoring())) return await this.#standBy(before);
    // Another bot may have been told to be silent meanwhile.
    const latest = await this.#load();
    const rested = latest.duringRestore ? afterRestore(latest, startedAt) : latest;
    const { atMs } = observation;
    const history = remember(rested.history, observation);
    const verdict = judge({ cluster: access.cluster, observation, history, policy });
    await this.#save(fold({ ...rested, history }, verdict, atMs));
    // Crash here: it is written down what is to be said, and the next process says it.
    const state = await this.#tell();
    return { cluster: this.cluster, atMs, observation, state };
  }

  async #standBy(before: WatchState): Promise<Turn> {
    const state = { ...before, duringRestore: true };
    await this.#save(state);
    return { cluster: this.cluster, atMs: this.#deps.clock.now(), observation: null, state };
  }

  async #tell(): Promise<WatchState> {
    const { voice, channel, clock, log } = this.#deps;
    let state = await this.#load();
    for (const alarm of state.alarms.filter(({ told, said }) => !told && said !== null)) {
      try {
        this.#deps.lease?.assertOurs();
        await voice.tell({ cluster: this.cluster, channel, watchId: state.id, alarm, now: clock.now() });
      } catch (error) {
        const fields = { cluster: this.cluster, kind: alarm.kind, err: error };
        log('warn', fields, `an alarm is late: ${messageOf(error)}`);
        break;
      }
      const told = { ...alarm, told: true };
      state = { ...state, alarms: state.alarms.map((each) => (each === alarm ? told : each)) };
    }
    if (state !== this.#state) await this.#save(state);
    return state;
  }

  async #isRestoring(): Promise<boolean> {
    const open = await this.#deps.journal.listRestores({ open: true, cluster: this.cluster });
    return open.length > 0;
  }

  async #load(): Promise<WatchState> {
    if (this.#state !== null && this.#deps.lease === undefined) return this.#state;
    const { keeper, clock, log } = this.#deps;
    const kept = await keeper.loadWatch(this.cluster);
    this.#saved = kept?.text ?? '';
    try {
      this.#state = kept === null ? beginState(clock.now()) : readStored(watchForm, kept);
    } catch (error) {
      // What still holds is told once more: that is better than a watch that is off.
      log('warn', { cluster: this.cluster, err: error }, `the watch starts again: ${messageOf(error)}`);
      this.#state = beginState(clock.now());
    }
    return this.#state;
  }

  async #save(state: WatchState): Promise<void> {
    const text = JSON.stringify(state);
    if (text !== this.#saved)
      await this.#deps.keeper.saveWatch({ cluster: this.cluster, text, version: watchForm.version });
    this.#saved = text;
    this.#state = state;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
