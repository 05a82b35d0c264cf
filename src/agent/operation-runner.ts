import { AuroraError, messageOf } from '../aurora/errors.ts';
import { restoreNumber } from '../aurora/name-schemas.ts';
import type { OperationKind, OperationRequest, OperationResult } from '../aurora/operations.ts';
import type { KnownStore } from '../aurora/store-identity.ts';
import { isFull } from '../aurora/system-errors.ts';
import { within } from '../aurora/within.ts';
import type { RequestSource } from './audit-entry.ts';
import { effectCommands } from './drivers/drivers-of.ts';
import { createBallast } from './files/ballast.ts';
import { findOrphanedCommands } from './files/processes.ts';
import type { JournalEntry } from './journal-event.ts';
import { abandoned, asAuroraError, busy, orphanSentence, overtaken } from './not-begun.ts';
import { type AdmissionParts, createAdmission } from './operation-admission.ts';
import type { OperationJournal } from './operation-journal.ts';
import { type BoundOperation, bindOperation } from './operations/bind-operation.ts';
import type { OperationTable } from './operations/operation.ts';
import { keepOwn } from './own-processes.ts';
import type { PeopleVerdict } from './people/people.ts';
import { refuseState } from './state-guard.ts';

export interface OperationRunner extends Pick<OperationJournal, 'lastGrant'> {
  /** What a bot that takes the place of another one has to be above of, and which bot's database this host works for. */
  knows(): { store: KnownStore | null; highestFence: number; highestRestore: number };
  /** Waits for the end up to `waitMs` and `bounds.answerMs`, then says `running`. Throws AuroraError `grant-refused` or `agent-busy`. */
  perform(request: OperationRequest, by: { source: RequestSource; waitMs: number }): Promise<OperationResult>;
  /** `null` when it was never accepted, or was interrupted before its end and waits to be asked for again. */
  read(operationId: string): OperationResult | null;
  /** Takes up what is unfinished in the journal; resolves when all of it has been looked at. Call once, at the start. */
  resume(): Promise<void>;
  /** Takes nothing more and waits for the operation at work, up to the bound. */
  close(boundMs: number): Promise<void>;
}

interface RunnerParts extends AdmissionParts {
  readonly operations: OperationTable;
  /** Told of each end, once it is in the journal. */
  onEnd?(end: OperationResult): void;
  log(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string): void;
}

/** A disk that is full must not keep a host from these. */
const puttingBack: ReadonlySet<OperationKind> = new Set([
  'put-back-log',
  'take-out-backup',
  'restore-flags',
  'unblock-traffic',
  'stop-scheduler',
  'start-scheduler',
]);
/** Taken up after a start of the agent. */
const nobody: RequestSource = { from: '', client: null, request: 'taken up again' };
const waitingMax = 32;
const observeTries = 3;
/** An interrupted operation that nobody has asked for again in that time after its grant ran out is over. */
const abandonedMs = 24 * 3_600_000;

