/**
 * Runs operations for the steps. Promise: write down, act, write down. An operation's id depends only on the
 * restore, the step, the host, the kind and how often it has failed before, so a step that is run again after a
 * crash asks the agent for the very same operation, and the agent answers with what it did.
 */
import { createHash } from 'node:crypto';
import { askAgain } from '../../aurora/ask-again.ts';
import { canonicalJson } from '../../aurora/canonical-json.ts';
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import type {
  OperationEnd,
  OperationEvidence,
  OperationKind,
  OperationParams,
  OperationResult,
} from '../../aurora/operations.ts';
import { findLostHistory } from '../looks/lost-history.ts';
import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import type { RestoreEvent } from '../record/events.ts';
import type { StepName } from '../record/facts.ts';
import { type OperationState, rewindsOf, wasNotReady } from '../record/state.ts';
import { signedStatements } from '../rules/statement.ts';
import type { Done, StepContext } from '../step.ts';
import { epochOf, isEpochLearnt } from './epochs.ts';
import { agentIn, passingCodes } from './hosts.ts';
import type { NamedWait, NamedWaits } from './named-waits.ts';
import { isStoreLearnt, learnStore, storeFor } from './stores.ts';
import { type RestoreThread, StepInterrupted } from './thread.ts';

/** How long an agent takes the grant of an operation; whoever asks later signs a new one. */
export const grantLifeMs = 5 * 60_000;

/** For as long as an agent may say that it is still at it: longer than any bound of its own (agent.md, `bounds`). */
const longestOperationMs = 20 * 60_000;

/** What it takes to run operations for one step. */
interface Operating {
  readonly deps: RestoreDeps;
  readonly access: ClusterAccess;
  readonly thread: RestoreThread;
  readonly step: StepName;
  readonly signal: AbortSignal;
  readonly waits: NamedWaits;
  /** Throws `StepInterrupted` when the restore has taken another turn. */
  readonly assertGoingOn: () => Promise<void>;
}

