/** Plays the watch against a month, and counts what it said against what was true. */
import type { WatchKeeper } from '../../../src/aurora/watch.ts';
import { defaultWatchPolicy, type WatchPolicy } from '../../../src/watch/policy.ts';
import type { Alarm } from '../../../src/watch/state.ts';
import { type Voice, Watcher } from '../../../src/watch/watcher.ts';
import { type Incident, incidents, proof } from './incidents.ts';
import { type Random, randomOf } from './random.ts';
import { type Episode, Episodes, holdMs, kindOf, mayBeTold, truthsOf } from './truth.ts';
import { dayMs, hourMs, minuteMs, World } from './world.ts';

const lookEveryMs = 5 * minuteMs;
/** Lists of backups are read every ten minutes, and a look every five. */
const lagMs = 20 * minuteMs;
/** Certificates are looked at every hour. */
const certificateLagMs = 2 * hourMs + 10 * minuteMs;
/** Two more looks than it must hold, and the age of a list: what holds for longer has to be told. */
const slackMs = 30 * minuteMs;
/** What comes back within a day is given up to six hours until it is told as over. */
const overMs = 6 * hourMs + slackMs;

interface Told {
  readonly key: string;
  readonly number: number;
  readonly atMs: number;
  overAtMs: number | null;
}

export interface MonthReport {
  readonly seed: number;
  readonly incidents: readonly string[];
  /** Alarms that were told. */
  readonly told: number;
  /** Those that were true and had not been told already. */
  readonly right: number;
  /** What had to be told, and how much of it was. */
  readonly due: number;
  readonly met: number;
  /** By kind, how often it was rightly told. */
  readonly byKind: Readonly<Record<string, number>>;
  /** Sentences about everything that was not as it should be. */
  readonly faults: readonly string[];
}

/** `policy`: otherwise than the manual promises, to see that it is noticed. */
export async function playMonth(
  seed: number,
  { policy = {}, days = 30 }: { policy?: Partial<WatchPolicy>; days?: number } = {},
): Promise<MonthReport> {
  const random = randomOf(seed);
  const startMs = Date.UTC(2026, 2, 1, 4, random.between(0, 59));
  const world = new World(startMs);
  const stage = new Stage(world, random);
  const recorder = new Recorder(world, policy);
  const episodes = new Episodes();
  let watcher = recorder.start();
  for (let minute = 1; minute <= days * 24 * 60; minute += 1) {
    world.pass();
    stage.pass();
    episodes.note(truthsOf(world), world.now);
    for (const { name } of world.hosts) {
      const key = `disk-filling ${name} log+backups`;
      if (mayBeTold(world, key)) recorder.allow(key);
    }
    // The bot is renewed, or dies.
    if (random.chance(1 / (3 * 24 * 60))) watcher = recorder.start();
    if (minute % (lookEveryMs / minuteMs) === 0) await watcher.tick();
  }
  return recorder.compare(seed, episodes.all, stage.played);
}

/** Lets one incident follow the other, with some hours between them; and whatever is ordinary goes on all the time. */
class Stage {
  readonly played: string[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #due: Incident[];
  #now: { incident: Incident; sinceMs: number } | null = null;
  #nextMs: number;
  #restartMs: number;
  #awayMs = 0;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
    this.#due = random.shuffled([...incidents, ...incidents.slice(0, 6)]).map((make) => make(random));
    this.#nextMs = world.now + random.between(5, 9) * hourMs;
    this.#restartMs = world.now + dayMs;
    world.proofs = [proof(world, 'proven')];
  }

