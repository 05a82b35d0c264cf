/** Operations as they travel: what each kind takes and what it answers with. Strict, so that nothing unread is signed. */
import { z } from 'zod';
import {
  type Grant,
  type OperationEvidence,
  type OperationKind,
  type OperationParams,
  type OperationRequest,
  type OperationResult,
  operationKinds,
  type SchedulerAnswer,
} from '../aurora/operations.ts';
import { operationIdPattern } from './names.ts';
import { backupNameSchema, restoreIdSchema, sha256Schema } from './protocol.ts';

const nothing = z.strictObject({});
const backup = z.strictObject({ name: backupNameSchema, sha256: sha256Schema });
const flagName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be the name of a flag');
const flagValue = z
  .string()
  .max(4_000)
  .regex(/^\P{Cc}*$/u, 'must be one line of text');

const paramsSchemas = {
  'hold-backup': backup,
  'receive-backup': backup,
  'stop-scheduler': z.strictObject({ graceMs: z.number().int().min(0).max(600_000) }),
  'start-scheduler': nothing,
  'block-traffic': nothing,
  'unblock-traffic': nothing,
  'set-flags': z.strictObject({
    flags: z
      .record(flagName, flagValue.nullable())
      .refine((flags) => Object.keys(flags).length > 0, 'must name a flag')
      .refine((flags) => Object.keys(flags).length <= 100, 'must not name more than 100 flags'),
  }),
  'restore-flags': nothing,
  'set-aside-log': nothing,
  'initialize-log': nothing,
  'set-aside-new-log': nothing,
  'put-back-log': nothing,
  'bring-back-log': z.strictObject({ of: restoreIdSchema }),
  'place-backup': backup,
  'take-out-backup': backup,
  'stage-backup': z.strictObject({ name: backupNameSchema }),
  'unload-backup': nothing,
  'delete-staged-tasks': z.strictObject({
    taskIds: z
      .array(
        z
          .string()
          .max(1_000)
          .regex(/^(?=.*\S)\P{Cc}+$/u, 'must be the id of a task'),
      )
      .min(1, 'must name a task: an empty query would delete them all')
      .max(100_000),
  }),
  'commit-recovery': nothing,
  'run-recovery-tool': z.strictObject({
    name: backupNameSchema,
    sha256: sha256Schema,
    flags: z
      .record(flagName, flagValue)
      .refine((flags) => Object.keys(flags).length <= 100, 'must not name more than 100 flags'),
  }),
  'reconcile-explicit': nothing,
  'reconcile-implicit': nothing,
} satisfies { [K in OperationKind]: z.ZodType<OperationParams[K]> };

const heldFile = z.strictObject({ path: z.string(), bytes: z.number() });
const schedulerAnswer = z.strictObject({
  answer: z.enum(['ok', 'error', 'not-ready', 'no-reply']),
  messages: z.array(z.string()),
  ms: z.number(),
}) satisfies z.ZodType<SchedulerAnswer>;

const evidenceSchemas: { readonly [K in OperationKind]: z.ZodType<OperationEvidence[K]> } = {
  'hold-backup': heldFile,
  'receive-backup': heldFile,
  'stop-scheduler': z.strictObject({
    pid: z.number().nullable(),
    killed: z.boolean(),
    stoppedInMs: z.number(),
  }),
  'start-scheduler': z.strictObject({
    pid: z.number().nullable(),
    auroraVersion: z.string().nullable().exactOptional(),
    flagsRead: z.number().exactOptional(),
  }),
  'block-traffic': nothing,
  'unblock-traffic': nothing,
  'set-flags': z.strictObject({ setAside: z.string(), sha256Before: z.string(), sha256After: z.string() }),
  'restore-flags': z.strictObject({ sha256: z.string() }),
  'set-aside-log': z.strictObject({ path: z.string(), files: z.number(), bytes: z.number() }),
  'initialize-log': z.strictObject({
    exitCode: z.number(),
    positions: z.string(),
    persisted: z.boolean(),
    files: z.number(),
    bytes: z.number(),
  }),
  'set-aside-new-log': z.strictObject({
    path: z.string(),
    movedTo: z.string().nullable(),
    bytes: z.number(),
  }),
  'put-back-log': z.strictObject({
    path: z.string(),
    movedNewLogTo: z.string().nullable(),
    files: z.number(),
    bytes: z.number(),
  }),
  'bring-back-log': z.strictObject({
    path: z.string(),
    from: z.string(),
    files: z.number(),
    bytes: z.number(),
  }),
  'place-backup': z.strictObject({ path: z.string(), replaced: z.string().nullable() }),
  'take-out-backup': z.strictObject({ movedTo: z.string().nullable() }),
  'stage-backup': schedulerAnswer,
  'unload-backup': schedulerAnswer,
  'delete-staged-tasks': schedulerAnswer,
  'commit-recovery': schedulerAnswer,
  'run-recovery-tool': z.strictObject({
    exitCode: z.number(),
    copiedOps: z.number(),
    ms: z.number(),
    tail: z.string(),
  }),
  'reconcile-explicit': schedulerAnswer,
  'reconcile-implicit': schedulerAnswer,
};

