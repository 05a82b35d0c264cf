/**
 * Carries one restore out, under its cluster's lease. Promise: a crash at any instant loses nothing and repeats nothing,
 * because it only ever does what the journal says is next, and every effect has an id that an agent does once. A runner
 * whose lease is lost stops and writes nothing more.
 */
import { errorCodes, hasCode } from '../../aurora/error-codes.ts';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import { leaseTtlMs } from '../../aurora/held-lease.ts';
import { JournalUnreadable, type Lease } from '../../aurora/journal.ts';
import { runStep } from '../apart/run-step.ts';
import { Rewound } from '../looks/interference.ts';
import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { StepName } from '../record/facts.ts';
import { foldJournal } from '../record/fold.ts';
import { hasTouchedHosts } from '../record/state.ts';
import { decideNext } from '../rules/next.ts';
import { ApproversLook, approversChanged } from './approvers-look.ts';
import { createStepContext } from './context.ts';
import { judgeAtInstant } from './judge-at-instant.ts';
import { RestoreThread, StepInterrupted } from './thread.ts';
import { restAfter, stepOfWatch, Watch, watchedPlace } from './watch.ts';

const longestWaitMs = 60_000;
/** Until Slack is asked again who the signers of a commit are. */
const askAgainMs = 1_000;

export class Runner {
  readonly #deps: RestoreDeps;
  readonly #restoreId: string;
  readonly #stop = new AbortController();
  #alarm = new AbortController();
  #woken = false;
  readonly #approvers: ApproversLook;
  #watch: Watch | null = null;
  /** Since when people could have been heard: a bot that was away, or Slack, hears no objection. */
  #heardSince = 0;
  ended: Promise<void> = Promise.resolve();

  constructor(deps: RestoreDeps, restoreId: string) {
    this.#deps = deps;
    this.#restoreId = restoreId;
    this.#approvers = new ApproversLook(deps);
  }

  /** Kept until the next look at the journal, so that a call between a look and a sleep is not lost. */
  wake(): void {
    this.#woken = true;
    this.#alarm.abort();
  }

  stop(): void {
    this.#stop.abort();
    this.#alarm.abort();
  }

  run(): Promise<void> {
    this.ended = this.#carryOut();
    return this.ended;
  }