/** Builds the runner; nothing happens before `resume` or `perform`. */
export function createOperationRunner(parts: RunnerParts): OperationRunner {
  const { tools, journal, people, log } = parts;
  const { clock, config } = tools;
  const ballast = createBallast(config.paths.state);
  const pending = new Map<string, Promise<OperationResult | null>>();
  /** Who asked last for what is not over. */
  const sources = new Map<string, RequestSource>();
  let last: Promise<unknown> = Promise.resolve();
  let closing = false;
  let highestRestore = Math.max(
    0,
    ...[...journal.knownRestores(), ...parts.unknownRestores].map(restoreNumber),
  );
  const admission = createAdmission(parts, {
    isUnderWay: (operationId) => pending.has(operationId),
    isBusy: () => (closing || pending.size >= waitingMax ? busy({ closing, waitingMax }) : null),
  });

  const perform: OperationRunner['perform'] = async (request, { source, waitMs }) => {
    const verdict = await admission.prove(request, source);
    const entry = admission.admit(request, source, verdict);
    if (entry?.result != null) return entry.result;
    const { operationId, kind } = request;
    highestRestore = Math.max(highestRestore, restoreNumber(request.grant.payload.restoreId));
    sources.set(operationId, source);
    const work = pending.get(operationId) ?? enqueue(operationId, () => bringToEnd(operationId, true));
    const answer = await within(clock, Math.min(waitMs, config.bounds.answerMs), work);
    return answer ?? { operationId, kind, state: 'running' };
  };

  const enqueue = (
    operationId: string,
    work: () => Promise<OperationResult | null>,
  ): Promise<OperationResult | null> => {
    const result = last.then(work).finally(() => {
      pending.delete(operationId);
      sources.delete(operationId);
    });
    pending.set(operationId, result);
    last = result.catch(() => undefined);
    return result;
  };

  /** `null`: it is left for somebody to ask again, because nobody has a right to it any more. */
  const bringToEnd = async (operationId: string, asked: boolean): Promise<OperationResult | null> => {
    const entry = journal.find(operationId);
    if (entry === null) throw new Error(`${operationId} is not in the journal`);
    if (entry.result !== null) return entry.result;
    const operation = bindOperation(parts.operations, tools, entry);
    const end = await decideEnd(operation, { entry, asked });
    if (end === null) return null;
    // Crash here: the effect is on the host and not in the journal; the next life observes it.
    journal.finish(end, clock.now());
    ballast.take();
    const { restoreId } = entry.request.grant.payload;
    log('info', { operationId, restoreId, kind: operation.kind, state: end.state }, 'operation ended');
    parts.onEnd?.(end);
    return end;
  };

  /** What cannot be read stays as it is: only commands of it that still run are waited for, before anything else is done. */
  const takeUp = async (operationId: string): Promise<OperationResult | null> => {
    try {
      return await bringToEnd(operationId, false);
    } catch (error) {
      if (!(error instanceof AuroraError) || error.code !== 'journal-entry-unknown') throw error;
      log('error', { operationId, err: error.message }, 'operation was interrupted and is left as it is');
      await waitForOrphans(operationId);
      return null;
    }
  };

  const decideEnd = async (
    operation: BoundOperation,
    { entry, asked }: { entry: JournalEntry; asked: boolean },
  ): Promise<OperationResult | null> => {
    if (entry.started) {
      const orphans = await waitForOrphans(operation.operationId);
      if (orphans.length > 0) return operation.uncertain(orphanSentence(orphans));
    }
    const seen = await observe(operation, entry.started);
    if (seen instanceof AuroraError) return operation.failed(seen);
    if (seen.state === 'done') return operation.done({ changed: entry.started, evidence: seen.evidence });
    if (seen.state === 'unknown' && entry.started) return operation.uncertain(seen.why);
    // It may have been asked for anew while it waited.
    const request = journal.find(operation.operationId)?.request ?? entry.request;
    const { payload } = request.grant;
    if (payload.fence < journal.highestFence()) return operation.failed(overtaken());
    if (!asked && payload.expiresAt + abandonedMs <= clock.now()) return operation.failed(abandoned());
    if (!asked && payload.expiresAt <= clock.now()) return null;
    // Only now: what was done before it counts.
    const verdict = await judgeNow(request);
    if (verdict instanceof AuroraError) return operation.failed(verdict);
    if (payload.fence < journal.highestFence()) return operation.failed(overtaken());
    journal.start(operation.operationId, clock.now(), verdict?.use == null ? {} : { people: verdict.use });
    log('info', { operationId: operation.operationId, kind: operation.kind }, 'operation started');
    try {
      return operation.done(await runWithBallast(operation));
    } catch (error) {
      log('error', { operationId: operation.operationId, err: messageOf(error) }, 'operation failed');
      return operation.failed(error);
    }
  };

  /** The host may have changed since it was asked: what waited before it has been done. */
  const judgeNow = async (request: OperationRequest): Promise<PeopleVerdict | null | AuroraError> => {
    try {
      const refusal = await refuseState(request, parts);
      if (refusal !== null) throw refusal;
      return (await people?.judge(request, 'acting')) ?? null;
    } catch (error) {
      if (!(error instanceof AuroraError)) throw error;
      const source = sources.get(request.operationId) ?? nobody;
      admission.auditRefused(request, source, error);
      return error;
    }
  };

  /** What puts a host back writes little, and may use what the agent keeps for that. */
  const runWithBallast = async (operation: BoundOperation): ReturnType<BoundOperation['run']> => {
    try {
      return await operation.run();
    } catch (error) {
      if (!isFull(error) || !puttingBack.has(operation.kind) || !ballast.give()) throw error;
      return await operation.run();
    }
  };

  /** Before a first run an error is the answer; after a crash it must not hide what may have been done. */
  const observe = async (operation: BoundOperation, started: boolean) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await operation.observe();
      } catch (error) {
        log('warn', { operationId: operation.operationId, err: messageOf(error) }, 'host not observed');
        if (!started) return asAuroraError(error);
        if (attempt === observeTries) return { state: 'unknown' as const, why: messageOf(error) };
        await clock.sleep(config.bounds.pollMs);
      }
    }
  };

  const waitForOrphans = async (operationId: string): Promise<readonly number[]> => {
    const commands = effectCommands(config);
    const endsAt = clock.now() + config.bounds.commandMs;
    for (;;) {
      const orphans = await keepOwn(await findOrphanedCommands(operationId, commands), config.paths.log);
      if (orphans.length === 0 || clock.now() >= endsAt) return orphans;
      await clock.sleep(config.bounds.pollMs);
    }
  };

  return {
    perform,
    read: (operationId) => {
      const entry = journal.find(operationId);
      if (entry === null) return null;
      if (entry.result !== null) return entry.result;
      return pending.has(operationId) ? { operationId, kind: entry.request.kind, state: 'running' } : null;
    },
    lastGrant: () => journal.lastGrant(),
    knows: () => ({ store: journal.store(), highestFence: journal.highestFence(), highestRestore }),
    resume: async () => {
      const unfinished = journal.listUnfinished();
      const works = unfinished.map((operationId) => {
        log('warn', { operationId }, 'operation was interrupted, looking at the host');
        return enqueue(operationId, () => takeUp(operationId));
      });
      await Promise.all(works);
    },
    close: async (boundMs) => {
      closing = true;
      await within(clock, boundMs, last);
    },
  };
}
