/** What honest people have signed of restores, and requests as whoever has the bot's grant key can make them. */
import { createGrantSigner, generateGrantKeys } from '../../src/agent/grant-signer.ts';
import { hashParams } from '../../src/agent/grants.ts';
import type {
  GrantPayload,
  OperationKind,
  OperationParams,
  OperationRequest,
} from '../../src/aurora/operations.ts';
import { recoveryFlags } from '../../src/aurora/restore-flags.ts';
import type { SignedStatement, Statement } from '../../src/aurora/statement.ts';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { statementWith } from '../signing/statements.ts';

export const backupName = 'scheduler-backup-2026-11-29-12-00';
export const sha = (digit: string): string => digit.repeat(64);
const keys = generateGrantKeys();
const signer = createGrantSigner(keys.privateKeyPem);
let made = 0;

/** What is staged, unless somebody has changed it. */
export const tasks: readonly TaskRow[] = ['t-1', 't-2'].map((taskId, instanceId) => ({
  taskId,
  status: 'RUNNING',
  jobKey: { role: 'www', environment: 'prod', name: 'web' },
  instanceId,
}));

export const grantKey = keys.publicKey;
export const recovery = { ...recoveryFlags('0.22.0') };

/** With `digest`, `journal`, `backup` and `staged` of R1 unless it is said. */
export function statementOf(intent: Statement['intent'], changes: Partial<Statement> = {}): Statement {
  return statementWith({ intent, needed: intent === 'stop' || intent === 'release' ? 1 : 2, ...changes });
}

/** A grant of the stolen key: everything the bot could say is said, with names that anybody can invent. */
export function granted<K extends OperationKind>(
  kind: K,
  params: OperationParams[K],
  given: {
    now: number;
    restoreId?: string;
    digest?: string;
    statements?: readonly SignedStatement[];
    payload?: Partial<GrantPayload>;
  },
): OperationRequest<K> {
  made += 1;
  const { now, restoreId = 'R1', digest = sha('e'), statements = [] } = given;
  const operationId = given.payload?.operationId ?? `${restoreId}.attack.${made}`;
  const people = ['T1:UANA', 'T1:UBO', 'T1:UCY'];
  const grant = signer.sign({
    operationId,
    kind,
    paramsSha256: hashParams(params),
    restoreId,
    cluster: 'east',
    step: kind,
    host: 'aurora-1',
    digest,
    fence: 1,
    issuedAt: now,
    expiresAt: now + 300_000,
    signers: ['stop', 'commit'].flatMap((gate) => people.map((person) => ({ person, gate, at: now }))),
    ...given.payload,
  });
  return { operationId, kind, params, grant: { ...grant, statements } };
}
