/** What a step works with: hosts and the outside world, asked patiently, and operations that happen once. */

import { askAgain } from '../../aurora/ask-again.ts';
import { errorCodes } from '../../aurora/error-codes.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { HostAgent } from '../../aurora/hosts.ts';
import { timeText } from '../../aurora/time-text.ts';
import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import type { StepName } from '../record/facts.ts';
import type { RestoreState } from '../record/state.ts';
import { findLapse, readAbleSigners } from '../service/signers.ts';
import type { StepContext } from '../step.ts';
import { createAgentStreams } from './agent-streams.ts';
import { Bell } from './bell.ts';
import { learnEpoch } from './epochs.ts';
import { agentIn, onEachAgent, passingCodes } from './hosts.ts';
import { NamedWaits } from './named-waits.ts';
import { createOperating } from './operating.ts';
import { type RestoreThread, StepInterrupted } from './thread.ts';

/** Builds what a step works with. */
export function createStepContext(wiring: {
  deps: RestoreDeps;
  access: ClusterAccess;
  thread: RestoreThread;
  step: StepName;
  signal: AbortSignal;
  /** How long an answer is waited for that does not come; as long as `agentDeadlineMs` when absent. */
  patienceMs?: number;
}): StepContext {
  const { deps, access, thread, step, signal } = wiring;
  const { cluster } = access;
  const patienceMs = wiring.patienceMs ?? cluster.waits.agentDeadlineMs;
  const { pollMs: everyMs } = cluster.waits;
  const phase = thread.state.phase;

  const waits = new NamedWaits(deps.clock, (text) => deps.onProgress(thread.state.restoreId, text));
  const state = (): RestoreState => thread.state;
  const assertGoingOn = async (): Promise<void> => {
    const now = await thread.refresh();
    if (now.phase !== phase || now.ended !== null || signal.aborted) throw new StepInterrupted();
  };
  const agentOf = (host: string): HostAgent => agentIn(access, host);

  /** Neither ends while the restore goes on but with what was asked for, or with an error. */
  const ask = async <T>(
    about: string,
    rules: Pick<Parameters<typeof askAgain>[1], 'silenceMs' | 'mayPass' | 'onSilence' | 'changed'>,
    look: (heard: () => void) => Promise<{ readonly value: T } | null>,
  ): Promise<T> => {
    const answer = await askAgain(
      async (heard) => {
        await assertGoingOn();
        return await look(heard);
      },
      { clock: deps.clock, about: `${thread.state.restoreId} ${step} ${about}`, signal, ...rules, everyMs },
    );
    if (answer === null) throw new StepInterrupted();
    return answer.value;
  };

  const waitFor: StepContext['waitFor'] = async ({ what, usual, limitMs, hint, look }) => {
    const startedAt = deps.clock.now();
    // Whatever is waited for, much of it is told by ZooKeeper first: then nobody waits for the next poll.
    const bell = new Bell();
    const stopWatching = access.leader.watch(() => bell.ring());
    try {
      return await waits.during({ what: `Waiting for ${what}`, boundMs: limitMs, usual }, () =>
        ask(what, { ...bearNothing, changed: () => bell.next() }, async () => {
          const value = await look();
          const waitedMs = deps.clock.now() - startedAt;
          if (value !== null) return { value: { value, waitedMs } };
          if (waitedMs >= limitMs) {
            throw new AuroraError({
              code: errorCodes.waitedTooLong,
              message: `Gave up waiting for ${what} after ${timeText(waitedMs)}.`,
              hint,
            });
          }
          return null;
        }),
      );
    } finally {
      stopWatching();
    }
  };

  const patiently: StepContext['patiently'] = async (what, work) =>
    await waits.during({ what, boundMs: patienceMs === 0 ? Number.POSITIVE_INFINITY : patienceMs }, (wait) =>
      ask(what, { silenceMs: patienceMs, mayPass, onSilence: () => undefined }, async (heard) => ({
        value: await work(() => {
          heard();
          wait.heard();
        }),
      })),
    );

  const { attempt, operate, findLost } = createOperating({
    deps,
    access,
    thread,
    step,
    signal,
    waits,
    assertGoingOn,
  });

  const onEachHost: StepContext['onEachHost'] = (work) => onEachAgent(access, work);

  return {
    cluster,
    agents: access.agents,
    leader: access.leader,
    mesos: access.mesos,
    readCertificates: access.certificates ?? (() => Promise.resolve([])),
    readPeople: () => readAbleSigners(deps, thread.state),
    findLapse: () => findLapse(deps, { state: thread.state, now: deps.clock.now() }),
    restoreId: thread.state.restoreId,
    step,
    deps,
    state,
    factsOf: (name) => {
      const facts = thread.state.facts[name];
      if (facts === undefined) throw new Error(`${step} needs the facts of ${name}`);
      return facts;
    },
    agentOf,
    readStatus: (agent) =>
      patiently(`${agent.host}'s agent`, async () => {
        const status = await agent.readStatus();
        learnEpoch(agentOf(agent.host), status.grants?.epoch);
        return status;
      }),
    onEachHost,
    attempt,
    operate,
    findLost,
    operateOnAll: (kind, params) => onEachHost((agent) => operate(agent.host, kind, params)),
    waitFor,
    patiently,
    ...createAgentStreams({ patiently, agentOf, restoreId: thread.state.restoreId }),
    progress: (text) => waits.note(text),
    notice: async (notice) => {
      await thread.append((now) => {
        const last = now.notices.at(-1);
        const isSaid = last?.message === notice.message && last.at >= (now.runs[step]?.startedAt ?? 0);
        return isSaid ? [] : [{ type: 'noticed', ...notice }];
      });
    },
    now: () => deps.clock.now(),
  };
}

const bearNothing = {
  silenceMs: Number.POSITIVE_INFINITY,
  mayPass: () => false,
  onSilence: () => undefined,
};

/** True for an answer that may come by itself in a moment. */
export function mayPass(error: unknown): boolean {
  return error instanceof AuroraError && passingReadCodes.has(error.code);
}

/** The same for what is only read: a scheduler that is coming up, or too busy to answer in time, may be asked again. */
const passingReadCodes = new Set([
  ...passingCodes,
  errorCodes.zookeeperUnreachable,
  errorCodes.mesosUnreachable,
  errorCodes.peopleUnknown,
  errorCodes.slackSilent,
  'rpc-unreachable',
  'rpc-timeout',
  'rpc-connection-broken',
  'rpc-truncated',
  'rpc-transient',
]);
