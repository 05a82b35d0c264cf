import type { Clock } from '../../aurora/clock.ts';
import type { Endpoint } from '../../aurora/leader.ts';
import { watchAbsence } from './absence.ts';
import { joinLog, type LogMembership } from './log-membership.ts';
import {
  type Author,
  createMember,
  type ElectionKind,
  joinElection,
  makePath,
  openAuthor,
  removeIfThere,
} from './nodes.ts';
import { onePassAtATime } from './one-pass.ts';
import { type Advertised, readServerset } from './serverset-view.ts';

export interface ParticipantOptions {
  readonly servers: readonly string[];
  /** `-zk_digest_credentials`. */
  readonly credentials?: string | undefined;
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
  /** The election's session goes on without a connection, for now. */
  readonly onConnectionLost?: () => void;
  /**
   * The election's session is over and its nodes are gone; what a scheduler makes of that differs by release.
   * `wasAway`: ZooKeeper was out of reach for as long as the session lasts.
   */
  readonly onSessionLost: (lost: { reason: string; wasAway: boolean }) => void;
}

/** A simulated scheduler's place in ZooKeeper. */
export interface Participant {
  /** Resolves once, when this process owns the lowest election node. Never rejects. */
  readonly elected: Promise<void>;
  /** Name of the election node, `_c_<uuid>-lock-<seq>`. */
  readonly electionNode: string;
  /** Kept by watches. */
  leader(): Advertised;
  /** Writes the member node (a scheduler does when it turns ACTIVE) and returns its name. When it is removed, it is put back. */
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
  const election = await openAuthor({ ...options, heartbeat: false });
  let log: LogMembership | null = null;
  try {
    log = await joinLog({
      ...options,
      path: options.logGroupPath,
      sessionTimeoutMs: options.logSessionTimeoutMs ?? options.sessionTimeoutMs,
      heartbeat: false,
    });
    return await takePart({ election, log }, options);
  } catch (error) {
    election.session.close();
    log?.drop();
    throw error;
  }
}

async function takePart(
  { election: author, log }: { election: Author; log: LogMembership },
  options: ParticipantOptions,
): Promise<Participant> {
  const { serversetPath, clock } = options;
  const election = author.session;
  let resigned = false;
  const wasAway = await watchAbsence(election, { clock, onLost: () => options.onConnectionLost?.() });
  await makePath(author, serversetPath);
  const electionNode = await joinElection(author, serversetPath, {
    kind: options.electionKind ?? 'lock',
    id: options.newId(),
    host: options.advertisedHost,
  });

  const elected = Promise.withResolvers<void>();
  let leader: Advertised = null;
  let advertised: Endpoint | null = null;
  let memberNode: string | null = null;
  const putBack = async (): Promise<void> => {
    if (resigned || advertised === null || memberNode === null) return;
    if ((await election.stat(`${serversetPath}/${memberNode}`)) !== null || resigned) return;
    memberNode = await createMember(author, serversetPath, advertised);
  };
  const look = async (): Promise<void> => {
    await putBack();
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
      pauseAfterFailure: () => clock.sleep(options.deadlineMs),
      isOver: () => electionOver,
    }),
  );
  await look();

  void election.ended.then((reason) => {
    if (!resigned) options.onSessionLost({ reason, wasAway: wasAway() });
  });

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
    leader: () => leader,
    advertise: async (endpoint) => {
      memberNode = await createMember(author, serversetPath, endpoint);
      advertised = endpoint;
      return memberNode;
    },
    withdraw: async () => {
      advertised = null;
      if (memberNode === null) return;
      await removeIfThere(election, `${serversetPath}/${memberNode}`);
      memberNode = null;
    },
    resign,
    abandon: async (endpoint) => {
      if (resigned) return;
      resigned = true;
      if (memberNode !== null) await removeIfThere(election, `${serversetPath}/${memberNode}`);
      await createMember(author, serversetPath, endpoint);
      election.drop();
    },
    close: async () => {
      await resign();
      log.drop();
    },
  };
}
