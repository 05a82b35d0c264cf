/**
 * Lines of a kind that come again and again are counted: whoever is refused has shown no right to write on this disk. The
 * first of a kind has a line at once; those that follow within a second have one together, which is the last of them with
 * their number. Pure: no clock but the instants of the entries.
 */
import type { AuditEntry } from './audit-entry.ts';

interface AuditTally {
  /** What is to be written now: what has been counted long enough, and this entry when it is the first of its kind. */
  take(entry: AuditEntry): readonly AuditEntry[];
  /** What has been counted long enough by that instant. */
  due(at: number): readonly AuditEntry[];
  /** All that has been counted and not been written. */
  rest(): readonly AuditEntry[];
}

interface Counted {
  readonly since: number;
  readonly last: AuditEntry | null;
  readonly entries: number;
}

const windowMs = 1_000;
/** Kinds that are counted at once; the oldest makes room. */
const kindsMax = 1_000;

/** Nothing is counted at first. */
export function createAuditTally(): AuditTally {
  const kinds = new Map<string, Counted>();

  const end = (isOver: (counted: Counted) => boolean): readonly AuditEntry[] => {
    const ended: AuditEntry[] = [];
    // In the order in which they began, so that the first that is not over is the last to look at.
    for (const [kind, counted] of kinds) {
      if (!isOver(counted)) break;
      kinds.delete(kind);
      if (counted.last !== null) ended.push(summaryOf(counted.last, counted.entries));
    }
    return ended;
  };

  const due = (at: number): readonly AuditEntry[] =>
    end(({ since }) => at - since >= windowMs || at < since || kinds.size > kindsMax);

  return {
    due,
    take: (entry) => {
      const { at } = entry;
      const ended = due(at);
      const kind = kindOf(entry);
      const counted = kinds.get(kind);
      kinds.set(kind, {
        since: counted?.since ?? at,
        last: counted === undefined ? null : entry,
        entries: counted === undefined ? 0 : counted.entries + 1,
      });
      return counted === undefined ? [...ended, entry] : ended;
    },
    rest: () => end(() => true),
  };
}

/** Without TLS an address is not a name, and anybody has many. */
function kindOf({ client, decision, rule, operation }: AuditEntry): string {
  const operationId = decision === 'answered-again' ? operation?.operationId : undefined;
  return JSON.stringify([client, decision, rule, operationId]);
}

function summaryOf(last: AuditEntry, entries: number): AuditEntry {
  return entries === 1 ? last : { ...last, more: entries - 1 };
}
