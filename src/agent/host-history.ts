/** What operations have made of a host, read off the journal: which of its logs are from before any restore, and which are not. */
import { z } from 'zod';
import { signedRelease } from '../aurora/operations/define-operation.ts';
import type { GrantPayload } from '../aurora/operations.ts';
import { countPeople } from './granted-signers.ts';

/** One that was begun, or found its work done. */
export interface PastOperation {
  readonly kind: string;
  readonly restoreId: string;
  readonly ended: 'done' | 'failed' | 'unknown';
  /** It began to act, so that a failure may have left its work half done. */
  readonly started: boolean;
  /** When it did, by the clock of this host. */
  readonly startedAt: number | null;
  /** Its grant had the people who sign a commit. */
  readonly commitSigned: boolean;
  /** Of `set-flags`. */
  readonly setsRecovery: boolean;
}

/** The log that is in place, and those aside, by whoever set them aside. */
export interface LogsOfHost {
  /** The restore that made the log in place, when nobody has signed a commit of it; `null` for a log to run on. */
  readonly madeBy: string | null;
  readonly aside: ReadonlyMap<string, string | null>;
  /** Restores whose log a scheduler has run on as usual: what they set aside is old. */
  readonly lived: ReadonlySet<string>;
  readonly flags: 'own' | 'recovery';
}

/** In SQL: the last event before a note of that kind; 0 when there is none. */
export function lastNote(note: 'fence-reset' | 'state-accepted'): string {
  return `(SELECT coalesce(max(after), 0) FROM host_note WHERE note = '${note}')`;
}

/** In SQL: how each operation was last asked for, how it ended, and when it began. */
export const pastOperations = `
  SELECT
    (SELECT body FROM operation_event AS asked WHERE asked.operation_id = of.operation_id AND asked.event = 'accepted'
     ORDER BY asked.seq DESC LIMIT 1) AS request,
    max(CASE WHEN event = 'ended' THEN body END) AS result,
    max(CASE WHEN event = 'started' THEN at END) AS started_at
  FROM operation_event AS of WHERE seq > ${lastNote('state-accepted')}
  GROUP BY operation_id
  ORDER BY coalesce(min(CASE WHEN event = 'started' THEN seq END), min(CASE WHEN event = 'ended' THEN seq END), min(seq))`;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});
const requestSchema = z.object({
  kind: z.string(),
  params: z.object({ flags: z.record(z.string(), z.unknown()).optional() }),
  grant: z.object({
    payload: z.object({
      restoreId: z.string(),
      digest: z.string(),
      issuedAt: z.number(),
      signers: z.array(z.object({ person: z.string(), gate: z.string(), at: z.number() })),
    }),
  }),
});
const rowSchema = z.object({
  request: json.pipe(requestSchema),
  result: json.pipe(z.object({ state: z.enum(['done', 'failed', 'uncertain']) })).nullable(),
  started_at: z.number().nullable(),
});

/** Rows of `pastOperations`; what another release wrote in a form of its own says nothing. */
export function readHistory(rows: readonly unknown[]): readonly PastOperation[] {
  return rows.flatMap((row) => {
    const { data } = rowSchema.safeParse(row);
    if (data === undefined) return [];
    const { request, result, started_at: startedAt } = data;
    const { payload } = request.grant;
    return [
      {
        kind: request.kind,
        restoreId: payload.restoreId,
        ended: result === null || result.state === 'uncertain' ? 'unknown' : result.state,
        started: startedAt !== null,
        startedAt,
        commitSigned: isCommitSigned(payload, { now: payload.issuedAt, clockSkewMs: 0 }),
        setsRecovery: request.params.flags?.['mesos_master_address'] !== undefined,
      },
    ];
  });
}

/** True for a grant that has the people of a commit; a host that did not commit itself has no other proof of one. */
export function isCommitSigned(
  payload: Pick<GrantPayload, 'digest' | 'signers'>,
  at: { now: number; clockSkewMs: number },
): boolean {
  return countPeople(payload, { signed: signedRelease, ...at }) >= signedRelease.people;
}

/** Folds it; `found` before anything was done. */
export function logsAfter(history: readonly PastOperation[]): LogsOfHost {
  return history.reduce<LogsOfHost>(after, {
    madeBy: null,
    aside: new Map(),
    lived: new Set(),
    flags: 'own',
  });
}

function after(logs: LogsOfHost, operation: PastOperation): LogsOfHost {
  const { kind, restoreId, ended, started } = operation;
  const isDone = ended !== 'failed' && (started || ended === 'done');
  switch (kind) {
    case 'set-aside-log':
      if (!isDone || !started || logs.aside.has(restoreId)) return logs;
      return { ...logs, aside: new Map(logs.aside).set(restoreId, logs.madeBy), madeBy: restoreId };
    case 'initialize-log':
    case 'set-aside-new-log':
    case 'bring-back-log':
    case 'run-recovery-tool':
      return started ? { ...logs, madeBy: restoreId } : logs;
    case 'put-back-log': {
      if (!isDone || !started) return logs;
      const aside = new Map(logs.aside);
      aside.delete(restoreId);
      return { ...logs, aside, madeBy: logs.aside.get(restoreId) ?? null };
    }
    case 'set-flags':
      return ended === 'done' && operation.setsRecovery ? { ...logs, flags: 'recovery' } : logs;
    case 'restore-flags':
      return isDone ? { ...logs, flags: 'own' } : logs;
    case 'start-scheduler':
    case 'reconcile-explicit':
    case 'reconcile-implicit':
      // As usual, on what two people have signed: from here on it is the log of this host.
      if (!isDone || !operation.commitSigned || logs.flags !== 'own' || logs.madeBy !== restoreId)
        return logs;
      return { ...logs, madeBy: null, lived: new Set([...logs.lived, restoreId]) };
    default:
      return logs;
  }
}
