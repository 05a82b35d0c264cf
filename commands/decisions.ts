/**
 * The decisions about a restore, all the same way: a press is asked whether it may, then opens a form, whatever the message says
 * that it was pressed on; the form is read and taken. Whoever may not is told at the press; a refusal is seen only by the person who pressed.
 */
import { AuroraError } from '../src/aurora/errors.ts';
import { within } from '../src/aurora/within.ts';
import type { DecisionName } from '../src/restore/decisions/index.ts';
import { decisions } from '../src/restore/decisions/index.ts';
import type { GateName } from '../src/restore/record/events.ts';
import type { StagedTask } from '../src/restore/record/staged-task.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Refusal } from '../src/restore/rules/gates.ts';
import { type Signed, signatureCodes, statementsToSign } from '../src/restore/rules/proofs.ts';
import type { Answer } from '../src/restore/service/answer.ts';
import type {
  Conversation,
  Listeners,
  Press,
  Submission,
  SubmissionCheck,
} from '../src/slack/conversation.ts';
import type { AnyDialogue } from '../src/slack/decisions/dialogue.ts';
import { dialogues } from '../src/slack/decisions/index.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { type SigningOffer, signatureField } from '../src/slack/signing.ts';
import type { CommandDeps } from './deps.ts';
import { formMetadata, readForm, readSubject, readSubmission } from './form-subject.ts';
import { openInMs } from './reads.ts';

/** Their part of what people can do. */
export function listenToDecisions(
  deps: CommandDeps,
): Pick<Listeners, 'presses' | 'submissions' | 'formChecks'> {
  const all = Object.values(dialogues);
  return {
    presses: Object.fromEntries(
      all.flatMap((dialogue) =>
        Object.entries(dialogue.buttons).map(([actionId, { gate = null }]) => [
          actionId,
          (press: Press) => pressed(deps, press, { dialogue, gate }),
        ]),
      ),
    ),
    submissions: Object.fromEntries(
      all.map((dialogue) => [
        dialogue.form.id,
        (submission: Submission) => submitted(deps, submission, dialogue),
      ]),
    ),
    formChecks: Object.fromEntries(
      all.flatMap((dialogue): [string, SubmissionCheck][] => {
        const { form } = dialogue;
        if (form.signs !== undefined || form.faultFields !== undefined)
          return [[form.id, (filled) => checkFields(deps, filled, dialogue)]];
        return form.check === undefined ? [] : [[form.id, form.check]];
      }),
    ),
  };
}

async function pressed(
  deps: CommandDeps,
  press: Press,
  button: { dialogue: AnyDialogue; gate: GateName | null },
): Promise<void> {
  const { dialogue, gate } = button;
  const { decision, form } = dialogue;
  const { subject, state } = await readSubject(deps, press);
  const about = { ...subject, ...(gate !== null && { gate }), userId: press.userId };
  const refusal = await askInTime(deps, decision, about);
  if (refusal !== null) {
    await press.tell(renderRefusal(refusal));
    return;
  }
  const staged = await listStaged(deps, decision, state.restoreId);
  const what = form.signs?.(gate);
  const signing = what === undefined ? null : offerToSign(deps, state, { ...about, what });
  const metadata = formMetadata(deps, press, { form: form.id, gate, subject });
  await press.show(
    form.show({
      state,
      gate,
      metadata,
      userId: press.userId,
      now: deps.clock.now(),
      staged,
      ...(signing !== null && { signing }),
    }),
  );
}

/** What this person would sign, and where; `null` where the policy asks nobody for that. */
function offerToSign(
  { clock, clusters, signLinks }: CommandDeps,
  state: RestoreState,
  about: { userId: string; restoreId: string; what: Signed; digest: string },
): SigningOffer | null {
  const { what, userId, restoreId, digest } = about;
  const [statement] = statementsToSign(state, { what, now: clock.now() });
  if (statement === undefined) return null;
  return {
    statement,
    isRequired: state.proposal.policy.signatures === 'require',
    pageUrl: signLinks?.linkFor({ userId, restoreId, what, digest }) ?? null,
    agents: clusters.get(state.proposal.cluster)?.cluster.hosts.map(({ agent }) => agent) ?? [],
  };
}

/** What is wrong with one field is told beside it, and the form stays; everything else is told when it is taken. */
async function checkFields(
  deps: CommandDeps,
  filled: Parameters<SubmissionCheck>[0],
  { decision, form }: AnyDialogue,
): Promise<Awaited<ReturnType<SubmissionCheck>>> {
  if (form.faultFields === undefined && !(signatureField in filled.values)) return null;
  const { gate, ...subject } = readForm(deps, filled, form.id);
  const { values, chosen, userId } = filled;
  const order = {
    ...subject,
    ...(gate !== null && { gate }),
    userId,
    ...form.read({ values, chosen, staged: [] }),
  };
  const refusal = await inTime(deps, (deps.service as LooseService).check(decision, order));
  if (refusal === null) return null;
  const field = signatureCodes.has(refusal.code) ? signatureField : form.faultFields?.[refusal.code];
  return field === undefined ? null : { [field]: refusal.message };
}

async function submitted(deps: CommandDeps, submission: Submission, dialogue: AnyDialogue): Promise<void> {
  const { gate, ...subject } = await readSubmission(deps, submission, dialogue.form.id);
  const staged = await listStaged(deps, dialogue.decision, subject.restoreId);
  const { values, chosen, userId } = submission;
  const filled = dialogue.form.read({ values, chosen, staged });
  const about = { ...subject, ...(gate !== null && { gate }), userId };
  await tellRefusal(submission, await take(deps, dialogue.decision, { ...about, ...filled }));
}

/** Says nothing when it was done: the thread says it to everybody. */
export async function tellRefusal(conversation: Conversation, answer: Answer): Promise<void> {
  if (!answer.ok) await conversation.tell(renderRefusal(answer.refusal));
}

/** `null` also when Slack does not say in time who somebody is: it is asked again before anything is decided. */
export async function askInTime(
  deps: CommandDeps,
  decision: DecisionName,
  about: { restoreId: string; userId: string },
): Promise<Refusal | null> {
  return await inTime(deps, (deps.service as LooseService).ask(decision, about));
}

async function inTime(deps: CommandDeps, asking: Promise<Refusal | null>): Promise<Refusal | null> {
  const asked = asking.catch((error: unknown) => {
    if (error instanceof AuroraError) return null;
    throw error;
  });
  return (await within(deps.clock, openInMs, asked)) ?? null;
}

async function take(
  deps: CommandDeps,
  decision: DecisionName,
  order: { restoreId: string; userId: string },
): Promise<Answer> {
  return await (deps.service as LooseService).take(decision, order);
}

/** Here a decision is one of all: its dialogue has put its order together, and the compiler has seen to that there. */
interface LooseService {
  take(name: DecisionName, order: { restoreId: string; userId: string }): Promise<Answer>;
  ask(name: DecisionName, about: { restoreId: string; userId: string }): Promise<Refusal | null>;
  check(name: DecisionName, order: { restoreId: string; userId: string }): Promise<Refusal | null>;
}

async function listStaged(
  deps: CommandDeps,
  decision: DecisionName,
  restoreId: string,
): Promise<readonly StagedTask[]> {
  return decisions[decision].readsStaged === true ? await deps.service.listStaged(restoreId) : [];
}
