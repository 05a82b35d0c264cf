/**
 * A service manager or a packet filter does not know which operation asked it for something. The time tells: an agent works
 * on one operation at a time, so what its host saw between an operation's request and its end belongs to that one.
 */
import type { Recorded } from '../../aurora/journal.ts';
import type { OperationKind } from '../../aurora/operations.ts';
import type { Effect } from '../../pretend-aurora/host/effect.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';

/** A witness may write its line a moment after the one who asked has got its answer. */
const lateMs = 1_000;

interface Window {
  readonly operationId: string;
  readonly effect: string;
  readonly from: number;
  readonly until: number;
}

/** Effects that name an operation, or that belong to none, stay as they are. */
export function attributeEffects(
  effects: readonly Effect[],
  asked: {
    records: readonly Recorded<RestoreEvent>[];
    host: string;
    /** The word a witness writes for an operation. */
    witnessed: Partial<Record<OperationKind, string>>;
  },
): readonly Effect[] {
  const windows = windowsOf(asked);
  return effects.map((effect) => {
    if (effect.operationId !== null) return effect;
    // The latest that had begun: the grace of one operation must not take what belongs to the next.
    const window = windows.findLast(
      (candidate) =>
        candidate.effect === effect.effect && candidate.from <= effect.at && effect.at <= candidate.until,
    );
    return { ...effect, operationId: window?.operationId ?? null };
  });
}

function windowsOf({ records, host, witnessed }: Parameters<typeof attributeEffects>[1]): readonly Window[] {
  const ends = new Map<string, number>();
  for (const { at, event } of records) {
    if (event.type === 'operation-finished') ends.set(event.operationId, at + lateMs);
  }
  const seen = new Set<string>();
  return records.flatMap(({ at, event }) => {
    if (event.type !== 'operation-requested' || event.host !== host || seen.has(event.operationId)) return [];
    seen.add(event.operationId);
    const effect = witnessed[event.kind];
    if (effect === undefined) return [];
    const { operationId } = event;
    return [{ operationId, effect, from: at, until: ends.get(operationId) ?? Number.POSITIVE_INFINITY }];
  });
}