export const operationIdSchema = z.string().regex(operationIdPattern, 'must be the id of an operation');
const kindSchema = z.enum(Object.keys(operationKinds) as [OperationKind, ...OperationKind[]]);
const shortText = z.string().max(500);
const instant = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const grantSchema = z
  .strictObject({
    payload: z.strictObject({
      operationId: operationIdSchema,
      kind: kindSchema,
      paramsSha256: sha256Schema,
      restoreId: restoreIdSchema,
      cluster: shortText,
      step: shortText,
      host: shortText,
      digest: shortText,
      fence: instant,
      issuedAt: instant,
      expiresAt: instant,
      signers: z.array(z.strictObject({ person: shortText.min(1), gate: shortText, at: instant })).max(50),
    }),
    signature: z
      .string()
      .max(200)
      .describe('Base64 Ed25519 signature over the canonical JSON of the payload.'),
  })
  .meta({ id: 'Grant' }) satisfies z.ZodType<Grant>;

/** A request of any kind, its arguments checked by the kind. */
export const operationRequestSchema = z
  .discriminatedUnion('kind', [
    requestOf('hold-backup'),
    requestOf('receive-backup'),
    requestOf('stop-scheduler'),
    requestOf('start-scheduler'),
    requestOf('block-traffic'),
    requestOf('unblock-traffic'),
    requestOf('set-flags'),
    requestOf('restore-flags'),
    requestOf('set-aside-log'),
    requestOf('initialize-log'),
    requestOf('set-aside-new-log'),
    requestOf('put-back-log'),
    requestOf('bring-back-log'),
    requestOf('place-backup'),
    requestOf('take-out-backup'),
    requestOf('stage-backup'),
    requestOf('unload-backup'),
    requestOf('delete-staged-tasks'),
    requestOf('commit-recovery'),
    requestOf('run-recovery-tool'),
    requestOf('reconcile-explicit'),
    requestOf('reconcile-implicit'),
  ])
  .meta({ id: 'OperationRequest' }) satisfies z.ZodType<OperationRequest>;

const named = { operationId: operationIdSchema, kind: kindSchema };
const forPeople = { message: z.string(), hint: z.string() };
const distinctEvidence = [...new Set(Object.values(evidenceSchemas))];

export const operationResultSchema = z
  .discriminatedUnion('state', [
    z.object({
      ...named,
      state: z.literal('done'),
      changed: z.boolean(),
      evidence: z.union(distinctEvidence),
      finishedAt: z.number(),
    }),
    z.object({ ...named, state: z.literal('failed'), ...forPeople, finishedAt: z.number() }),
    z.object({ ...named, state: z.literal('uncertain'), ...forPeople }),
    z.object({ ...named, state: z.literal('running') }),
  ])
  .meta({ id: 'OperationResult' }) satisfies z.ZodType<OperationResult>;

/** `null` when the operation must be asked for (again). */
export const operationAnswerSchema = z.object({ operation: operationResultSchema.nullable() });

/** The result of a kind that is known, with its evidence checked; throws ZodError for another. */
export function parseOperationResult<K extends OperationKind>(kind: K, value: unknown): OperationResult<K> {
  const result = operationResultSchema.parse(value);
  if (result.kind !== kind) throw new Error(`an answer about ${result.kind} to a question about ${kind}`);
  if (result.state !== 'done') return { ...result, kind };
  const schema: z.ZodType<OperationEvidence[K]> = evidenceSchemas[kind];
  return { ...result, kind, evidence: schema.parse(result.evidence) };
}

function requestOf<K extends OperationKind>(kind: K) {
  return z.strictObject({
    operationId: operationIdSchema,
    kind: z.literal(kind),
    params: paramsSchemas[kind],
    grant: grantSchema,
  });
}
