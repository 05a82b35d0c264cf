/**
 * What the journal of operations tells of this host beyond what lies on it: whose log is in place, how far the restore came that
 * made it, and which statements were used when. A fold over every entry, those of earlier releases among them. Pure.
 */
import { z } from 'zod';
import { operationKinds } from '../../aurora/operations/all.ts';
import type { OperationKind } from '../../aurora/operations.ts';
import { intents } from '../../aurora/statement.ts';
import type { JournalRow } from '../operation-journal.ts';

/** What `started` keeps of the signatures that let it begin. */
export const useSchema = z.object({
  proven: z.enum(intents),
  /** Hash of the first record of the restore's journal, as signed. */
  journal: z.string(),
  /** Hashes of the statements that it took. */
  statements: z.array(z.string()).readonly(),
});
export type StatementUse = z.infer<typeof useSchema>;

export interface HostHistory {
  /** The restore that made the log in place; `null` for a log of before. */
  readonly owner: string | null;
  /** Who made what each restore has set aside. */
  readonly before: ReadonlyMap<string, string | null>;
  readonly flags: { readonly by: string | null; readonly recovery: boolean };
  /** The commit was sent here, or a scheduler was started on it. */
  readonly committed: ReadonlySet<string>;
  /** A scheduler was started on its log without recovery mode. */
  readonly startedOn: ReadonlySet<string>;
  /** Since when nothing holds its reconciliation back any more. */
  readonly released: ReadonlyMap<string, number>;
  /** Hash of the journal's first record that a restore's statements had. */
  readonly journals: ReadonlyMap<string, string>;
  /** When a statement was first used, by its hash. */
  readonly used: ReadonlyMap<string, number>;
  /** When a commit's statement first made this host commit, or start on what was committed: people look at it from then on. */
  readonly lookedAtSince: ReadonlyMap<string, number>;
  /** Of operations that have not ended. */
  readonly requests: ReadonlyMap<string, Asked>;
}

export const noHistory: HostHistory = {
  owner: null,
  before: new Map(),
  flags: { by: null, recovery: false },
  committed: new Set(),
  startedOn: new Set(),
  released: new Map(),
  journals: new Map(),
  used: new Map(),
  lookedAtSince: new Map(),
  requests: new Map(),
};

const askedSchema = z.object({
  kind: z.enum(operationKinds),
  params: z.looseObject({ flags: z.record(z.string(), z.unknown()).exactOptional() }),
  grant: z.object({ payload: z.object({ restoreId: z.string() }) }),
});
type Asked = z.infer<typeof askedSchema>;

const startedSchema = z.object({ people: useSchema.exactOptional() });
const endedSchema = z.object({
  state: z.string(),
  evidence: z.object({ answer: z.string().exactOptional() }).exactOptional(),
});

/** Entries that are not ours to read change nothing: the runner refuses them by itself. */
export function addRow(history: HostHistory, row: JournalRow): HostHistory {
  if (row.event === 'accepted') {
    const asked = askedSchema.safeParse(row.body);
    return asked.success
      ? { ...history, requests: new Map(history.requests).set(row.operationId, asked.data) }
      : history;
  }
  const asked = history.requests.get(row.operationId);
  if (asked === undefined) return history;
  if (row.event === 'started') {
    const use = startedSchema.safeParse(row.body).data?.people;
    const used = use === undefined ? history : addUse(history, { asked, use, at: row.at });
    return addStart(used, asked);
  }
  const requests = new Map(history.requests);
  requests.delete(row.operationId);
  const end = endedSchema.safeParse(row.body).data;
  return end === undefined ? history : addEnd({ ...history, requests }, { asked, end, at: row.at });
}

