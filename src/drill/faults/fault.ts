/** One bad thing that can happen to a drill, by the name that people have for it. */
import type { Clock } from '../../aurora/clock.ts';
import { type Lifetime, livesIn } from '../../aurora/lifetime.ts';
import type { HostKind } from '../hosts/drill-hosts.ts';
import type { DrillWorld } from '../world/world.ts';
import type { Moment } from './moments.ts';

/** What there is before its moment. */
export interface FaultSurroundings {
  readonly world: DrillWorld;
}

export interface FaultContext extends FaultSurroundings {
  readonly clock: Clock;
  /** Aborts when the drill ends. */
  readonly signal: AbortSignal;
  /** Waits for the next of these moments, or for the end of the drill. */
  untilMoment(moments: readonly Moment[]): Promise<void>;
  /** A call that changed a scheduler and that nobody of this drill's bot and agents made. */
  noteForeignCall(call: ForeignCall): void;
}

export interface ForeignCall {
  readonly host: string;
  readonly method: string;
}

export interface Fault {
  readonly name: string;
  /** What happens and how long, for a person: a sentence. */
  readonly what: string;
  /** When it happens unless somebody says otherwise. */
  readonly usually: Moment;
  /** The only moments at which it makes a difference; any when absent. */
  readonly onlyAt?: readonly Moment[];
  /** What the hosts must be: some reach into processes of this machine, some need power and a network. Any when absent. */
  readonly hosts?: HostKind;
  /** The releases of Aurora whose schedulers do this; all when absent. */
  readonly releases?: Lifetime;
  /** People see that something goes on, and decide nothing at the second look before it is over. */
  readonly decidedAfter?: true;
  /** What must be so before its moment, for something that is too quick to be caught otherwise. May be asked twice. */
  prepare?(surroundings: FaultSurroundings): void;
  /** Takes back what `prepare` did, whether the moment came or not. */
  undo?(surroundings: FaultSurroundings): void;
  /** Makes it happen, waits, and undoes it; answers what was done. Throws when it cannot be done now. */
  run(context: FaultContext): Promise<string>;
}

/** Whom it would happen to. */
export interface Stage {
  readonly hosts: HostKind;
  /** Of Aurora, 22 of `0.22.0`. */
  readonly minor: number;
}

export function canHappen(fault: Fault, stage: Stage): boolean {
  return (fault.hosts ?? stage.hosts) === stage.hosts && livesIn(fault.releases ?? {}, stage.minor);
}
