/** A bot as far as hosts see it: a database in a file, a restore in it whose schedulers may be stopped, and the agent of a host. */
import { connectAgent } from '../../../src/agent/client.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { createStepContext } from '../../../src/restore/engine/context.ts';
import { RestoreThread } from '../../../src/restore/engine/thread.ts';
import type { GrantSigner } from '../../../src/restore/ports.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import type { StepContext } from '../../../src/restore/step.ts';
import type { Store } from '../../../src/store/store.ts';
import { openOffice } from './office.ts';
import { bo, passed, signed, startedAt, stopGate, untilStopGate } from './story.ts';

export interface BotOnStore {
  readonly store: Store<RestoreEvent>;
  /** Asks the agent to stop its scheduler, as the step does. */
  stop(): ReturnType<StepContext['attempt']>;
  /** What step 1 says of the agent. */
  findLost(): ReturnType<StepContext['findLost']>;
  close(): Promise<void>;
}

const digest = 'd1'.repeat(32);
const mayStop = [
  ...untilStopGate().slice(0, -1),
  stopGate(digest),
  signed('stop', bo, digest),
  passed('stop', digest, [bo]),
];
const beganAt = systemClock.now();

/** Goes right, from the time of the story on. */
export const storyClock: Clock = {
  now: () => startedAt + systemClock.now() - beganAt,
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};

/** What was asked for before is not asked for again. */
let rounds = 0;

async function openRestore(store: Store<RestoreEvent>): Promise<string> {
  const [open] = await store.listRestores({ open: true });
  if (open !== undefined) return open.restoreId;
  const restoreId = await store.nextRestoreId();
  const [first, ...events] = mayStop;
  if (first === undefined) throw new Error('a restore begins with its proposal');
  const entry = { restoreId, at: startedAt };
  await store.open({ ...entry, cluster: 'east', event: first });
  await store.append({ ...entry, expectedSeq: 1, events });
  return restoreId;
}

/** What an agent of before is: its status has no such field, and its schema is strict. */
function withoutStore(agent: HostAgent): HostAgent {
  return {
    ...agent,
    readStatus: async () => {
      const { grants, ...status } = await agent.readStatus();
      const { store: _store, ...told } = grants ?? { clockSkewMs: 0 };
      return { ...status, grants: told };
    },
    perform: (request, signal) => {
      if (request.grant.payload.store !== undefined)
        throw new Error('an agent of before refuses the request');
      return agent.perform(request, signal);
    },
  };
}

const nobody = (): never => {
  throw new Error('nobody else is asked');
};

/** Starts it on the database at `path`, made when there is none, with a new restore when none is open. */
export async function startBotOn(
  path: string,
  asked: {
    /** Of its agent. */
    url: string;
    grants: GrantSigner;
    /** So high its fence is. */
    fence?: number;
    /** A bot of before names no database in its grants. */
    isOfBefore?: boolean;
    /** Its agent tells no database, and must not be shown one. */
    agentIsOfBefore?: boolean;
  },
): Promise<BotOnStore> {
  const office = await openOffice([], path);
  const { store } = office;
  const restoreId = await openRestore(store);
  const owner = 'bot';
  const { url, grants, fence = 1, isOfBefore = false, agentIsOfBefore = false } = asked;
  const newAgent = connectAgent({ host: 'aurora-1', url, deadlineMs: 20_000, clock: systemClock });
  const agent = agentIsOfBefore ? withoutStore(newAgent) : newAgent;
  await store.passFence('east', fence - 1);
  const lease = await store.acquire({ cluster: 'east', owner, ttlMs: 3_600_000, now: storyClock.now() });
  if (lease === null) throw new Error('nobody else has it');
  const context = createStepContext({
    deps: {
      clock: storyClock,
      journal: store,
      leases: store,
      documents: store,
      people: office.people,
      grants,
      ...(!isOfBefore && { identity: store.identity }),
      backups: { computeBlastRadius: nobody, digestStagedSet: nobody },
      clusters: new Map(),
      owner,
      onProgress: () => undefined,
      log: () => undefined,
    },
    access: {
      cluster: {
        ...office.cluster,
        waits: { ...office.cluster.waits, agentDeadlineMs: 20_000, pollMs: 20 },
      },
      agents: [agent],
      leader: { findLeader: nobody, listLogReplicas: nobody, watch: nobody, close: nobody },
      mesos: { listLiveTasks: nobody, listFrameworks: nobody },
    },
    thread: new RestoreThread(
      { journal: store, clock: storyClock },
      lease,
      foldJournal(await store.read(restoreId)),
    ),
    step: 'stop-schedulers',
    signal: new AbortController().signal,
  });
  return {
    store,
    findLost: async () => await context.findLost(await agent.readStatus()),
    stop: () => {
      rounds += 1;
      return context.attempt('aurora-1', 'stop-scheduler', { graceMs: 10_000 }, rounds);
    },
    close: () => office.close(),
  };
}
