/** Where a scenario is played: one engine over a pretend cluster, and what can be said and seen there. */
import { expect } from 'vitest';
import type { Procedure, RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { OperationKind } from '../../../src/aurora/operations.ts';
import { procedures } from '../../../src/restore/procedures/index.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { procedureOf, type RestoreState } from '../../../src/restore/record/state.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import type { PretendCluster, PretendHost } from '../../restore/support/pretend-cluster.ts';
import { Mortality, openEngine, type PretendEngine } from '../../restore/support/pretend-engine.ts';
import type { People } from '../../restore/support/pretend-people.ts';
import { clusterOf } from '../../restore/support/pretend-scene.ts';
import { createDeciding, type Deciding } from './deciding.ts';
import type { Given } from './given.ts';
import { type Loss, losses } from './losses.ts';
import { type Moment, over, stuck } from './moments.ts';
import { approving, lookingAgain, nobody } from './people.ts';

/** Opens a stage with everything that is given; closed by `await using`. */
export async function openStage(given: Given): Promise<Stage> {
  const { release, procedure, policy, also } = given;
  const changes = {
    ...(release !== undefined && { auroraVersion: release }),
    ...(procedure !== undefined && isConfigured(procedure) && { procedure }),
    ...(policy !== undefined && { policy }),
  };
  const configured = ['east', ...(also === undefined ? [] : [also])];
  const engine = await openEngine(configured.map((name) => clusterOf({ ...changes, name })));
  given.cluster?.(engine.cluster);
  if (procedure !== undefined && !isConfigured(procedure)) await restoreBefore(engine);
  const stage = new Stage(engine);
  if (given.begun !== false) {
    await engine.propose();
    await engine.startWorker();
  }
  return stage;
}

function isConfigured(procedure: RestoreProcedure): procedure is Procedure {
  return procedures[procedure].source === 'backup';
}

/** R1 has completed and reconciled, and its bot is gone: what comes now is about R2. */
async function restoreBefore(engine: PretendEngine): Promise<void> {
  const life = new Mortality();
  const { restoreId } = await engine.propose();
  await engine.startWorker({ mortality: life });
  await engine.until(`the end of ${restoreId}`, over.isSo, approving);
  life.die();
  engine.cluster.fileAway(restoreId);
  engine.effects.length = 0;
  engine.writers.length = 0;
  engine.subject.restoreId = 'R2';
  engine.subject.after = restoreId;
}

export class Stage implements AsyncDisposable {
  readonly engine: PretendEngine;
  readonly cluster: PretendCluster;
  readonly people: Deciding;
  /** What hosts, Mesos and logs looked like before anything was done. */
  readonly before: unknown;

  constructor(engine: PretendEngine) {
    this.engine = engine;
    this.cluster = engine.cluster;
    this.people = createDeciding(engine, engine.subject.restoreId);
    this.before = engine.cluster.picture();
  }

  host(name: string): PretendHost {
    return this.cluster.host(name);
  }

  /** Time passes and everybody does their part until then. */
  async until(moment: Moment, people: People = approving): Promise<RestoreState> {
    return await this.engine.until(moment.name, moment.isSo, people);
  }

  /** So much time passes, unless it is over before. */
  async passes(ms: number, people: People = nobody): Promise<RestoreState> {
    const { clock } = this.engine;
    const at = clock.now() + ms;
    void clock.sleep(ms);
    return await this.engine.until(`${ms} ms`, (state) => clock.now() >= at || state.ended !== null, people);
  }

  lose(what: Loss, host = 'aurora-3'): void {
    losses[what].lose({ engine: this.engine, cluster: this.cluster, host: this.host(host) });
  }

  mend(what: Loss, host = 'aurora-3'): void {
    losses[what].mend({ engine: this.engine, cluster: this.cluster, host: this.host(host) });
  }

  /** The scheduler that leads, or will: the one that waits longest in the election. */
  get leader(): PretendHost | null {
    const waiting = this.cluster.hosts.filter((host) => host.sequence !== null);
    return waiting.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))[0] ?? null;
  }

  /** Does this at the instant at which the beginning of the step is written, once. */
  whenBegins(step: StepName, act: () => void): void {
    let isDone = false;
    this.engine.watching.with = (events) => {
      if (isDone || !events.some((event) => event.type === 'step-started' && event.step === step)) return;
      isDone = true;
      act();
    };
  }

  /** Its process is killed; nothing starts it again. */
  killScheduler(host: string): void {
    this.cluster.stop(this.host(host));
  }

  /** It loses its place in the election and takes the last one; its process lives, and forgets what was staged. */
  moveElection(from: string): void {
    this.cluster.rejoin(this.host(from));
  }

  /** Operations of this kind that hosts have performed, in order. */
  performed(kind: OperationKind): readonly { readonly host: string; readonly operationId: string }[] {
    return this.engine.effects.filter((effect) => effect.kind === kind && effect.changed);
  }

  async isStuck(wanted: {
    step: StepName;
    code: string;
    says?: RegExp;
    people?: People;
  }): Promise<RestoreState> {
    const state = await this.until(stuck, wanted.people ?? approving);
    expect(state.stuck).toMatchObject({ step: wanted.step, code: wanted.code });
    expect(`${state.stuck?.message} ${state.stuck?.hint}`).toMatch(wanted.says ?? /\S/);
    return state;
  }

  /** Restored, everything done once, and nothing left that was not there before. */
  async completes(
    options: {
      people?: People;
      commits?: number;
      asPredicted?: boolean;
      notAsBefore?: readonly string[];
    } = {},
  ): Promise<RestoreState> {
    const { people = lookingAgain(), commits = 1, asPredicted = true, notAsBefore = [] } = options;
    const state = await this.until(over, people);
    expect(state.ended).toMatchObject({ outcome: 'completed' });
    expect(state.facts.report?.notAsBefore).toEqual(notAsBefore);
    expect(state.facts.soak?.asPredicted).toBe(asPredicted);
    const fills = [...this.performed('commit-recovery'), ...this.performed('run-recovery-tool')];
    const brought = this.performed('bring-back-log').map(({ host }) => host);
    const isFilled = procedureOf(state).source === 'backup';
    expect(fills).toHaveLength(isFilled ? commits : 0);
    expect(brought.sort()).toEqual(isFilled ? [] : this.cluster.hosts.map(({ name }) => name));
    this.didEverythingOnce();
    return state;
  }

  /** Put back: hosts, flags, logs, backups, traffic and tasks are what they were, byte for byte as far as pretend ones go. */
  async isUndone(people: People = nobody): Promise<RestoreState> {
    const state = await this.until(over, people);
    expect(state.ended).toMatchObject({ outcome: 'undone' });
    expect(state.facts.report?.notAsBefore ?? []).toEqual([]);
    await this.isUntouched();
    this.didEverythingOnce();
    return state;
  }

  /** Everything was put back, and the report names what is not as before for another reason. */
  async isUndoneExcept(notAsBefore: readonly string[], people: People = nobody): Promise<void> {
    const state = await this.until(over, people);
    expect(state.ended).toMatchObject({ outcome: 'undone' });
    expect(state.facts.report?.notAsBefore).toEqual(notAsBefore);
    this.didEverythingOnce();
  }

  /** Ended before any host was touched, for this reason. */
  async endsUntouched(wanted: {
    outcome: 'failed' | 'declined' | 'expired' | 'undone';
    says: RegExp;
    people?: People;
  }): Promise<RestoreState> {
    const state = await this.until(over, wanted.people ?? approving);
    expect(state.ended).toMatchObject({ outcome: wanted.outcome });
    expect(state.ended?.message).toMatch(wanted.says);
    await this.isUntouched();
    return state;
  }

  /** The cluster is as it was, also when agents have finished whatever they were still doing. */
  async isUntouched(): Promise<void> {
    await this.isQuiet();
    expect(this.cluster.picture()).toEqual(this.before);
  }

  /** Whatever somebody was still at has come to its end. */
  async isQuiet(): Promise<void> {
    const { clock } = this.engine;
    const until = clock.now() + 30_000;
    while (clock.advance(until)) await new Promise((next) => setImmediate(next));
  }

  /** No operation was performed twice, and the bot made no mistake. */
  didEverythingOnce(): void {
    const ids = this.engine.effects.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(this.engine.mistakes).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
  }
}

/** The answer to a press was a refusal for this reason. */
export function isRefused(answer: Answer, code: string): void {
  expect(answer).toMatchObject({ ok: false, refusal: { code } });
}

export function isAccepted(answer: Answer): void {
  expect(answer).toMatchObject({ ok: true });
}
