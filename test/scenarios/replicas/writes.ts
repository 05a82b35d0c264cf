/** What a replica writes, by names that are the same whoever writes it. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';

/** The step that a write belongs to, or `decisions`. */
export type Part = StepName | 'decisions';

/** `null` for what this part does not write. */
function nameOfWrite(events: readonly RestoreEvent[], part: Part): string | null {
  const [event] = events;
  switch (event?.type) {
    case 'step-started':
    case 'step-completed':
      return event.step === part ? event.type : null;
    case 'operation-requested':
    case 'operation-finished': {
      // An operation is named after its step, its host and its kind.
      const [, , step] = event.operationId.split('.');
      return step === part ? `${event.type} ${event.operationId}` : null;
    }
    case 'gate-opened':
    case 'gate-passed':
      return part === 'decisions' ? `${event.type} ${event.gate}` : null;
    case 'look-opened':
    case 'restore-ended':
      return part === 'decisions' ? event.type : null;
    default:
      return null;
  }
}

/** True so many times at each write of a part, over all replicas together. */
export function atEachWrite(part: Part, times = 1): (events: readonly RestoreEvent[]) => number {
  const seen = new Map<string, number>();
  return (events) => {
    const name = nameOfWrite(events, part);
    const before = name === null ? times : (seen.get(name) ?? 0);
    if (name === null || before >= times) return 0;
    seen.set(name, before + 1);
    return before + 1;
  };
}
