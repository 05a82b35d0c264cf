/** Whether a request for an operation is taken: by its grant, by what is known of it, and by what people signed; written down either way. */
import type { KeyObject } from 'node:crypto';
import type { AuroraError } from '../aurora/errors.ts';
import type { OperationRequest } from '../aurora/operations.ts';
import type { RequestSource } from './audit-entry.ts';
import type { AuditLog } from './audit-log.ts';
import { hashParams, refuse, verifyGrant } from './grants.ts';
import type { JournalEntry } from './journal-event.ts';
import { auditEntry } from './operation-audit.ts';
import type { OperationJournal } from './operation-journal.ts';
import type { OperationTools } from './operations/operation.ts';
import type { People, PeopleVerdict } from './people/people.ts';
import { ruleOf } from './refusal-rule.ts';

export interface AdmissionParts {
  readonly tools: OperationTools;
  readonly journal: OperationJournal;
  readonly audit: AuditLog;
  readonly publicKeys: readonly KeyObject[];
  /** `null` on a host that asks for nobody's own signature. */
  readonly people: People | null;
  /** Restores that have left something on this host and are not in the journal. */
  readonly unknownRestores: readonly string[];
  /** Told of each grant that was taken: whatever else this host does gives way to a restore. */
  onGrant(): void;
}

/** What waits and works on this host. */
interface Queue {
  isUnderWay(operationId: string): boolean;
  /** Why nothing more can wait. */
  isBusy(): AuroraError | null;
}

interface Admission {
  /** Refuses what people have not signed; `null` where nobody asks, and for what is known or under way. */
  prove(request: OperationRequest, source: RequestSource): Promise<PeopleVerdict | null>;
  /** Refuses, or writes the request down; returns what is known of the operation already. */
  admit(request: OperationRequest, source: RequestSource, verdict: PeopleVerdict | null): JournalEntry | null;
  auditRefused(request: OperationRequest, source: RequestSource, error: unknown): void;
}

/** Builds it; nothing is looked at before the first question. */
export function createAdmission(parts: AdmissionParts, queue: Queue): Admission {
  const { tools, journal, audit, people } = parts;
  const { clock, config } = tools;

  const auditRefused: Admission['auditRefused'] = (request, source, error) =>
    audit.write(
      auditEntry({
        request,
        source,
        at: clock.now(),
        decision: 'refused',
        rule: ruleOf(error),
        verdict: null,
      }),
    );

  const prove: Admission['prove'] = async (request, source) => {
    if (people === null) return null;
    try {
      const known = judge(request);
      if (known?.result != null || queue.isUnderWay(request.operationId)) return null;
      return await people.judge(request, 'asked');
    } catch (error) {
      auditRefused(request, source, error);
      throw error;
    }
  };

  const admit: Admission['admit'] = (request, source, verdict) => {
    const decide = (decision: 'granted' | 'refused' | 'answered-again', rule?: string): void => {
      audit.write(auditEntry({ request, source, at: clock.now(), decision, rule, verdict }));
    };
    try {
      const known = judge(request);
      if (known?.result != null) {
        decide('answered-again');
        return known;
      }
      const newer = known === null || known.request.grant.payload.fence < request.grant.payload.fence;
      decide(known === null ? 'granted' : 'answered-again');
      if (newer || !queue.isUnderWay(request.operationId)) {
        const { store } = request.grant.payload;
        // Before it: a crash in between leaves a host that knows its bot, and nothing begun.
        if (store !== undefined) journal.rememberStore(store, clock.now());
        journal.accept(request, clock.now());
        parts.onGrant();
      }
      return known;
    } catch (error) {
      decide('refused', ruleOf(error));
      throw error;
    }
  };

  const judge = (request: OperationRequest): JournalEntry | null => {
    verifyGrant(request, {
      host: config.host,
      cluster: config.cluster,
      now: clock.now(),
      clockSkewMs: config.bounds.clockSkewMs,
      highestFence: journal.highestFence(),
      publicKeys: parts.publicKeys,
      operations: config.operations,
      epoch: {
        own: journal.epoch(),
        required: config.trust.requireEpoch && !journal.isOlderThanEpochs(),
      },
      store: journal.store(),
      unknownRestores: parts.unknownRestores,
    });
    const known = journal.find(request.operationId);
    if (known !== null && !sameOperation(known.request, request)) {
      throw refuse('id-reused', 'This id was already used for a different operation.');
    }
    const willWait = known?.result == null && !queue.isUnderWay(request.operationId);
    const refusal = willWait ? queue.isBusy() : null;
    if (refusal !== null) throw refusal;
    return known;
  };

  return { prove, admit, auditRefused };
}

function sameOperation(a: OperationRequest, b: OperationRequest): boolean {
  const [one, other] = [a, b].map(({ grant }) => grant.payload.store?.epoch);
  return (
    // Entries of before name none.
    (one === undefined || other === undefined || one === other) &&
    a.kind === b.kind &&
    hashParams(a.params) === hashParams(b.params) &&
    a.grant.payload.restoreId === b.grant.payload.restoreId
  );
}
