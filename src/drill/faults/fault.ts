/** One bad thing that can happen to a drill, by the name that people have for it. */
import type { Clock } from '../../aurora/clock.ts';
import type { HostKind } from '../hosts/drill-hosts.ts';
import type { DrillWorld } from '../world/world.ts';
import type { Moment } from './moments.ts';

export interface FaultContext {
  readonly world: DrillWorld;
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
  /** Makes it happen, waits, and undoes it; answers what was done. Throws when it cannot be done now. */
  run(context: FaultContext): Promise<string>;
}

/** Whether it can happen to hosts of this kind. */
export function befalls(fault: Fault, kind: HostKind): boolean {
  return fault.hosts === undefined || fault.hosts === kind;
}
