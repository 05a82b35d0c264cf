import type { JuteWriter } from './jute.ts';
import type { Change } from './tree.ts';
import type { WatchEvent } from './watches.ts';

/** A request's effect: the body of its reply, what it changed, and events owed to the asker alone. */
export interface Outcome {
  readonly body?: (writer: JuteWriter) => void;
  readonly changes?: readonly Change[];
  readonly missed?: readonly WatchEvent[];
}
