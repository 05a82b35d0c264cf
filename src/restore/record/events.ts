/**
 * What happened in a restore, in the past tense. These names and fields are stored: once released they are
 * promises. Progress is not here; what a person decided and what the outside world was found to be is.
 */
import { z } from 'zod';
import { storedForm } from '../../aurora/stored-form.ts';
import { picture, type StepName, stepFacts, stepName } from './facts.ts';
import {
  actor,
  foreignAct,
  gateName,
  listOf,
  noticeCode,
  operationKind,
  outcome,
  proposal,
  struct,
} from './words.ts';

export type {
  Actor,
  BackupChoice,
  ForeignAct,
  GateName,
  NoticeCode,
  Outcome,
  Proposal,
} from './words.ts';

const stepStarted = struct({ type: z.literal('step-started'), step: stepName, attempt: z.number() });

const operationRequested = struct({
  type: z.literal('operation-requested'),
  step: stepName,
  operationId: z.string(),
  host: z.string(),
  kind: operationKind,
});

const operationFinished = struct({
  type: z.literal('operation-finished'),
  operationId: z.string(),
  state: z.enum(['done', 'failed', 'uncertain']),
  changed: z.boolean(),
  evidence: z.unknown(),
  message: z.string(),
});

const completed = <N extends StepName>(step: N) =>
  struct({ type: z.literal('step-completed'), step: z.literal(step), facts: stepFacts[step] });

type CompletedStep = { [N in StepName]: ReturnType<typeof completed<N>> }[StepName];

const stepCompleted = z.discriminatedUnion(
  'step',
  stepName.options.map((step) => completed(step)) as [CompletedStep, ...CompletedStep[]],
);

const stepFailed = struct({
  type: z.literal('step-failed'),
  step: stepName,
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

const gateOpened = struct({
  type: z.literal('gate-opened'),
  gate: gateName,
  digest: z.string(),
  needed: z.number(),
  expiresAt: z.number(),
});

const signedOff = struct({
  type: z.literal('signed-off'),
  gate: gateName,
  digest: z.string(),
  person: actor,
  comment: z.string(),
});

const declined = struct({
  type: z.literal('declined'),
  gate: gateName,
  digest: z.string(),
  person: actor,
  reason: z.string(),
});

const gatePassed = struct({
  type: z.literal('gate-passed'),
  gate: gateName,
  digest: z.string(),
  signers: listOf(actor),
});

const gateExpired = struct({ type: z.literal('gate-expired'), gate: gateName });

/** Tasks to leave out of what is restored, by exact id. Who orders it becomes a co-author of what is signed. */
const editOrdered = struct({
  type: z.literal('edit-ordered'),
  digest: z.string(),
  person: actor,
  taskIds: listOf(z.string()),
  reason: z.string(),
});

/** What was reached does not hold any more: the steps from `to` on are done once more. */
const takenBack = struct({
  type: z.literal('taken-back'),
  to: stepName,
  code: z.string(),
  message: z.string(),
  /** `kept`: they stand if what they are bound to turns out the same again. */
  signOffs: z.enum(['kept', 'void']),
});

/** Somebody else was at the schedulers: sign-offs are void, and a person has to look. */
const foreignHand = struct({
  type: z.literal('foreign-hand'),
  act: foreignAct,
  host: z.string(),
  message: z.string(),
  hint: z.string(),
});

/** It stands in the thread as it was said; `picture` is what is shown from then on. */
const noticed = struct({
  type: z.literal('noticed'),
  code: noticeCode,
  message: z.string(),
  hint: z.string(),
  picture: picture.exactOptional(),
  /** Tasks were killed or started by something else than this restore: going back is not clean any more. */
  unclean: z.boolean().exactOptional(),
});

const pauseOrdered = struct({ type: z.literal('pause-ordered'), person: actor, reason: z.string() });

const resumeOrdered = struct({ type: z.literal('resume-ordered'), person: actor });

/** It is stuck on what nobody can mend: the restore ends, and everything stays as it is. */
const abandonOrdered = struct({
  type: z.literal('abandon-ordered'),
  person: actor,
  reason: z.string(),
});

const commitOrdered = struct({
  type: z.literal('commit-ordered'),
  digest: z.string(),
  person: actor,
});

const abortOrdered = struct({ type: z.literal('abort-ordered'), person: actor, reason: z.string() });

const lookOpened = struct({ type: z.literal('look-opened'), until: z.number() });

const lookExtended = struct({ type: z.literal('look-extended'), person: actor, until: z.number() });

/** `person` is null when the policy's time limit let it go on. */
const releaseOrdered = struct({ type: z.literal('release-ordered'), person: actor.nullable() });

const lookAgainOrdered = struct({ type: z.literal('look-again-ordered'), person: actor });

const refused = struct({
  type: z.literal('refused'),
  person: actor,
  what: z.string(),
  code: z.string(),
  message: z.string(),
});

const restoreEnded = struct({ type: z.literal('restore-ended'), outcome, message: z.string() });

export const restoreEvent = z.discriminatedUnion('type', [
  proposal,
  stepStarted,
  operationRequested,
  operationFinished,
  stepCompleted,
  stepFailed,
  gateOpened,
  signedOff,
  declined,
  gatePassed,
  gateExpired,
  editOrdered,
  takenBack,
  foreignHand,
  noticed,
  pauseOrdered,
  resumeOrdered,
  abandonOrdered,
  commitOrdered,
  abortOrdered,
  lookOpened,
  lookExtended,
  releaseOrdered,
  lookAgainOrdered,
  refused,
  restoreEnded,
]);

export type RestoreEvent = z.infer<typeof restoreEvent>;

/** How journals keep them. */
export const eventForm = storedForm<RestoreEvent>(1, restoreEvent);