  pass(): void {
    this.#ordinary();
    const { now } = this.#world;
    if (this.#now === null) {
      if (now < this.#nextMs) return;
      const incident = this.#due.pop();
      if (incident === undefined) return;
      this.#now = { incident, sinceMs: now };
      this.played.push(incident.name);
      incident.begin(this.#world);
      return;
    }
    const { incident, sinceMs } = this.#now;
    incident.minute?.(this.#world, now - sinceMs);
    if (now - sinceMs < incident.lastsMs && incident.isOver?.(this.#world) !== true) return;
    incident.end(this.#world);
    this.#now = null;
    this.#nextMs = now + this.#random.between(5, 9) * hourMs;
  }

  /** The daily restart of the leader, agents that restart, jobs that come and go; proofs each night, but for nine days. */
  #ordinary(): void {
    const world = this.#world;
    const random = this.#random;
    const quiet = this.#now === null;
    if (quiet && world.now >= this.#restartMs && world.leader !== null) {
      const same = random.chance(0.3);
      const next = same ? world.leader : random.between(0, 2);
      world.stopLeading();
      this.#restartMs = world.now + random.between(20, 24) * hourMs;
      this.#electMs = world.now + random.between(1, 2) * minuteMs;
      this.#electNext = next;
    }
    if (quiet && this.#electMs !== null && world.now >= this.#electMs) {
      this.#electMs = null;
      world.lead(this.#electNext);
    }
    if (quiet && world.tasks >= 90)
      world.tasks = Math.min(150, Math.max(90, world.tasks + random.between(-1, 1)));
    for (const host of world.hosts) {
      if (host.agent && random.chance(1 / (2 * 24 * 60)) && quiet) {
        host.agent = false;
        this.#awayMs = world.now + random.between(1, 4) * minuteMs;
      }
      if (!host.agent && quiet && world.now >= this.#awayMs) host.agent = true;
    }
    const day = Math.floor((world.now - Date.UTC(2026, 2, 1)) / dayMs);
    const refuted = world.proofs.at(-1)?.verdict === 'refuted';
    const nightly = world.now % dayMs === 2 * hourMs;
    if (nightly && !refuted && (day < 8 || day > 17))
      world.proofs = [...world.proofs.slice(-20), proof(world, 'proven')];
  }

  #electMs: number | null = null;
  #electNext = 0;
}

/** What the watch tells, as whoever reads the channel sees it, whichever process told it. */
class Recorder {
  readonly #world: World;
  readonly #policy: WatchPolicy;
  readonly #told = new Map<number, Told>();
  readonly #allowed = new Map<string, number>();
  readonly #faults: string[] = [];
  #kept: { text: string; version: number } | null = null;

  constructor(world: World, policy: Partial<WatchPolicy>) {
    this.#world = world;
    this.#policy = { ...defaultWatchPolicy, everyMs: lookEveryMs, ...policy };
  }

  start(): Watcher {
    const world = this.#world;
    const keeper: WatchKeeper = {
      loadWatch: () => Promise.resolve(this.#kept),
      saveWatch: ({ text, version }) => {
        this.#kept = { text, version };
        return Promise.resolve();
      },
    };
    const voice: Voice = {
      tell: ({ alarm }) => {
        this.#hear(alarm);
        return Promise.resolve();
      },
    };
    return new Watcher({
      access: world.access,
      policy: this.#policy,
      channel: 'C0OPS',
      keeper,
      journal: {
        listRestores: () =>
          Promise.resolve(world.restoring ? [{ restoreId: 'R1', cluster: 'east', open: true }] : []),
      },
      voice,
      clock: world.clock,
      log: (level, _fields, message) => this.#faults.push(`${level}: ${message}`),
    });
  }

  allow(key: string): void {
    this.#allowed.set(key, this.#world.now);
  }

  compare(seed: number, episodes: readonly Episode[], played: readonly string[]): MonthReport {
    const faults = [...this.#faults];
    const told = [...this.#told.values()];
    const right = told.filter((one) => {
      const same = told.filter((other) => other !== one && other.key === one.key);
      const mine = episodes.find(({ key, fromMs, toMs }) => {
        const lag = kindOf(key) === 'certificate-ends' ? certificateLagMs : lagMs;
        const hold = holdMs[kindOf(key)] ?? 0;
        return key === one.key && fromMs + hold <= one.atMs && one.atMs <= toMs + lag;
      });
      const ahead = this.#allowed.has(one.key);
      if (mine === undefined && !ahead) faults.push(`${at(one.atMs)} ${one.key}: told, and was not true`);
      const twice = same.some(
        (other) =>
          other.atMs < one.atMs &&
          (other.overAtMs === null || (mine !== undefined && other.atMs >= mine.fromMs)),
      );
      if (twice) faults.push(`${at(one.atMs)} ${one.key}: told twice`);
      return (mine !== undefined || ahead) && !twice;
    });
    const due = episodes.filter(({ key, seenMs }) => seenMs >= dueAfter(key));
    const met = due.filter((episode) => {
      const { key, fromMs, toMs } = episode;
      const found = told.some(
        (one) =>
          one.key === key && one.atMs <= toMs + lagMs && (one.overAtMs === null || one.overAtMs >= fromMs),
      );
      if (!found)
        faults.push(
          `${at(fromMs)} ${key}: true for ${Math.round((toMs - fromMs) / minuteMs)} min and never told`,
        );
      return found;
    });
    for (const one of told) faults.push(...this.#clearedWrongly(one, episodes));
    const byKind = Object.fromEntries(
      Object.keys(holdMs).map((kind) => [kind, right.filter(({ key }) => kindOf(key) === kind).length]),
    );
    return {
      seed,
      incidents: played,
      told: told.length,
      right: right.length,
      due: due.length,
      met: met.length,
      byKind,
      faults,
    };
  }

  /** Told as over while it still was true and to be seen, or never although it had ended. */
  #clearedWrongly({ key, atMs, overAtMs }: Told, episodes: readonly Episode[]): string[] {
    const mine = episodes.filter((each) => each.key === key);
    if (overAtMs !== null) {
      const still = mine.some(({ fromMs, toMs }) => fromMs < overAtMs - slackMs && toMs > overAtMs + slackMs);
      return still ? [`${at(overAtMs)} ${key}: told as over, and was still true`] : [];
    }
    const endedMs = Math.max(...mine.map(({ toMs }) => toMs));
    const late = this.#world.now - endedMs > overMs && this.#world.now - atMs > overMs;
    return late ? [`${at(atMs)} ${key}: over since ${at(endedMs)}, and never told so`] : [];
  }

  #hear({ number, kind, subject, said, over }: Alarm): void {
    if (said === null) return;
    const key = `${kind} ${subject}`.trim();
    if (this.#world.restoring) this.#faults.push(`${at(this.#world.now)} ${key}: told during a restore`);
    const known = this.#told.get(number);
    if (known === undefined) {
      this.#told.set(number, { key, number, atMs: said.atMs, overAtMs: over?.atMs ?? null });
      return;
    }
    if (known.overAtMs !== null) this.#faults.push(`${at(this.#world.now)} ${key}: told as over twice`);
    known.overAtMs = over?.atMs ?? null;
  }
}

function dueAfter(key: string): number {
  const kind = kindOf(key);
  const extra = kind === 'certificate-ends' ? certificateLagMs + slackMs : slackMs;
  return (holdMs[kind] ?? 0) + extra;
}

function at(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16);
}