  async #carryOut(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // A call counts for one look: kept, it would turn the pause below into none for as long as another one has the lease.
      this.#woken = false;
      try {
        if (await this.#carryOutUnderLease()) return;
      } catch (error) {
        if (error instanceof JournalUnreadable) {
          // It will not change by itself, and the card says so: whoever mends it starts the bot again.
          this.#deps.log('error', { restoreId: this.#restoreId, hint: error.hint }, error.message);
          return;
        }
        // Whatever it is, the journal is whole: say it and begin again from what is written.
        this.#deps.log(
          'error',
          { restoreId: this.#restoreId, err: messageOf(error) },
          'restore worker starts over',
        );
      }
      await this.#sleep(1000);
    }
  }

  /** True when there is nothing more to do for this restore here. */
  async #carryOutUnderLease(): Promise<boolean> {
    const records = await this.#deps.journal.read(this.#restoreId);
    if (records.length === 0) return true;
    const state = foldJournal(records);
    if (state.ended !== null) return true;
    const { cluster } = state.proposal;
    const access = this.#deps.clusters.get(cluster);
    if (access === undefined) {
      this.#deps.log('error', { restoreId: this.#restoreId, cluster }, 'cluster is no longer configured');
      return true;
    }
    const { owner, clock } = this.#deps;
    const now = clock.now();
    const lease = await this.#deps.leases.acquire({ cluster, owner, ttlMs: leaseTtlMs, now });
    if (lease === null) return false;
    const lost = new AbortController();
    const renewing = this.#renewUntil(lease, lost);
    try {
      return await this.#loop(new RestoreThread(this.#deps, lease, state), { access, lost: lost.signal });
    } finally {
      lost.abort();
      await renewing;
      await this.#deps.leases.release(lease);
    }
  }

  async #renewUntil(lease: Lease, lost: AbortController): Promise<void> {
    const { clock } = this.#deps;
    const ended = AbortSignal.any([lost.signal, this.#stop.signal]);
    while (!ended.aborted) {
      await clock.sleep(leaseTtlMs / 3, ended);
      if (ended.aborted) return;
      if (!(await this.#renew(lease))) lost.abort();
    }
  }

  /** A store that does not answer counts as a lost lease: the journal would refuse the next write, or take it and be right. */
  async #renew(lease: Lease): Promise<boolean> {
    const { clock, leases } = this.#deps;
    try {
      return await leases.renew(lease, { ttlMs: leaseTtlMs, now: clock.now() });
    } catch (error) {
      this.#deps.log('error', { restoreId: this.#restoreId, err: messageOf(error) }, 'lease not renewed');
      return false;
    }
  }

  async #loop(thread: RestoreThread, around: { access: ClusterAccess; lost: AbortSignal }): Promise<boolean> {
    const halted = AbortSignal.any([around.lost, this.#stop.signal]);
    this.#heardSince = this.#deps.clock.now();
    await thread.append((state) => approversChanged(this.#deps, state));
    while (!halted.aborted) {
      this.#woken = false;
      const state = await thread.refresh();
      const next = decideNext(state, this.#deps.clock.now(), this.#heardSince);
      switch (next.kind) {
        case 'rest':
          this.#deps.onProgress(this.#restoreId, null);
          return true;
        case 'append':
          await this.#write(thread, { events: next.events, lost: around.lost });
          break;
        case 'run':
          await this.#runStep(thread, { access: around.access, step: next.step, signal: halted });
          break;
        case 'wait':
          await this.#wait(thread, { ...around, until: next.until, halted });
          break;
      }
    }
    return this.#stop.signal.aborted;
  }

  /** Until something is decided or the time comes; what people decide by is watched meanwhile. */
  async #wait(
    thread: RestoreThread,
    pause: { access: ClusterAccess; until: number | null; lost: AbortSignal; halted: AbortSignal },
  ): Promise<void> {
    const { clock } = this.#deps;
    this.#alarm = new AbortController();
    const called = AbortSignal.any([pause.halted, this.#alarm.signal]);
    const restMs = await this.#lookOnce(thread, { access: pause.access, signal: called });
    if (restMs === 0 || called.aborted) return;
    const untilMs = pause.until === null ? longestWaitMs : Math.max(10, pause.until - clock.now());
    await this.#sleep(Math.min(untilMs, restMs ?? untilMs), pause.lost);
  }

  /** Milliseconds until the next look; 0 when this one was written down, `null` when there is nothing to watch. */
  async #lookOnce(
    thread: RestoreThread,
    around: { access: ClusterAccess; signal: AbortSignal },
  ): Promise<number | null> {
    const { state } = thread;
    const place = watchedPlace(state);
    const unread = await this.#approvers.unread(state);
    if (place === null) {
      this.#watch = null;
      this.#show(unread);
      return null;
    }
    if (this.#watch?.place !== place) this.#watch = new Watch(place);
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const { event, unclear } = await this.#watch.look(
      createStepContext({
        deps: this.#deps,
        access: around.access,
        thread,
        step: stepOfWatch(state),
        signal: around.signal,
        patienceMs: 0,
      }),
    );
    this.#show([...(unclear === null ? [] : [unclear]), ...unread]);
    if (event !== null) {
      // People decide meanwhile; what was seen is about the same question as long as the restore is still at it.
      await thread.append((latest) => (watchedPlace(latest) === place ? [event] : []));
      return 0;
    }
    return restAfter(clock.now() - startedAt, around.access.cluster.waits.pollMs);
  }

  #show(lines: readonly string[]): void {
    this.#deps.onProgress(this.#restoreId, lines.length === 0 ? null : lines.join(' '));
  }

  /** Appends what was decided for the state it was decided on; if that moved meanwhile, it is decided again. */
  async #write(
    thread: RestoreThread,
    due: { events: readonly RestoreEvent[]; lost: AbortSignal },
  ): Promise<void> {
    const { seq } = thread.state;
    const allowed = await judgeAtInstant(this.#deps, { state: thread.state, events: due.events });
    if (allowed instanceof AuroraError) {
      this.#heardSince = this.#deps.clock.now();
      this.#deps.onProgress(
        this.#restoreId,
        hasCode(allowed, errorCodes.rosterUnread)
          ? `On hold: ${allowed.message}`
          : `On hold while Slack does not answer: ${allowed.message}`,
      );
      await this.#sleep(askAgainMs, due.lost);
      return;
    }
    await thread.append((state) => (state.seq === seq ? allowed : []));
  }

  async #runStep(
    thread: RestoreThread,
    work: { access: ClusterAccess; step: StepName; signal: AbortSignal },
  ): Promise<void> {
    const { step, access, signal } = work;
    const { seq } = thread.state;
    const attempt = (thread.state.runs[step]?.attempt ?? 0) + 1;
    await thread.append((state) => (state.seq === seq ? [{ type: 'step-started', step, attempt }] : []));
    if (thread.state.current !== step) return;
    const context = createStepContext({ deps: this.#deps, access, thread, step, signal });
    try {
      const facts = await runStep(context, { step, signal, threads: this.#deps.threads });
      // Crash here: the step's effects are all recorded; it is run again and finds them done.
      const completed = { type: 'step-completed', step, facts } as RestoreEvent;
      await thread.append((state) => (state.current === step ? [completed] : []));
    } catch (error) {
      if (error instanceof StepInterrupted || signal.aborted) return;
      if (error instanceof Rewound) {
        await thread.append((state) => (state.current === step ? [error.event] : []));
        this.#deps.onProgress(this.#restoreId, null);
        return;
      }
      await this.#writeFailure(thread, { step, error });
    }
    this.#deps.onProgress(this.#restoreId, null);
  }

  async #writeFailure(thread: RestoreThread, failure: { step: StepName; error: unknown }): Promise<void> {
    const { step, error } = failure;
    if (hasCode(error, errorCodes.leaseLost)) throw error;
    const known = error instanceof AuroraError;
    if (!known)
      this.#deps.log(
        'error',
        { restoreId: this.#restoreId, step, err: error instanceof Error ? error.stack : String(error) },
        'our own mistake',
      );
    const code = known ? error.code : 'internal';
    const message = known ? error.message : `The bot made a mistake in this step: ${messageOf(error)}`;
    const hint = known ? error.hint : 'Its log says more. Nothing is lost; look again once it is fixed.';
    await thread.append((state) => {
      if (state.current !== step) return [];
      const failed: RestoreEvent = { type: 'step-failed', step, code, message, hint };
      return hasTouchedHosts(state)
        ? [failed]
        : [failed, { type: 'restore-ended', outcome: 'failed', message: `${message} ${hint}` }];
    });
  }

  async #sleep(ms: number, lost?: AbortSignal): Promise<void> {
    this.#alarm = new AbortController();
    if (this.#woken) return;
    const signals = [this.#alarm.signal, this.#stop.signal, ...(lost === undefined ? [] : [lost])];
    await this.#deps.clock.sleep(ms, AbortSignal.any(signals));
  }
}