/** The two ways a step has to run an operation, and what must be so before any; see `StepContext`. */
export function createOperating(wiring: Operating): Pick<StepContext, 'attempt' | 'operate' | 'findLost'> {
  const { deps, access, thread, step, signal, waits, assertGoingOn } = wiring;
  const { cluster } = access;
  const { phase } = thread.state;

  const attempt = async <K extends OperationKind>(
    host: string,
    kind: K,
    params: OperationParams[K],
    round?: number,
  ): Promise<OperationEnd<K>> => {
    await assertGoingOn();
    const take =
      phase === 'forward' && rewindsOf(thread.state) > 0 ? `.take-${rewindsOf(thread.state) + 1}` : '';
    const turn = `${take}${round === undefined ? '' : `.round-${round}`}`;
    const base = `${thread.state.restoreId}.${phase}.${step}.${host}.${kind}${turn}`;
    const overBefore = [...thread.state.operations.values()].filter(
      (operation) => operation.operationId.startsWith(`${base}.`) && isOver(operation),
    ).length;
    const operationId = `${base}.${overBefore + 1}`;
    const known = thread.state.operations.get(operationId);
    if (known?.result?.state === 'done') {
      const evidence = known.result.evidence as OperationEvidence[K];
      return { operationId, kind, state: 'done', changed: known.result.changed, evidence, finishedAt: 0 };
    }
    if (known === undefined) {
      await thread.append((now) =>
        now.phase === phase ? [{ type: 'operation-requested', step, operationId, host, kind }] : [],
      );
      if (thread.state.phase !== phase) throw new StepInterrupted();
    }
    // Crash here: the operation is known to be wanted; the same id is asked for again and acts once.
    const result = await askAgent({ host, kind, params, operationId });
    await thread.append(() => [finishedEvent(result)]);
    return result;
  };

  const operate = async <K extends OperationKind>(
    host: string,
    kind: K,
    params: OperationParams[K],
    round?: number,
  ): Promise<Done<K>> => {
    const result = await attempt(host, kind, params, round);
    if (result.state === 'done') return { host, changed: result.changed, evidence: result.evidence };
    throw operationFailure(host, { ...result });
  };

  /**
   * Brings what was requested to an end, also when the restore takes another turn: what an agent is doing must be known before
   * anything is undone. Whatever is thrown leaves it neither done nor failed, and nothing is written down.
   */
  const askAgent = async <K extends OperationKind>(wanted: {
    host: string;
    kind: K;
    params: OperationParams[K];
    operationId: string;
  }): Promise<OperationEnd<K>> => {
    const { host, kind, params, operationId } = wanted;
    const startedAt = deps.clock.now();
    const agent = agentIn(access, host);
    const perform = (): Promise<OperationResult<K>> =>
      agent.perform({ operationId, kind, params, grant: grantFor(host, kind, params, operationId) }, signal);
    const performKnown = (): Promise<OperationResult<K>> =>
      perform().catch(async (error: unknown) => {
        if (isEpochLearnt(agent, error)) return await perform();
        if (await isStoreLearnt(agent, error, deps.identity)) return await perform();
        throw error;
      });
    // Silent, it is the agent that is waited for; once it says that it is at it, the work itself.
    const beginSilence = () =>
      waits.begin({ what: `${host}'s agent`, boundMs: cluster.waits.agentDeadlineMs });
    let silence: NamedWait | null = beginSilence();
    let working: NamedWait | null = null;
    const ask = async (): Promise<OperationEnd<K> | null> => {
      await assertNothingLost(host);
      const result = await performKnown();
      silence?.end();
      silence = null;
      if (result.state !== 'running') return result;
      working ??= waits.begin({
        what: `${host}: ${kind.replaceAll('-', ' ')}`,
        boundMs: longestOperationMs,
        since: startedAt,
      });
      if (deps.clock.now() - startedAt >= longestOperationMs) throw neverEnds(host, result);
      return null;
    };
    const end = await askAgain(ask, {
      clock: deps.clock,
      about: operationId,
      everyMs: cluster.waits.pollMs,
      silenceMs: cluster.waits.agentDeadlineMs,
      signal,
      mayPass: (error) => error instanceof AuroraError && passingCodes.has(error.code),
      onSilence: (error) => {
        deps.log('warn', { host, operationId, err: messageOf(error) }, 'agent does not answer, asking again');
        silence ??= beginSilence();
      },
    }).finally(() => {
      silence?.end();
      working?.end();
    });
    if (end === null) throw new StepInterrupted();
    return end;
  };

  /** Once in the life of a worker, of all agents at once: what this process has read since, it would miss itself. */
  const assertNothingLost = async (host: string): Promise<void> => {
    // Who does not answer is asked again when there is something to do there.
    thread.comparing ??= Promise.allSettled(access.agents.map((agent) => compare(agent.host)));
    await thread.comparing;
    const { lost } = thread.compared.get(host) ?? (await compare(host));
    if (lost?.stops === true) throw historyLost(host, lost.message);
  };

  const compare = async (host: string) => {
    const agent = agentIn(access, host);
    const status = await agent.readStatus();
    await learnStore(agent, status.grants?.store, deps.identity);
    // Agents of before refuse what they do not know.
    const seen = { lost: await findLost(status), takesHead: status.lastGrant !== undefined };
    thread.compared.set(host, seen);
    return seen;
  };

  const findLost: StepContext['findLost'] = async (status) => {
    const { state, lease } = thread;
    return await findLostHistory(deps, { restoreId: state.restoreId, fence: lease.fence, status });
  };

  const grantFor = (host: string, kind: OperationKind, params: unknown, operationId: string) => {
    const now = deps.clock.now();
    const { gates } = thread.state;
    const agent = agentIn(access, host);
    const epoch = epochOf(agent);
    const store = storeFor(agent, deps.identity);
    const passed = [gates.stop, gates.commit, gates['go-back']].filter((gate) => gate?.status === 'passed');
    const signOffs = passed.flatMap((gate) =>
      gate === undefined
        ? []
        : gate.signOffs.map((signOff) => ({
            person: signOff.person.id,
            gate: gate.name,
            at: signOff.at,
            // An agent that tells an epoch knows this field too; an older one refuses what it does not know.
            ...(epoch !== undefined && { digest: gate.digest }),
          })),
    );
    const grant = deps.grants.sign({
      operationId,
      kind,
      paramsSha256: createHash('sha256').update(canonicalJson(params)).digest('hex'),
      restoreId: thread.state.restoreId,
      cluster: cluster.name,
      step,
      host,
      // What was signed last; a gate that is open, or was declined, has nobody's word.
      digest: passed.at(-1)?.digest ?? '',
      fence: thread.lease.fence,
      issuedAt: now,
      expiresAt: now + grantLifeMs,
      ...(thread.compared.get(host)?.takesHead === true && {
        journal: { seq: thread.state.seq, hash: thread.state.hash },
      }),
      signers: signOffs,
      ...(epoch !== undefined && { epoch }),
      ...(store !== undefined && { store }),
    });
    const statements = signedStatements(thread.state);
    return statements.length === 0 ? grant : { ...grant, statements };
  };

  return { attempt, operate, findLost };
}

