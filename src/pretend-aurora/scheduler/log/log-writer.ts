import { setTimeout as sleep } from 'node:timers/promises';
import type { Action } from '../../mesos/log/record.ts';
import type { Ensemble } from './ensemble.ts';
import { fromWire, type ReplicaAnswer, toWire } from './replica-messages.ts';

/** A write that ended the scheduler: whether it happened is settled by the next election (aurora.md 14 D). */
export class LogWriteError extends Error {
  override name = 'LogWriteError';
}

/** How long an election waits for the other replicas once it has a quorum. */
const graceMs = 150;

/**
 * The coordinator of the replicated log: elected once, then the only writer until somebody is promised more.
 */
export class LogWriter {
  private readonly ensemble: Ensemble;
  private readonly quorum: number;
  private proposal = 0;
  private end = 0;

  constructor({ ensemble, quorum }: { ensemble: Ensemble; quorum: number }) {
    this.ensemble = ensemble;
    this.quorum = quorum;
  }

  /**
   * One attempt. `null`: no quorum, a higher promise somewhere, a replica of its own that has not recovered yet (it would replay what
   * it does not hold; `Log::Writer` waits for that in `src/log/log.cpp`), or the first attempt on a log in which
   * nothing was ever decided, which regularly misses (aurora.md 13). Otherwise the entries to replay, oldest
   * first, after this replica has been filled from the quorum.
   */
  async elect({ timeoutMs, first }: { timeoutMs: number; first: boolean }): Promise<Buffer[] | null> {
    if (this.ensemble.replica.status !== 'VOTING') return null;
    this.proposal = Math.max(this.proposal, this.ensemble.replica.promised) + 1;
    const startedAt = performance.now();
    const promises = await this.ensemble.ask(
      { type: 'promise', proposal: this.proposal },
      {
        timeoutMs,
        enough: (answers) => isQuorum(answers, this.quorum) && performance.now() - startedAt > graceMs,
      },
    );
    this.proposal = Math.max(this.proposal, ...promises.map(({ promised }) => promised));
    const granted = promises.filter(({ answer }) => answer === 'ok');
    const rejected = promises.some(({ answer }) => answer === 'rejected');
    // Somebody has promised more: try again above that, as the real coordinator does within one attempt.
    if (rejected) return promises.length < this.quorum ? null : await this.elect({ timeoutMs, first });
    if (granted.length < this.quorum) return null;
    if (first && granted.every(({ blank }) => blank)) return null;
    const begin = Math.max(...granted.map((answer) => answer.begin));
    this.end = Math.max(...granted.map((answer) => answer.end));
    return (await this.fill({ begin, timeoutMs })) ? this.entries(begin) : null;
  }

  /** Throws LogWriteError. */
  async append(bytes: Buffer, timeoutMs: number): Promise<void> {
    await this.write({ kind: 'append', bytes }, timeoutMs);
  }

  /** Drops everything before the last entry. Throws LogWriteError. */
  async truncateBeforeLast(timeoutMs: number): Promise<void> {
    await this.write({ kind: 'truncate', to: this.end }, timeoutMs);
  }

  private async write(content: Action['content'], timeoutMs: number): Promise<void> {
    const position = this.end + 1;
    const action = this.action(position, content);
    const startedAt = performance.now();
    const answers = await this.ensemble.ask(
      { type: 'write', proposal: this.proposal, actions: [toWire(action)] },
      { timeoutMs, enough: (soFar) => isQuorum(soFar, this.quorum) },
    );
    if (answers.some(({ answer }) => answer === 'rejected')) {
      throw new LogWriteError('Problem performing logappend');
    }
    if (!isQuorum(answers, this.quorum)) {
      // Replicas that are down refuse at once; the real writer waits for them until its limit.
      await sleep(Math.max(0, timeoutMs - (performance.now() - startedAt)));
      throw new LogWriteError('Timeout performing log append');
    }
    this.end = position;
    await this.learn([position], timeoutMs);
  }

  /**
   * Decides every position that this replica has not learned: what a peer has learned wins, then what was
   * performed under the highest proposal, then nothing. There is no generation in the records: an old replica
   * cannot be told from a valid one (mesos.md 2.6), and what this replica has learned itself is not compared. False when less than a
   * quorum tells what it holds: who has left may hold more.
   */
  private async fill({ begin, timeoutMs }: { begin: number; timeoutMs: number }): Promise<boolean> {
    const { replica } = this.ensemble;
    for (let position = replica.begin; position < begin; position++) {
      replica.persist({ ...this.action(position, { kind: 'nop' }), learned: true });
    }
    const open: number[] = [];
    for (let position = begin; position <= this.end; position++) {
      if (replica.read(position)?.learned !== true) open.push(position);
    }
    const [from, to] = [open[0], open.at(-1)];
    if (from === undefined || to === undefined) return true;
    const answers = await this.ensemble.ask({ type: 'fetch', from, to }, { timeoutMs });
    if (answers.filter(({ status }) => status === 'VOTING').length < this.quorum) return false;
    const known = answers.flatMap(({ actions }) => actions).map(fromWire);
    const decided = open.map((position) => {
      const candidates = known.filter((action) => action.position === position);
      candidates.sort((a, b) => Number(b.learned) - Number(a.learned) || b.performed - a.performed);
      return this.action(position, candidates[0]?.content ?? { kind: 'nop' });
    });
    const written = await this.ensemble.ask(
      { type: 'write', proposal: this.proposal, actions: decided.map(toWire) },
      { timeoutMs, enough: (soFar) => isQuorum(soFar, this.quorum) },
    );
    if (!isQuorum(written, this.quorum)) throw new LogWriteError('Timeout performing log append');
    await this.learn(open, timeoutMs);
    return true;
  }

  private async learn(positions: number[], timeoutMs: number): Promise<void> {
    const message = { type: 'learn', positions, proposal: this.proposal } as const;
    await this.ensemble.ask(message, { timeoutMs, enough: () => true });
  }

  private entries(begin: number): Buffer[] {
    const entries: Buffer[] = [];
    for (let position = begin; position <= this.end; position++) {
      const content = this.ensemble.replica.read(position)?.content;
      if (content?.kind === 'append') entries.push(content.bytes);
    }
    return entries;
  }

  private action(position: number, content: Action['content']): Action {
    return { position, promised: this.proposal, performed: this.proposal, learned: false, content };
  }
}

function isQuorum(answers: readonly ReplicaAnswer[], quorum: number): boolean {
  return answers.filter(({ answer }) => answer === 'ok').length >= quorum;
}
