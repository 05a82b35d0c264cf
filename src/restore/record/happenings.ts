/** What happened in a restore that no person decided: steps, operations of agents, gates, and what the outside world was found to be. */
import { z } from 'zod';
import { statementSchema } from '../../aurora/statement.ts';
import { picture, type StepName, stepFacts, stepName } from './facts.ts';
import { escalated, reminded } from './questions.ts';
import { threadEvents } from './thread.ts';
import {
  actor,
  event,
  foreignAct,
  gateName,
  listOf,
  noticeCode,
  operationKind,
  outcome,
  proposal,
} from './words.ts';
import { leftWorkDone } from './work-done.ts';

const stepStarted = event('step-started', { step: stepName, attempt: z.number() });

const operationRequested = event('operation-requested', {
  step: stepName,
  operationId: z.string(),
  host: z.string(),
  kind: operationKind,
});

const operationFinished = event('operation-finished', {
  operationId: z.string(),
  state: z.enum(['done', 'failed', 'uncertain']),
  changed: z.boolean(),
  evidence: z.unknown(),
  message: z.string(),
});

const completed = <N extends StepName>(step: N) =>
  event('step-completed', { step: z.literal(step), facts: stepFacts[step] });

type CompletedStep = { [N in StepName]: ReturnType<typeof completed<N>> }[StepName];

const stepCompleted = z.discriminatedUnion(
  'step',
  stepName.options.map((step) => completed(step)) as [CompletedStep, ...CompletedStep[]],
);

const stepFailed = event('step-failed', {
  step: stepName,
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

const gateOpened = event('gate-opened', {
  gate: gateName,
  digest: z.string(),
  needed: z.number(),
  expiresAt: z.number(),
  /** What people sign with keys of their own; absent where the policy does not ask for that. */
  statement: statementSchema.exactOptional(),
});

const gatePassed = event('gate-passed', { gate: gateName, digest: z.string(), signers: listOf(actor) });

const gateExpired = event('gate-expired', { gate: gateName });

/** Somebody who signed may not any more: their sign-off is gone, and the others stand. */
const signOffFell = event('sign-off-fell', {
  gate: gateName,
  digest: z.string(),
  person: actor,
  message: z.string(),
});

/** Who approves was changed in the configuration since: from here on these do. */
const approversChanged = event('approvers-changed', {
  approvers: listOf(z.string()),
  approverGroups: listOf(z.string()),
});

/** What was reached does not hold any more: the steps from `to` on are done once more. */
const takenBack = event('taken-back', {
  to: stepName,
  code: z.string(),
  message: z.string(),
  /** `kept`: they stand if what they are bound to turns out the same again. */
  signOffs: z.enum(['kept', 'void']),
});

/** Somebody else was at the schedulers: sign-offs are void, and a person has to look. */
const foreignHand = event('foreign-hand', {
  act: foreignAct,
  host: z.string(),
  message: z.string(),
  hint: z.string(),
});

/** It stands in the thread as it was said; `picture` is what is shown from then on. */
const noticed = event('noticed', {
  code: noticeCode,
  message: z.string(),
  hint: z.string(),
  picture: picture.exactOptional(),
  /** Tasks were killed or started by something other than this restore: going back is no longer clean. */
  unclean: z.boolean().exactOptional(),
});

const lookOpened = event('look-opened', { until: z.number() });

/** It goes on by itself soon, at `until`, and cannot be undone then. */
const lookReminded = event('look-reminded', { until: z.number() });

const refused = event('refused', { person: actor, what: z.string(), code: z.string(), message: z.string() });

/** Somebody else than the bot has edited one of its messages in Slack, by its name (`card`, `17.0`); it was put right. */
const messageEdited = event('message-edited', { name: z.string() });

const restoreEnded = event('restore-ended', { outcome, message: z.string() });

export const happenings = [
  proposal,
  stepStarted,
  operationRequested,
  operationFinished,
  stepCompleted,
  stepFailed,
  gateOpened,
  gatePassed,
  gateExpired,
  signOffFell,
  approversChanged,
  takenBack,
  foreignHand,
  noticed,
  lookOpened,
  lookReminded,
  reminded,
  escalated,
  refused,
  messageEdited,
  restoreEnded,
  ...threadEvents,
  leftWorkDone,
] as const;

export type Happening = z.infer<(typeof happenings)[number]>;
