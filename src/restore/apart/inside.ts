/** The other end, in the thread: a step's context whose tasks are read here, and everything else by whoever started the thread. */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostAgent } from '../../aurora/hosts.ts';
import type { Documents, PackedDocuments } from '../../aurora/journal.ts';
import { createAgentStreams } from '../engine/agent-streams.ts';
import { agentIn, onEachAgent } from '../engine/hosts.ts';
import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import type { StepName } from '../record/facts.ts';
import type { RestoreState } from '../record/state.ts';
import type { StepContext } from '../step.ts';
import type { HeartCalls, ThreadCalls } from './calls.ts';
import { Line, type Message } from './line.ts';
import { longSteps } from './long-steps.ts';

interface Inside extends Pick<RestoreDeps, 'clock' | 'backups'> {
  readonly access: Pick<ClusterAccess, 'cluster' | 'agents' | 'mesos'>;
  readonly documentsOver: (packed: PackedDocuments) => Documents;
  readonly send: (message: Message) => void;
}

/** Of what a wait hears, so much is passed on: a silence is told by seconds. */
const tellEveryMs = 250;

/** Answers what is to be called with each message. */
export function serveSteps(inside: Inside): (message: Message) => void {
  const looks = new Map<number, () => Promise<boolean>>();
  let state: RestoreState | null = null;
  const current = (): RestoreState => {
    if (state === null) throw new Error('no step was started here');
    return state;
  };
  const answers: { readonly [K in keyof ThreadCalls]: ThreadCalls[K] } = {
    run: async (step, began) => {
      state = began;
      return await longSteps[step].run(contextOf(inside, { step, state: current, line, looks }));
    },
    look: async (id) => (await looks.get(id)?.()) === true,
    stateIs: (now) => {
      state = now;
    },
  };
  const line = new Line<HeartCalls>(inside.send, answers);
  return (message) => line.take(message);
}

function contextOf(
  { access, clock, backups, documentsOver }: Inside,
  asked: {
    step: StepName;
    state: () => RestoreState;
    line: Line<HeartCalls>;
    looks: Map<number, () => Promise<boolean>>;
  },
): StepContext {
  const { step, state, line, looks } = asked;
  const { restoreId } = state();
  const agentOf = (host: string): HostAgent => agentIn(access, host);
  let looked = 0;
  /** What `look` finds stays here: it may be millions of tasks. */
  const during = async <T>(
    look: (id: number) => Promise<T | null>,
    wait: (id: number) => Promise<number | undefined>,
  ): Promise<{ value: T; waitedMs: number }> => {
    const id = ++looked;
    let found: { readonly value: T } | null = null;
    looks.set(id, async () => {
      const value = await look(id);
      found = value === null ? null : { value };
      return found !== null;
    });
    try {
      const waitedMs = (await wait(id)) ?? 0;
      return { value: (found as { value: T } | null)?.value as T, waitedMs };
    } finally {
      looks.delete(id);
    }
  };
  const patiently: StepContext['patiently'] = async (what, ask) => {
    let toldAt = Number.NEGATIVE_INFINITY;
    const tell = (id: number) => (): void => {
      const now = performance.now();
      if (now - toldAt < tellEveryMs) return;
      toldAt = now;
      line.tell('progressed', id);
    };
    const { value } = await during(
      async (id) => ({ answer: await ask(tell(id)) }),
      async (id) => {
        await line.ask('patiently', id, what);
        return undefined;
      },
    );
    return value.answer;
  };
  return {
    cluster: access.cluster,
    agents: access.agents,
    mesos: access.mesos,
    leader: {
      findLeader: async () => {
        try {
          return await line.ask('findLeader');
        } catch (error) {
          if (error instanceof AuroraError) return { kind: 'unreachable', error };
          throw error;
        }
      },
      listLogReplicas: () => line.ask('listLogReplicas'),
      // Whoever waits does so where ZooKeeper is listened to.
      watch: () => () => undefined,
      close: () => Promise.resolve(),
    },
    readCertificates: () => line.ask('readCertificates'),
    readPeople: () => line.ask('readPeople'),
    findLapse: () => line.ask('findLapse'),
    restoreId,
    step,
    deps: {
      clock,
      backups,
      documents: documentsOver({
        savePacked: (document) => line.ask('savePacked', document),
        loadPacked: (id, name) => line.ask('loadPacked', id, name),
      }),
      journal: { read: (id, afterSeq) => line.ask('readJournal', id, afterSeq) },
    },
    state,
    factsOf: (name) => {
      const facts = state().facts[name];
      if (facts === undefined) throw new Error(`${step} needs the facts of ${name}`);
      return facts;
    },
    agentOf,
    readStatus: ({ host }) => line.ask('readStatus', host),
    onEachHost: (work) => onEachAgent(access, work),
    // What an operation answers is of its kind, which the line's types cannot say.
    operate: ((...args) => line.ask('operate', ...args)) as StepContext['operate'],
    attempt: ((...args) => line.ask('attempt', ...args)) as StepContext['attempt'],
    operateOnAll: ((...args) => line.ask('operateOnAll', ...args)) as StepContext['operateOnAll'],
    findLost: (status) => line.ask('findLost', status),
    waitFor: ({ look, ...wait }) => during(look, (id) => line.ask('waitFor', id, wait)),
    patiently,
    ...createAgentStreams({ patiently, agentOf, restoreId }),
    copyHeldBackup: (copy) => line.ask('copyHeldBackup', copy),
    progress: (text) => line.tell('progress', text),
    notice: (notice) => line.ask('notice', notice),
    now: () => clock.now(),
  };
}
