/** A bot's key, and requests signed with it. */
import { createGrantSigner, generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import { hashParams } from '../../../src/agent/grants.ts';
import type {
  GrantPayload,
  OperationKind,
  OperationParams,
  OperationRequest,
} from '../../../src/aurora/operations.ts';

export interface Grants {
  readonly publicKey: string;
  /** A granted request; each call has a new operation id unless one is given. */
  request<K extends OperationKind>(
    kind: K,
    params: OperationParams[K],
    overrides?: Partial<GrantPayload>,
  ): OperationRequest<K>;
}

/** For restore R1 on aurora-1 of east, signed at both gates, unless a request says otherwise. */
export function createGrants(keys = generateGrantKeys()): Grants {
  const signer = createGrantSigner(keys.privateKeyPem);
  let operations = 0;
  return {
    publicKey: keys.publicKey,
    request: (kind, params, overrides = {}) => {
      operations += 1;
      const operationId = overrides.operationId ?? `R1.test.${kind}.${operations}`;
      const now = Date.now();
      const payload: GrantPayload = {
        operationId,
        kind,
        paramsSha256: hashParams(params),
        restoreId: 'R1',
        cluster: 'east',
        step: kind,
        host: 'aurora-1',
        digest: 'd1'.repeat(32),
        fence: 1,
        issuedAt: now,
        expiresAt: now + 60_000,
        signers: [
          { person: 'T1:U3', gate: 'stop', at: now },
          { person: 'T1:U1', gate: 'commit', at: now },
          { person: 'T1:U2', gate: 'commit', at: now },
        ],
        ...overrides,
      };
      return { operationId, kind, params, grant: signer.sign(payload) };
    },
  };
}
