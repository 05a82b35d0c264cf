/** What the audit log keeps of a request for an operation. */
import type { OperationRequest } from '../aurora/operations.ts';
import { storeName } from '../aurora/store-identity.ts';
import type { AuditEntry, RequestSource } from './audit-entry.ts';
import type { PeopleVerdict } from './people/people.ts';

/** Of a refused one its id and kind alone: nobody has vouched for the rest. */
export function auditEntry(fields: {
  request: OperationRequest;
  source: RequestSource;
  at: number;
  decision: 'granted' | 'refused' | 'answered-again';
  rule: string | undefined;
  verdict: PeopleVerdict | null;
}): AuditEntry {
  const { verdict } = fields;
  const { operationId, kind, grant } = fields.request;
  const { at, decision, rule, source } = fields;
  const entry = { at, decision, ...(rule === undefined ? {} : { rule }), ...source };
  if (decision === 'refused') return { ...entry, operation: { operationId, kind } };
  const { restoreId, step, fence, digest, journal, store, signers } = grant.payload;
  return {
    ...entry,
    operation: {
      operationId,
      kind,
      restoreId,
      step: cut(step),
      fence,
      digest: cut(digest),
      ...(journal === undefined ? {} : { journal }),
      ...(store !== undefined && {
        store: { name: storeName(store.epoch), incarnation: cut(store.incarnation) },
      }),
      signers: signers.map(({ person }) => cut(person)),
      ...(verdict !== null && { proofs: verdict.proofs }),
      ...(verdict?.use != null && { proven: verdict.use.proven }),
      ...(verdict?.unproven != null && { unproven: verdict.unproven }),
    },
  };
}

/** Also what is signed must not be able to fill the disk of the host. */
function cut(text: string): string {
  return text.slice(0, 100);
}