/**
 * An end after which the same thing may be asked for again. What failed was not done. What an agent cannot tell, and what a
 * scheduler refused, waits until a person has looked: an agent finds a host that is as asked and leaves it so. Reconciling
 * twice does no more than reconciling once, and what an interrupted recovery tool has left is set aside before it is run
 * again. A commit of unknown outcome is never asked for again.
 */
function isOver({ kind, result, lookedAt }: OperationState): boolean {
  if (result === null) return false;
  if (result.state === 'failed') return true;
  // Refused before anything was done: the step compares afresh and asks for another one.
  if (kind === 'commit-recovery' && wasNotReady(result.evidence)) return true;
  if (result.state === 'uncertain') return repeatable.has(kind) || (lookedAt && kind !== 'commit-recovery');
  return lookedAt && mayBeRefused.has(kind) && wasRefused(result.evidence);
}

const repeatable: ReadonlySet<OperationKind> = new Set([
  'reconcile-explicit',
  'reconcile-implicit',
  'run-recovery-tool',
]);

const mayBeRefused: ReadonlySet<OperationKind> = new Set([
  'stage-backup',
  'reconcile-explicit',
  'reconcile-implicit',
]);

function wasRefused(evidence: unknown): boolean {
  const { answer } = evidence as OperationEvidence['stage-backup'];
  return answer === 'error' || answer === 'not-ready';
}

function finishedEvent(result: OperationEnd): RestoreEvent {
  const { operationId, state } = result;
  return state === 'done'
    ? {
        type: 'operation-finished',
        operationId,
        state,
        changed: result.changed,
        evidence: result.evidence,
        message: '',
      }
    : {
        type: 'operation-finished',
        operationId,
        state,
        changed: false,
        evidence: null,
        message: result.message,
      };
}

/** The operation is still wanted: whoever looks again asks for the very same one, and hears how it ended. */
function neverEnds(host: string, running: { operationId: string; kind: string }): AuroraError {
  const { operationId, kind } = running;
  return new AuroraError({
    code: 'operation-does-not-end',
    message: `The agent of ${host} has been at ${kind} for ${longestOperationMs / 60_000} minutes, and says that it is not done.`,
    hint: "Look at that host and at its agent's log; then look again.",
    details: { host, kind, operationId },
  });
}

function historyLost(host: string, message: string): AuroraError {
  return new AuroraError({
    code: 'history-lost',
    message: `${host}: ${message}. Nothing was sent to it.`,
    hint: 'The database was lost, put back to an earlier copy, replaced, or written by somebody else. Find out which, and put the newest copy back; docs/runbook.md, "The state directory of the bot is lost".',
    details: { host },
  });
}

function operationFailure(
  host: string,
  result: { state: 'failed' | 'uncertain'; kind: string; operationId: string; message: string; hint: string },
): AuroraError {
  return new AuroraError({
    code: result.state === 'uncertain' ? 'operation-uncertain' : 'operation-failed',
    message: `${host}: ${result.message}`,
    hint: result.hint,
    details: { host, kind: result.kind, operationId: result.operationId },
  });
}
