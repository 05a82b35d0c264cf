import type { Clock } from '../../aurora/clock.ts';
import type { Endpoint } from '../../aurora/leader.ts';
import { openSession, type ZooKeeperSession } from '../../zookeeper/session.ts';
import {
  createMember,
  type ElectionKind,
  joinElection,
  joinLogGroup,
  makePath,
  removeIfThere,
} from './nodes.ts';
import { onePassAtATime } from './one-pass.ts';
import { readServerset } from './serverset-view.ts';

export interface ParticipantOptions {
  readonly servers: readonly string[];
  /** `-serverset_path`. */
  readonly serversetPath: string;
  /** `-native_log_zk_group_path`. */
  readonly logGroupPath: string;
  readonly electionKind?: ElectionKind;
  /** What the election node says: `-hostname` or the address; with older releases what the machine calls itself. */
  readonly advertisedHost: string;
  /** `ip:port` of the replicated log's libprocess address. */
  readonly libprocess: string;
  /** `-zk_session_timeout`; the log group's own session has the same unless `logSessionTimeoutMs` is given. */
  readonly sessionTimeoutMs: number;
  readonly logSessionTimeoutMs?: number;
  /** Bound of connecting and of every call. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** A uuid for the election node's name. */
  readonly newId: () => string;
  /** The server expired a session: its nodes are gone. A real scheduler ends its process (`election`). */
  readonly onSessionLost: (lost: { session: 'election' | 'log-group'; reason: string }) => void;
}

/** A simulated scheduler's place in ZooKeeper. */
export interface Participant {
  /** Resolves once, when this process owns the lowest election node. Never rejects. */
  readonly elected: Promise<void>;
  /** Name of the election node, `_c_<uuid>-lock-<seq>`. */
  readonly electionNode: string;
  /** Name of the log group node, ten digits. */
  readonly logNode: string;
  /** Who is advertised, by the scheduler's own rule (aurora.md 8.4): exactly one member, else nobody. Kept by watches. */
  leader(): Endpoint | null;
  /** Writes the member node (a scheduler does when it turns ACTIVE) and returns its name. */
  advertise(endpoint: Endpoint): Promise<string>;
  /** Removes the member node; nothing happens when there is none. */
  withdraw(): Promise<void>;
  /**
   * Gives up the election and the member node and ends that session; the log group's node and session go on. That is
   * a scheduler after a commit in recovery mode: no candidate any more, and still a replica (aurora.md 14 C).
   */
  resign(): Promise<void>;
  /**
   * How a scheduler of 0.9 goes after a commit from ACTIVE: it writes a member node once more and dies, so that both its
   * nodes stay until the session times out. `close` then leaves them.
   */
  abandon(endpoint: Endpoint): Promise<void>;
  /**
   * The orderly end: election and member nodes go at once; the log group's session is dropped, so that its node stays
   * until the session times out (aurora.md 13, "ZooKeeper lags behind a stop").
   */
  close(): Promise<void>;
}

/**
 * Takes part as a scheduler does from the start of its process: a log group node, and an election
 * node (by default that of 0.17 and later, Curator's LeaderSelector). Throws AuroraError `zookeeper-unreachable` when no session is granted.
 */
export async function joinCluster(options: ParticipantOptions): Promise<Participant> {
  const election = await openSession({ ...options, heartbeat: false });
  const logGroup = await openSession({
    ...options,
    sessionTimeoutMs: options.logSessionTimeoutMs ?? options.sessionTimeoutMs,
    heartbeat: false,
  }).catch((error: unknown) => {
    election.close();
    throw error;
  });
  try {
    return await takePart({ election, logGroup }, options);
  } catch (error) {
    election.close();
    logGroup.close();
    throw error;
  }
}

async function takePart(
  sessions: { election: ZooKeeperSession; logGroup: ZooKeeperSession },
  options: ParticipantOptions,
): Promise<Participant> {
  const { election, logGroup } = sessions;
  const { serversetPath, logGroupPath } = options;
  let closing = false;
  let resigned = false;
  await makePath(election, serversetPath);
  await makePath(logGroup, logGroupPath);
  const logNode = await joinLogGroup(logGroup, logGroupPath, options.libprocess);
  const electionNode = await joinElection(election, serversetPath, {
    kind: options.electionKind ?? 'lock',
    id: options.newId(),
    host: options.advertisedHost,
  });

  const elected = Promise.withResolvers<void>();
  let leader: Endpoint | null = null;
  let memberNode: string | null = null;
  const look = async (): Promise<void> => {
    const view = await readServerset(election, serversetPath);
    leader = view.leader;
    if (view.lowestElectionNode === electionNode) elected.resolve();
  };
  let electionOver = false;
  void election.ended.then(() => {
    electionOver = true;
  });
  election.onChange(
    onePassAtATime({
      look,
      pauseAfterFailure: () => options.clock.sleep(options.deadlineMs),
      isOver: () => electionOver,
    }),
  );
  await look();

  for (const [name, session] of [['election', election] as const, ['log-group', logGroup] as const]) {
    void session.ended.then((reason) => {
      if (closing || (resigned && name === 'election')) return;
      options.onSessionLost({ session: name, reason });
    });
  }

  const resign = async (): Promise<void> => {
    if (resigned) return;
    resigned = true;
    const mine = [memberNode, electionNode].filter((node) => node !== null);
    // When ZooKeeper is away there is nobody to tell; the nodes then go with the session.
    await Promise.allSettled(mine.map((node) => removeIfThere(election, `${serversetPath}/${node}`)));
    election.close();
  };

  return {
    elected: elected.promise,
    electionNode,
    logNode,
    leader: () => leader,
    advertise: async (endpoint) => {
      memberNode = await createMember(election, serversetPath, endpoint);
      return memberNode;
    },
    withdraw: async () => {
      if (memberNode === null) return;
      await removeIfThere(election, `${serversetPath}/${memberNode}`);
      memberNode = null;
    },
    resign,
    abandon: async (endpoint) => {
      if (resigned) return;
      resigned = true;
      if (memberNode !== null) await removeIfThere(election, `${serversetPath}/${memberNode}`);
      await createMember(election, serversetPath, endpoint);
      election.drop();
    },
    close: async () => {
      closing = true;
      await resign();
      logGroup.drop();
    },
  };
}
