/**
 * The buttons of a restore. A press opens a form or asks the service at once; whether it may be done is the service's
 * to say, and a refusal is seen only by the person who pressed.
 */
import { AuroraError } from '../src/aurora/errors.ts';
import type { GateName } from '../src/restore/record/events.ts';
import type { RestoreState } from '../src/restore/record/state.ts';
import type { Answer } from '../src/restore/service/answer.ts';
import type { Conversation, Press } from '../src/slack/conversation.ts';
import { decisionOf } from '../src/slack/messages/decided.ts';
import { renderRefusal } from '../src/slack/messages/refusal.ts';
import { renderReport } from '../src/slack/messages/report.ts';
import { modalMetadata, parseSubject, type Subject } from '../src/slack/subject.ts';
import {
  abandonForm,
  abortForm,
  approveForm,
  commitForm,
  declineForm,
  goBackForm,
  pauseForm,
  returnForm,
} from '../src/slack/views/decisions.ts';
import { fullPlanView } from '../src/slack/views/full-plan.ts';
import type { CommandDeps } from './deps.ts';
import { tellWho } from './who.ts';

const moreTimeMs = 30 * 60_000;

/** Approve the stop, or sign off the commit: a form with a note. */
export async function pressApprove(deps: CommandDeps, press: Press, gate: 'stop' | 'commit'): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  // Who certainly may not sign is told at once, and not after filling in a form.
  if (certainlyRefused(state, gate, press.userId)) {
    const vote = { ...subject, gate, userId: press.userId, comment: '' };
    await tellRefusal(press, await deps.service.signOff(vote));
    return;
  }
  await press.show(approveForm(state, gate, metadataOf(press, gate, subject)));
}

export async function pressDecline(deps: CommandDeps, press: Press, gate: GateName): Promise<void> {
  const { subject } = await readSubject(deps, press);
  await press.show(declineForm(gate, metadataOf(press, gate, subject)));
}

export async function pressCommit(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(commitForm(state, metadataOf(press, 'commit', subject)));
}

export async function pressAbort(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(abortForm(state, metadataOf(press, '', subject)));
}

export async function pressPause(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(pauseForm(state, metadataOf(press, '', subject)));
}

export async function pressAbandon(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(abandonForm(state, metadataOf(press, '', subject)));
}

export async function pressResume(deps: CommandDeps, press: Press): Promise<void> {
  const { subject } = await readSubject(deps, press);
  await tellRefusal(press, await deps.service.resume({ restoreId: subject.restoreId, userId: press.userId }));
}

export async function pressGoBack(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(goBackForm(state, metadataOf(press, 'go-back', subject)));
}

export async function pressReturn(deps: CommandDeps, press: Press): Promise<void> {
  const { subject, state } = await readSubject(deps, press);
  await press.show(returnForm(state, metadataOf(press, '', subject)));
}

export async function pressLetReconcile(deps: CommandDeps, press: Press): Promise<void> {
  const { subject } = await readSubject(deps, press);
  await tellRefusal(
    press,
    await deps.service.release({ restoreId: subject.restoreId, userId: press.userId }),
  );
}

export async function pressMoreTime(deps: CommandDeps, press: Press): Promise<void> {
  const { subject } = await readSubject(deps, press);
  const order = { restoreId: subject.restoreId, userId: press.userId, byMs: moreTimeMs };
  await tellRefusal(press, await deps.service.extendLook(order));
}

export async function pressLookAgain(deps: CommandDeps, press: Press): Promise<void> {
  const { subject } = await readSubject(deps, press);
  await tellRefusal(
    press,
    await deps.service.lookAgain({ restoreId: subject.restoreId, userId: press.userId }),
  );
}

export async function pressWho(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  await tellWho(deps, press, state);
}

export async function pressReport(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  const records = await deps.journal.read(state.restoreId);
  const decisions = records.map(decisionOf).filter((line) => line !== null);
  await press.tell(renderReport(state, decisions));
}

export async function pressFullPlan(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  await press.show(fullPlanView(state));
}

/** Says nothing when it was done: the thread says it to everybody. */
export async function tellRefusal(conversation: Conversation, answer: Answer): Promise<void> {
  if (!answer.ok) await conversation.tell(renderRefusal(answer.refusal));
}

/** `stop R1|71f0…`, for a form's metadata. */
export function parseFormSubject(subject: string): { gate: GateName | null; subject: Subject } | null {
  const [gate = '', value = ''] = subject.split(' ');
  const parsed = parseSubject(value);
  return parsed === null ? null : { gate: gates.find((name) => name === gate) ?? null, subject: parsed };
}

const gates: readonly GateName[] = ['stop', 'commit', 'go-back'];

/** Where a form was opened, and what it is about. */
export function metadataOf(press: Press, gate: GateName | '', { restoreId, digest }: Subject): string {
  const subject = `${gate} ${restoreId}|${digest}`;
  return modalMetadata({ channel: press.channel, threadTs: press.threadTs, subject });
}

/** What a button is about, as it stands now. AuroraError `unknown-restore`. */
export async function readSubject(
  deps: Pick<CommandDeps, 'service'>,
  press: Press,
): Promise<{ subject: Subject; state: RestoreState }> {
  const subject = parseSubject(press.value);
  const state = subject === null ? null : await deps.service.read(subject.restoreId);
  if (subject === null || state === null) {
    throw new AuroraError({
      code: 'unknown-restore',
      message: 'That button is about a restore this bot does not know.',
      hint: '`/aurora status` lists those it knows.',
    });
  }
  return { subject, state };
}

function certainlyRefused(state: RestoreState, gate: 'stop' | 'commit', userId: string): boolean {
  const { requester, policy } = state.proposal;
  const own = requester.userId === userId && (gate === 'stop' || !policy.requesterCounts);
  const signed = state.gates[gate]?.signOffs.some((signOff) => signOff.person.userId === userId) ?? false;
  return own || signed || state.gates[gate]?.status !== 'open';
}
