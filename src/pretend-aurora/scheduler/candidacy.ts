import type { Clock } from '../../aurora/clock.ts';
import { messageOf } from '../../aurora/errors.ts';
import type { Endpoint } from '../../aurora/leader.ts';
import type { SimulatedRelease } from '../release/simulated-release.ts';
import { joinCluster, type Participant } from '../zookeeper/participant.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../zookeeper/server.ts';
import type { Advertised } from '../zookeeper/serverset-view.ts';
import type { Befalls } from './befalls.ts';
import type { Settings } from './flags/settings.ts';
import type { Lifecycle } from './lifecycle.ts';
import { endsWithSession, sessionScale } from './session-habits.ts';
import type { World } from './world.ts';

interface CandidacyOptions {
  readonly release: SimulatedRelease;
  readonly settings: Settings;
  readonly world: World;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly say: (line: string) => void;
  readonly lifecycle: Lifecycle;
  readonly befalls: Befalls;
  readonly onElected: () => void;
  readonly onDefeated: () => void;
  /** Aborts when the scheduler ends. */
  readonly signal: AbortSignal;
}

const rejoinMs = 200;

/** A scheduler's part in the election, over all sessions that its process has with ZooKeeper. */
export class Candidacy {
  private readonly options: CandidacyOptions;
  private participant: Participant | null = null;
  private inside: ZooKeeperServer | null = null;

  constructor(options: CandidacyOptions) {
    this.options = options;
  }

  /** Its own ZooKeeper, on a free port of all addresses, where it is told to have one (aurora.md 15). */
  private async servers(): Promise<readonly string[]> {
    const { settings, clock } = this.options;
    if (!settings.zookeeperInside) return settings.zookeeper;
    this.inside ??= await startZooKeeperServer({
      host: '0.0.0.0',
      port: 0,
      clock,
      minSessionTimeoutMs: 1,
      maxSessionTimeoutMs: 60_000,
    });
    return [`127.0.0.1:${this.inside.port}`];
  }

  /** Takes part, again after a lost session, as long as this process is a candidate. */
  async join(): Promise<void> {
    const { settings, world, clock, newId, say, release, signal } = this.options;
    const scale = sessionScale(settings.sessionTimeoutMs);
    while (!signal.aborted) {
      try {
        const participant = await joinCluster({
          servers: await this.servers(),
          credentials: settings.zookeeperCredentials,
          serversetPath: settings.serversetPath,
          logGroupPath: settings.log.groupPath,
          electionKind: release.electionNodes,
          advertisedHost: release.electionNodesNameHosts ? settings.hostname : ownIdeaOfAddress,
          libprocess: world.libprocess,
          sessionTimeoutMs: world.zookeeper.sessionTimeoutMs * scale,
          logSessionTimeoutMs: world.zookeeper.logSessionTimeoutMs * scale,
          deadlineMs: world.zookeeper.deadlineMs,
          clock,
          newId,
          onConnectionLost: () => say('Lost the connection to ZooKeeper'),
          onSessionLost: ({ reason, wasAway }) => {
            say(`Lost the election session: ${reason}`);
            this.onSessionLost(wasAway);
          },
        });
        this.participant = participant;
        void participant.elected.then(() => this.options.onElected());
        return;
      } catch (thrown) {
        say(`ZooKeeper: ${messageOf(thrown)}`);
        await clock.sleep(rejoinMs, signal);
      }
    }
  }

  /** Who ZooKeeper advertises. */
  leader(): Advertised {
    return this.participant?.leader() ?? null;
  }

  async advertise(endpoint: Endpoint): Promise<void> {
    await this.participant?.advertise(endpoint);
  }

  async resign(): Promise<void> {
    await this.participant?.resign();
  }

  async abandon(endpoint: Endpoint): Promise<void> {
    await this.participant?.abandon(endpoint);
  }

  async close(): Promise<void> {
    await this.participant?.close();
    await this.inside?.close();
  }

  private onSessionLost(wasAway: boolean): void {
    const { lifecycle, release, befalls, onDefeated } = this.options;
    const isStandby = lifecycle.state === 'STORAGE_PREPARED';
    const isUnregistered = lifecycle.state === 'LEADER_AWAITING_REGISTRATION';
    const who = endsWithSession(release);
    const isSpared = who === 'elected-but' && wasAway && isUnregistered;
    if (befalls.endsWithSession || who === 'all' || !(isStandby || isSpared)) onDefeated();
    else if (isStandby) {
      const old = this.participant;
      this.participant = null;
      void old?.close().catch(() => undefined);
      void this.join();
    }
  }
}

/** What older releases write into their election node, on every host the same (recorded). */
const ownIdeaOfAddress = '127.0.0.1';
