/**
 * Stops and starts hung schedulers through their agents. Nothing is lost by it: a stale one has lost its place to another,
 * a dead one serves nobody. Each is started again once in a step; what hangs again is a person's matter.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { listText } from '../preflight/words.ts';
import type { NoticeCode } from '../record/events.ts';
import { isCommitSent } from '../record/state.ts';
import type { StepContext } from '../step.ts';
import { requireModeFlags } from '../steps/shared/recovery-flags.ts';
import type { Hung } from './hung.ts';

/** Thrown once they were started: whoever waits for an election begins to wait anew. */
export class HungRestarted extends Error {
  constructor(hosts: readonly string[]) {
    super(`started again: ${hosts.join(', ')}`);
    this.name = 'HungRestarted';
  }
}

/**
 * Says it in the thread, does it, and throws `HungRestarted`; nothing when none hangs. AuroraError `scheduler-hangs-again`
 * for one that was started again in this step before.
 */
export async function restartHung(context: StepContext, hung: readonly Hung[]): Promise<void> {
  if (hung.length === 0) return;
  const again = hung.filter(({ host }) => wasRestarted(context, host));
  if (again.length > 0) throw hangsAgain(context, { hung, again });
  const rounds = new Map(hung.map(({ host }) => [host, roundOf(context, host)]));
  const isBegun = hung.every(({ host }) =>
    operationsOf(context, host).some(isOfRound(rounds.get(host) ?? 1)),
  );
  // Crash here: it is said, nothing is done; it is found hung once more, and may be said once more.
  if (!isBegun) await context.notice({ code: noticeCodeOf(hung), ...wordsOf(hung) });
  await context.onEachHost(async ({ host }) => {
    const round = rounds.get(host);
    if (round !== undefined) await restart(context, host, round);
  });
  throw new HungRestarted(hung.map(({ host }) => host));
}

/** Starts what was stopped by `restartHung` when the bot ended in between. */
export async function finishRestarts(context: StepContext): Promise<void> {
  await context.onEachHost(async ({ host }) => {
    const begun = operationsOf(context, host).filter(({ operationId }) => operationId.includes('.round-'));
    const round = roundOf(context, host);
    if (begun.some(isOfRound(round))) await restart(context, host, round);
  });
}

async function restart(context: StepContext, host: string, round: number): Promise<void> {
  await context.operate(host, 'stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs }, round);
  // Crash here: it is stopped, and so not hung any more; `finishRestarts` starts it.
  await requireModeFlags(context, [host]);
  await context.operate(host, 'start-scheduler', {}, round);
}

/** The restart that is under way, or the next one. */
function roundOf(context: StepContext, host: string): number {
  const started = operationsOf(context, host).filter(
    ({ kind, result }) => kind === 'start-scheduler' && result?.state === 'done',
  );
  return started.length + 1;
}

/** Since the step began, or since somebody looked. */
function wasRestarted(context: StepContext, host: string): boolean {
  return operationsOf(context, host).some(
    ({ kind, result, lookedAt }) => kind === 'start-scheduler' && result?.state === 'done' && !lookedAt,
  );
}

function operationsOf(context: StepContext, host: string) {
  return [...context.state().operations.values()].filter(
    (operation) =>
      operation.step === context.step &&
      operation.host === host &&
      !operation.takenBack &&
      operation.operationId.includes('.round-'),
  );
}

function isOfRound(round: number): (operation: { operationId: string }) => boolean {
  return ({ operationId }) => operationId.includes(`.round-${round}.`);
}

function noticeCodeOf(hung: readonly Hung[]): NoticeCode {
  return hung.some(({ why }) => why === 'stale') ? 'two-elected' : 'dead-but-running';
}

function wordsOf(hung: readonly Hung[]): { message: string; hint: string } {
  const [first] = hung;
  const they = hung.length > 1 ? 'They are' : first?.why === 'dead' ? 'It is' : `${listOf(hung)} is`;
  return {
    message: `${hungWords(hung)} ${they} stopped and started again.`,
    hint: 'Nothing is lost by that, and nobody has to do anything.',
  };
}

/** Who hangs and how, in sentences. */
export function hungWords(hung: readonly Hung[]): string {
  return [...staleWords(hung), ...deadWords(hung)].join(' ');
}

function staleWords(hung: readonly Hung[]): string[] {
  const stale = hung.filter(({ why }) => why === 'stale');
  const [first] = stale;
  if (first === undefined) return [];
  return [
    first.rightful === null
      ? `Several schedulers believe they are elected: ${listOf(stale)}.`
      : `${listOf(stale)} ${stale.length === 1 ? 'believes it is' : 'believe they are'} elected, but ${first.rightful} holds the election in ZooKeeper.`,
  ];
}

function deadWords(hung: readonly Hung[]): string[] {
  const dead = hung.filter(({ why }) => why === 'dead');
  if (dead.length === 0) return [];
  return [
    dead.length === 1
      ? `The scheduler on ${listOf(dead)} has ended: its port is closed, but its process stays.`
      : `The schedulers on ${listOf(dead)} have ended: their ports are closed, but their processes stay.`,
  ];
}

function hangsAgain(
  context: StepContext,
  { hung, again }: { hung: readonly Hung[]; again: readonly Hung[] },
): AuroraError {
  return new AuroraError({
    code: 'scheduler-hangs-again',
    message: `${hungWords(hung)} ${listOf(again)} had been stopped and started again already.`,
    hint: isCommitSent(context.state())
      ? 'It looks as if no scheduler survives what was committed. Go back: the logs from before this restore are still there, and tasks keep running.'
      : "The scheduler's own log says why it ends. Fix that and look again, or put everything back.",
  });
}

function listOf(hung: readonly Hung[]): string {
  return listText(hung.map(({ host }) => host));
}
