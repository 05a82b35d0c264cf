/** Operations as they travel, read off their definitions. Strict, so that nothing unread is signed. */
import { z } from 'zod';
import { operationIdSchema, restoreIdSchema, sha256Schema } from '../aurora/name-schemas.ts';
import { operationDefinitions, operationKinds } from '../aurora/operations/all.ts';
import type {
  Grant,
  OperationEvidence,
  OperationKind,
  OperationRequest,
  OperationResult,
} from '../aurora/operations.ts';
import { signedStatementSchema } from '../aurora/statement.ts';

const kindSchema = z.enum(operationKinds);
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
      journal: z
        .strictObject({ seq: instant.min(1), hash: sha256Schema })
        .exactOptional()
        .describe(
          "How far the restore's journal had come: the audit log keeps it where the bot cannot change it.",
        ),
      signers: z
        .array(
          z.strictObject({
            person: shortText.min(1),
            gate: shortText,
            at: instant,
            digest: shortText.exactOptional(),
          }),
        )
        .max(50),
      epoch: shortText.exactOptional(),
      store: z
        .strictObject({
          epoch: z.string().regex(/^[0-9a-f]{32}$/),
          incarnation: shortText.min(1),
          after: shortText.min(1).exactOptional(),
        })
        .exactOptional()
        .describe(
          "The bot's database and which start of the bot it is; refused when the host works for another.",
        ),
    }),
    signature: z.string().max(200).describe('Base64 Ed25519 signature over the canonical JSON of `payload`.'),
    statements: z
      .array(signedStatementSchema)
      .max(4)
      .readonly()
      .exactOptional()
      .describe('What people signed with keys of their own; not signed by the bot.'),
  })
  .meta({ id: 'Grant' }) satisfies z.ZodType<Grant>;

/** A request of any kind, its arguments checked by the kind. */
export const operationRequestSchema = z
  .discriminatedUnion('kind', atLeastOne(operationKinds.map(requestOf)))
  .meta({ id: 'OperationRequest' }) satisfies z.ZodType<OperationRequest>;

const named = { operationId: operationIdSchema, kind: kindSchema };
const forPeople = { message: z.string(), hint: z.string() };
const distinctEvidence = [...new Set(Object.values(operationDefinitions).map(({ evidence }) => evidence))];

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
  return { ...result, kind, evidence: parseEvidence(kind, result.evidence) };
}

function requestOf(kind: OperationKind) {
  const { does, params, proven } = operationDefinitions[kind];
  return z
    .strictObject({ operationId: operationIdSchema, kind: z.literal(kind), params, grant: grantSchema })
    .describe(`${does} Signed by people with keys of their own, where that is required: ${proven}.`);
}

function parseEvidence<K extends OperationKind>(kind: K, value: unknown): OperationEvidence[K] {
  const schemas: { readonly [N in OperationKind]: { evidence: z.ZodType<OperationEvidence[N]> } } =
    operationDefinitions;
  return schemas[kind].evidence.parse(value);
}

function atLeastOne<T>([first, ...others]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new Error('nothing to choose from');
  return [first, ...others];
}
