/**
 * Names what a step waits for, from the third second on and once a second: who, for how long, and how long at most. Nobody who
 * watches a card has to guess what is silent. A wait that ends before is never said.
 */
import type { Clock } from '../../aurora/clock.ts';
import { timeText } from '../../aurora/time-text.ts';

/** Something that is being waited for. */
interface Wait {
  /** `aurora-2's agent`, `ZooKeeper`. */
  what: string;
  since: number;
  /** In milliseconds from `since`; it is given up, or asked for help, then. */
  readonly boundMs: number;
  /** In words, what is usual; empty when nobody can tell. */
  readonly usual: string;
}

/** `since` is now when absent. */
type About = Pick<Wait, 'what' | 'boundMs'> & Partial<Pick<Wait, 'usual' | 'since'>>;

/** What a wait can do while it lasts. */
export interface NamedWait {
  /** An answer came: it counts from here. */
  heard(): void;
  end(): void;
}

const saidFromMs = 3_000;
const everyMs = 1_000;
/** A card is read on a phone. */
const shownMax = 3;

export class NamedWaits {
  readonly #clock: Clock;
  readonly #say: (text: string | null) => void;
  readonly #waits = new Set<Wait>();
  /** What the step says of itself. */
  #own: string | null = null;
  #isSaid = false;
  #ended: AbortController | null = null;

  constructor(clock: Clock, say: (text: string | null) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Must be ended, whatever comes. */
  begin({ what, boundMs, usual = '', since = this.#clock.now() }: About): NamedWait {
    const wait: Wait = { what, boundMs, usual, since };
    this.#waits.add(wait);
    if (this.#ended === null) void this.#tick();
    return {
      heard: () => {
        wait.since = this.#clock.now();
      },
      end: () => this.#end(wait),
    };
  }

  async during<T>(about: About, work: (wait: NamedWait) => Promise<T>): Promise<T> {
    const wait = this.begin(about);
    try {
      return await work(wait);
    } finally {
      wait.end();
    }
  }

  /** What a step says of itself stands before what it waits for. */
  note(text: string): void {
    this.#own = text;
    this.#tell();
  }

  #end(wait: Wait): void {
    this.#waits.delete(wait);
    if (this.#waits.size > 0) return;
    this.#ended?.abort();
    this.#ended = null;
    if (this.#isSaid) this.#say(this.#own);
    this.#isSaid = false;
  }

  async #tick(): Promise<void> {
    const ended = new AbortController();
    this.#ended = ended;
    while (!ended.signal.aborted) {
      const oldest = Math.min(...[...this.#waits].map(({ since }) => since));
      const untilSaid = oldest + saidFromMs - this.#clock.now();
      await this.#clock.sleep(Math.max(everyMs, untilSaid), ended.signal);
      if (!ended.signal.aborted) this.#tell();
    }
  }

  #tell(): void {
    const now = this.#clock.now();
    const named = [...this.#waits]
      .filter(({ since }) => now - since >= saidFromMs)
      .sort((a, b) => a.since - b.since)
      .map((wait) => waitText(wait, now));
    const texts = [...new Set(named)];
    const more = texts.length - shownMax;
    const shown = [...texts.slice(0, shownMax), ...(more > 0 ? [`and ${more} more`] : [])].join(' · ');
    if (texts.length > 0) this.#isSaid = true;
    const all = [...(this.#own === null ? [] : [this.#own]), ...(shown === '' ? [] : [shown])];
    this.#say(all.length === 0 ? null : all.join(' '));
  }
}

/** `aurora-2's agent: 12 s of 2 min (usual: up to 20 s)`. */
function waitText({ what, since, boundMs, usual }: Wait, now: number): string {
  const waited = `${Math.floor((now - since) / 1_000)} s`;
  const bound = Number.isFinite(boundMs) ? ` of ${timeText(boundMs)}` : '';
  return `${what}: ${waited}${bound}${usual === '' ? '' : ` (usual: ${usual})`}`;
}