function addUse(
  history: HostHistory,
  { asked, use, at }: { asked: Asked; use: StatementUse; at: number },
): HostHistory {
  const { restoreId } = asked.grant.payload;
  const used = withTimes(history.used, use.statements, at);
  const begins = use.proven === 'commit' && looksBegin.has(asked.kind);
  const lookedAtSince = begins ? withTimes(history.lookedAtSince, use.statements, at) : history.lookedAtSince;
  const journals = history.journals.has(restoreId)
    ? history.journals
    : new Map(history.journals).set(restoreId, use.journal);
  const released = use.proven === 'release' ? withTimes(history.released, [restoreId], at) : history.released;
  return { ...history, used, lookedAtSince, journals, released };
}

const looksBegin: ReadonlySet<OperationKind> = new Set([
  'commit-recovery',
  'run-recovery-tool',
  'start-scheduler',
]);

function withTimes(
  times: ReadonlyMap<string, number>,
  names: readonly string[],
  at: number,
): ReadonlyMap<string, number> {
  return new Map([...names.map((name): [string, number] => [name, at]), ...times]);
}

/** From here on it may have happened, however it ends. */
function addStart(history: HostHistory, { kind, params, grant }: Asked): HostHistory {
  const { restoreId } = grant.payload;
  switch (kind) {
    case 'set-aside-log':
      return takeOver(history, restoreId);
    case 'initialize-log':
    case 'bring-back-log':
    case 'set-aside-new-log':
      return begun(history, restoreId);
    case 'stage-backup':
      // It begins once more: what was sent before came to nothing.
      return history.startedOn.has(restoreId) ? history : uncommitted(history, restoreId);
    case 'commit-recovery':
    case 'run-recovery-tool':
      return { ...history, committed: new Set([...history.committed, restoreId]) };
    case 'set-flags':
      return {
        ...history,
        flags: { by: restoreId, recovery: 'mesos_master_address' in (params.flags ?? {}) },
      };
    case 'start-scheduler':
      if (history.owner !== restoreId || history.flags.recovery) return history;
      return {
        ...history,
        committed: new Set([...history.committed, restoreId]),
        startedOn: new Set([...history.startedOn, restoreId]),
      };
    default:
      return history;
  }
}

function addEnd(
  history: HostHistory,
  { asked, end, at }: { asked: Asked; end: z.infer<typeof endedSchema>; at: number },
): HostHistory {
  const { kind, grant } = asked;
  const { state, evidence } = end;
  const { restoreId } = grant.payload;
  switch (kind) {
    case 'set-aside-log':
      return state === 'done' && history.owner !== restoreId ? takeOver(history, restoreId) : history;
    case 'put-back-log': {
      if (state !== 'done' || !history.before.has(restoreId)) return history;
      const before = new Map(history.before);
      before.delete(restoreId);
      return { ...begun(history, restoreId), owner: history.before.get(restoreId) ?? null, before };
    }
    case 'restore-flags': {
      if (state !== 'done') return history;
      const ends = history.owner === restoreId && history.startedOn.has(restoreId);
      const released = ends ? withTimes(history.released, [restoreId], at) : history.released;
      return { ...history, released, flags: { by: null, recovery: false } };
    }
    case 'commit-recovery':
    case 'run-recovery-tool':
      return state === 'failed' || evidence?.answer === 'not-ready'
        ? uncommitted(history, restoreId)
        : history;
    default:
      return history;
  }
}

/** A second time it finds what it set aside the first time. */
function takeOver(history: HostHistory, restoreId: string): HostHistory {
  const before = history.before.has(restoreId)
    ? history.before
    : new Map(history.before).set(restoreId, history.owner);
  return { ...begun(history, restoreId), owner: restoreId, before };
}

/** Whatever log it makes from here on has nobody's word yet. */
function begun(history: HostHistory, restoreId: string): HostHistory {
  return {
    ...uncommitted(history, restoreId),
    startedOn: without(history.startedOn, restoreId),
    released: new Map([...history.released].filter(([name]) => name !== restoreId)),
  };
}

function uncommitted(history: HostHistory, restoreId: string): HostHistory {
  return { ...history, committed: without(history.committed, restoreId) };
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((other) => other !== name));
}
