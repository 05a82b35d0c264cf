/** One run: a restore from its proposal to its end under what a seed draws, judged from outside. */
import { createHash } from 'node:crypto';
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { foldEvent, foldJournal } from '../../src/restore/record/fold.ts';
import type { RestoreState } from '../../src/restore/record/state.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { Directory, dee } from '../restore/support/office.ts';
import { createPretendAgent } from '../restore/support/pretend-agent.ts';
import { PretendCluster } from '../restore/support/pretend-cluster.ts';
import { backupName, backupSha256, clusterOf, east } from '../restore/support/pretend-scene.ts';
import { ana, bo, cy, minute, startedAt } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';
import type { Bot } from './bot.ts';
import { Crew } from './crew.ts';
import type { Defect } from './defects.ts';
import { playFaults } from './faults.ts';
import { judgeEnd } from './judge-end.ts';
import { LeaseWatch } from './lease-watch.ts';
import { Network } from './network.ts';
import { abort, anyPress, type Press, sensiblePress, wayOut } from './people.ts';
import { PretendSlack } from './pretend-slack.ts';
import { Random } from './random.ts';
import { type Broken, Witness } from './witness.ts';

/** `waits`: for people, and the card says so. `stuck`: none of all that, long after everything was healed. */
export type Ending = 'completed' | 'undone' | 'waits' | 'stuck';

export interface Played {
  readonly seed: number;
  readonly ending: Ending;
  readonly broken: readonly Broken[];
  /** What happened, in order: equal for equal seeds. */
  readonly trace: readonly string[];
  readonly traceSha256: string;
}

const keys = generateGrantKeys();
const grants = createGrantSigner(keys.privateKeyPem);
const chaosMs = 25 * minute;
const patienceMs = 180 * minute;
/** For Slack to be told the end. */
const tellingMs = 15 * minute;
const lookAgainsMax = 8;

export async function play(seed: number, defect: Defect | null = null): Promise<Played> {
  const store = await openSqliteStore(':memory:', { form: eventForm, key: testKey });
  const machineNow = performance.now.bind(performance);
  // Long work pauses for others by the machine's clock: how fast a machine is must not change what happens in a run.
  performance.now = () => 0;
  try {
    return await new Run(seed, store, defect).play();
  } finally {
    performance.now = machineNow;
    await store.close();
  }
}

class Run {
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock = new FakeClock(startedAt);
  readonly #store: Store<RestoreEvent>;
  readonly #cluster: PretendCluster;
  readonly #slack: PretendSlack;
  readonly #people = new Directory([ana, bo, cy, dee]);
  readonly #crew: Crew;
  readonly #network: Network;
  readonly #witness: Witness;
  readonly #trace: string[] = [];
  readonly #procedure;
  #state: RestoreState | null = null;
  #lookAgains = 0;
  #hasMoved = false;
  #wantsAbort = false;
  #isHealed = false;

  constructor(seed: number, store: Store<RestoreEvent>, defect: Defect | null) {
    this.#seed = seed;
    this.#random = new Random(seed);
    const random = this.#random;
    this.#procedure = random.pick(['staged', 'staged', 'recovery-tool'] as const);
    const auroraVersion =
      this.#procedure === 'staged' ? random.pick(['0.11.0', '0.18.0', '0.20.0', '0.22.0']) : '0.22.0';
    const base = clusterOf({ auroraVersion, policy: { secondLookMs: 10 * minute } });
    const config = { ...base, waits: { ...east.waits, pollMs: 5_000, soakMs: 30_000 } };
    const clock = this.#clock;
    this.#cluster = new PretendCluster(clock, config);
    this.#slack = new PretendSlack(clock, config.channel);
    this.#witness = new Witness(this.#cluster, (line) => this.#tell(line));
    this.#slack.onShown = ({ key }) => this.#witness.shows(key);
    this.#network = new Network(clock, random.branch());
    const wiring = {
      cluster: this.#cluster,
      effects: this.#witness,
      publicKey: keys.publicKey,
      meddling: { with: this.#network.meddle },
      streaming: { with: this.#network.breakStream },
      believesAnyFence: defect === 'fence-check-skipped',
    };
    this.#store = store;
    store.onAppend(() => {
      this.#hasMoved = true;
    });
    const watched: Store<RestoreEvent> = {
      ...store,
      append: async (entry) => {
        const records = await store.append(entry);
        this.#witness.wrote(entry.restoreId, records.at(-1)?.seq ?? 0);
        for (const { seq, event } of records) this.#tell(`${entry.restoreId}:${seq} ${event.type}`);
        return records;
      },
    };
    this.#crew = new Crew(
      {
        clock,
        store: watched,
        people: this.#people,
        slack: this.#slack,
        access: {
          cluster: config,
          agents: this.#cluster.hosts.map((host) => createPretendAgent(wiring, host)),
          leader: this.#cluster.leader,
          mesos: this.#cluster.mesos,
        },
        grants,
        defect,
        leases: new LeaseWatch(clock, config.name, (what) => this.#witness.tookFromTheLiving(what)),
        onMistake: (line) => this.#tell(`mistake: ${line}`),
      },
      random.branch(),
    );
  }

  async play(): Promise<Played> {
    void this.#crew.start('bot-1');
    void this.#crew.watchOver('bot-1');
    if (this.#random.chance(0.4)) {
      void this.#crew.start('bot-2');
      void this.#crew.watchOver('bot-2');
    }
    void this.#playFaults();
    void this.#press();
    const ending = await this.#untilEnd();
    this.#crew.end();
    const events = (await this.#store.read('R1')).map(({ event }) => event);
    this.#witness.compareRecord(events);
    this.#tell(`ends: ${ending}`);
    const traceSha256 = createHash('sha256').update(this.#trace.join('\n')).digest('hex');
    return { seed: this.#seed, ending, broken: this.#witness.broken, trace: this.#trace, traceSha256 };
  }

  async #playFaults(): Promise<void> {
    await playFaults(
      {
        cluster: this.#cluster,
        crew: this.#crew,
        network: this.#network,
        slack: this.#slack,
        people: this.#people,
        random: this.#random.branch(),
        tell: (line) => this.#tell(line),
        wantAbort: () => {
          this.#wantsAbort = true;
        },
        isOver: () => this.#state !== null && this.#state.ended !== null,
      },
      startedAt + chaosMs,
    );
    this.#isHealed = true;
    this.#tell('all is healed');
  }

  /** Lets time pass, as far as anybody waits for it, until the restore has come to its end. */
  async #untilEnd(): Promise<Ending> {
    const giveUpAt = startedAt + chaosMs + patienceMs;
    let endedAt: number | null = null;
    for (;;) {
      // A macrotask: whatever can go on by itself has gone on.
      await new Promise((resolve) => setImmediate(resolve));
      const state = await this.#read();
      const now = this.#clock.now();
      if (state?.ended != null && this.#isHealed) {
        endedAt ??= now;
        const wrong = judgeEnd({ state, cluster: this.#cluster, slack: this.#slack });
        if (wrong.length === 0) return state.ended.outcome === 'completed' ? 'completed' : 'undone';
        if (now > endedAt + tellingMs) {
          for (const what of wrong) this.#witness.contradicts(what);
          return state.ended.outcome === 'completed' ? 'completed' : 'undone';
        }
      }
      if (this.#isHealed && state?.stuck != null && this.#lookAgains >= lookAgainsMax) return 'waits';
      if (now > giveUpAt) {
        this.#tell(
          `stuck: ${JSON.stringify({ stuck: state?.stuck, paused: state?.paused, current: state?.current })}`,
        );
        return 'stuck';
      }
      this.#clock.advance();
    }
  }

  async #press(): Promise<void> {
    const random = this.#random.branch();
    for (;;) {
      await this.#clock.sleep(random.between(3_000, 45_000));
      const bot = this.#crew.ready();
      if (bot === null || this.#state?.ended != null) continue;
      if (this.#state === null) await this.#propose(bot);
      else await this.#pressOnce(bot, this.#state, random);
    }
  }

  async #pressOnce(bot: Bot, state: RestoreState, random: Random): Promise<void> {
    const press = this.#choose(state, random);
    if (press === null) return;
    this.#tell(`${press.userId} presses ${press.what}`);
    if (press.signs !== null) this.#witness.signs({ userId: press.userId, digest: press.signs.digest });
    if (press.what === 'look again' && this.#isHealed) this.#lookAgains += 1;
    // A bot that dies or freezes answers nobody: they look up, and press again.
    const answered = press.send(bot.service).then(
      ({ ok }) => this.#tell(`  ${ok ? 'taken' : 'refused'}`),
      (error: unknown) => this.#tell(`  not taken: ${String(error)}`),
    );
    await Promise.race([answered, this.#clock.sleep(20_000)]);
  }

  #choose(state: RestoreState, random: Random): Press | null {
    if (this.#isHealed) {
      const isHopeless = state.stuck !== null && this.#lookAgains >= lookAgainsMax / 2;
      return isHopeless && random.chance(0.5) ? wayOut(state, random) : sensiblePress(state, random);
    }
    if (this.#wantsAbort) {
      this.#wantsAbort = false;
      return abort(state, random);
    }
    return random.chance(0.08) ? anyPress(state, random) : sensiblePress(state, random);
  }

  async #propose({ service }: Bot): Promise<void> {
    const { config, hosts } = this.#cluster;
    const answered = service
      .propose({
        channel: config.channel,
        userId: ana.userId,
        reason: 'replicated log corrupt on all hosts',
        incident: 'INC-4411',
        cluster: config.name,
        backup: { host: hosts[1]?.name ?? '', name: backupName, sha256: backupSha256 },
        procedure: this.#procedure,
        leaveOutUnlivable: false,
      })
      .catch((error: unknown) => this.#tell(`not proposed: ${String(error)}`));
    await Promise.race([answered, this.#clock.sleep(20_000)]);
  }

  async #read(): Promise<RestoreState | null> {
    if (!this.#hasMoved) return this.#state;
    this.#hasMoved = false;
    const [known] = await this.#store.listRestores({});
    if (known === undefined) return null;
    const newer = await this.#store.read(known.restoreId, this.#state?.seq ?? 0);
    if (newer.length > 0)
      this.#state = this.#state === null ? foldJournal(newer) : newer.reduce(foldEvent, this.#state);
    return this.#state;
  }

  #tell(line: string): void {
    this.#trace.push(`${((this.#clock.now() - startedAt) / 1000).toFixed(1)} ${line}`);
  }
}
