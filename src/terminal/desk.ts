/**
 * Decides for people in a terminal: makes the order that they sign, proves by the roster whose signature it is, and takes the decision by
 * the same service as a press in Slack, with the same checks. An order is good once, for two minutes, on the connection that asked for it.
 */
import { randomBytes } from 'node:crypto';
import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import { type Order, orderText, type TerminalDecision } from '../aurora/order.ts';
import type { Person } from '../aurora/people.ts';
import type { GivenSignature, Signatures } from '../aurora/signatures.ts';
import type { Statement } from '../aurora/statement.ts';
import type { RestoreState } from '../restore/record/state.ts';
import type { GateName } from '../restore/record/words.ts';
import { isOver, type Refusal } from '../restore/rules/gates.ts';
import { type Signed, statementsToSign } from '../restore/rules/proofs.ts';
import { unknownRestore } from '../restore/rules/refusals.ts';
import { mayGoBack } from '../restore/rules/second-look.ts';
import type { Answer, ServiceDeps } from '../restore/service/answer.ts';
import { createRestoreService, type RestoreService } from '../restore/service/service.ts';
import { findProven, peopleUnlessSilent, personInRoster } from '../restore/service/without-slack.ts';
import type { Decided, Ordered, TerminalRequest } from './protocol.ts';

export type DeskDeps = Omit<ServiceDeps, 'signatures'> & {
  /** Absent where no roster is configured: then nobody can be proven here. */
  readonly signatures?: Signatures;
  /** Wakes the worker. */
  readonly onDecision: (restoreId: string) => void;
  readonly log: (level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string) => void;
};

/** One person's terminal, from its connection to its end. */
interface Desk {
  /** AuroraError for people. */
  answer(request: TerminalRequest): Promise<Ordered | Decided>;
}

/** From the order to its signature: a passphrase and a touch, not a walk. */
const orderLifeMs = 2 * 60_000;

interface Waiting {
  readonly order: Order;
  readonly statement: Statement | null;
}

type Deciding = Extract<TerminalRequest, { ask: 'decide' }>;
interface Prover {
  readonly person: string;
  readonly name: string;
  readonly key: string;
}

export function openDesk(deps: DeskDeps): Desk {
  let waiting: Waiting | null = null;
  return {
    answer: async (request) => {
      // Whatever comes of it: an order is never used twice.
      const ordered = waiting;
      waiting = null;
      if (request.ask === 'decide') return await decide(deps, request, ordered);
      waiting = await makeOrder(deps, request);
      return { ok: true, ...waiting };
    },
  };
}

async function makeOrder(
  deps: DeskDeps,
  asked: Extract<TerminalRequest, { ask: 'order' }>,
): Promise<Waiting> {
  const { decision, restore, reason } = asked;
  if (deps.signatures === undefined) throw new AuroraError(noRoster);
  const service = createRestoreService(deps, deps.onDecision);
  const state = await service.read(restore);
  if (state === null) throw refusalOf(unknownRestore(restore), restore);
  const now = deps.clock.now();
  const gate = gateOf(decision, { state, now });
  const signed = signedBy(decision, gate);
  const [statement = null] = signed === null ? [] : statementsToSign(state, { what: signed, now });
  const order: Order = {
    version: 1,
    decision,
    cluster: state.proposal.cluster,
    restore,
    journal: state.origin,
    gate,
    digest: gate === null ? null : (state.gates[gate]?.digest ?? null),
    reason,
    nonce: randomBytes(32).toString('hex'),
    issuedAt: now,
  };
  return { order, statement };
}

/** What a decision is about; AuroraError where people sign and nothing is open. */
function gateOf(decision: TerminalDecision, at: { state: RestoreState; now: number }): GateName | null {
  if (decision === 'commit') return 'commit';
  if (decision === 'go-back') return 'go-back';
  if (decision !== 'sign-off') return null;
  const { state, now } = at;
  const open = (['go-back', 'commit', 'stop'] as const).find((name) => {
    const gate = state.gates[name];
    return (
      gate?.status === 'open' && !isOver(state, { gate, now }) && (name !== 'go-back' || mayGoBack(state))
    );
  });
  if (open !== undefined) return open;
  throw new AuroraError({
    code: 'nothing-to-sign',
    message: `Nothing is open to sign in ${state.restoreId} now.`,
    hint: askStatus(state.restoreId),
  });
}

function signedBy(decision: TerminalDecision, gate: GateName | null): Signed | null {
  if (decision === 'let-reconcile') return 'release';
  return decision === 'sign-off' || decision === 'go-back' ? gate : null;
}

async function decide(deps: DeskDeps, given: Deciding, waiting: Waiting | null): Promise<Decided> {
  const { signatures, clock, log } = deps;
  if (signatures === undefined) throw new AuroraError(noRoster);
  if (waiting === null || waiting.order.nonce !== given.nonce) throw new AuroraError(spent);
  const { order } = waiting;
  const now = clock.now();
  if (now >= order.issuedAt + orderLifeMs) throw new AuroraError(tooOld);
  const prover = (await signatures.readRoster(now)).whoSigned(orderText(order), given.signature);
  const { decision, restore: restoreId } = order;
  if ('fault' in prover) {
    log('warn', { restoreId, decision, fault: prover.fault }, 'a terminal has proved nobody');
    throw new AuroraError({
      code: 'not-proven',
      message: prover.fault,
      hint: 'Nothing was decided. Sign with a key of yours that is in the roster (docs/signing.md).',
    });
  }
  const people = peopleFor(deps, prover, order);
  const service = createRestoreService({ ...deps, people }, deps.onDecision);
  const answer = await take(service, { waiting, given, prover }).catch(
    async (error: unknown): Promise<Answer> => {
      if (!hasCode(error, errorCodes.slackSilent)) throw error;
      const refusal = { ...silent, code: error.code };
      const decider = { restoreId, userId: userOf(prover.person), terminalKey: prover.key };
      await service.refuse({ ...decider, wanted: decision, refusal });
      return { ok: false, refusal };
    },
  );
  log('info', { restoreId, decision, person: prover.person, key: prover.key, ok: answer.ok }, 'a terminal');
  const slackIsSilent = await people.isSilent();
  if (!answer.ok) throw refusalOf(answer.refusal, restoreId, slackIsSilent);
  return { ok: true, name: prover.name, key: prover.key, slackIsSilent };
}

/**
 * Slack's word about whom the key has proved, as always; while it is silent, the roster's where the configuration allows that. An abort is
 * the safe side and must not wait: it needs no word of Slack then.
 */
function peopleFor(deps: DeskDeps, { person: id, name, key }: Prover, { decision, restore }: Order) {
  const userId = userOf(id);
  const { read } = createRestoreService(deps, deps.onDecision);
  const believed = deps.whenSlackIsDown === 'roster' || decision === 'abort';
  const proven = personInRoster({ id, userId, name, terminalKey: key });
  const people = peopleUnlessSilent(deps.people, async (asked) => {
    if (asked === userId) return believed ? proven : null;
    // The order to commit stands on those who signed.
    return await findProven(deps, (await read(restore))?.gates.commit, asked);
  });
  return {
    ...people,
    findPerson: async (asked: string, knownForMs?: number): Promise<Person> => {
      const person = await people.findPerson(asked, knownForMs);
      if (asked !== userId || person.id === id) return person;
      throw new AuroraError({
        code: 'other-person',
        message: `Slack knows ${userId} as ${person.id}, and the roster says ${id}.`,
        hint: 'Nothing was decided. Put the id right in the roster (docs/signing.md).',
      });
    },
  };
}

async function take(
  service: RestoreService,
  parts: { waiting: Waiting; given: Deciding; prover: Prover },
): Promise<Answer> {
  const { waiting, given, prover } = parts;
  const { decision, restore: restoreId, gate, digest: of, reason } = waiting.order;
  const digest = of ?? '';
  const decider = { restoreId, userId: userOf(prover.person), terminalKey: prover.key };
  const signature: GivenSignature | null =
    given.statementSignature === null ? null : { format: 'ssh', signature: given.statementSignature };
  const signed = signature !== null && { signature };
  switch (decision) {
    case 'sign-off':
      return gate === 'go-back' || gate === null
        ? await service.take('go-back', { ...decider, reason, ...signed })
        : await service.take('sign-off', { ...decider, gate, digest, comment: reason, ...signed });
    case 'go-back':
      return await service.take('go-back', { ...decider, reason, ...signed });
    case 'commit':
      return await service.take('commit', { ...decider, digest, typedCluster: given.typedCluster });
    case 'abort':
      return await service.take('abort', { ...decider, reason });
    case 'let-reconcile':
      return await service.take('let-reconcile', { ...decider, ...signed });
  }
}

function userOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** Hints of the rules speak of buttons; here is a command. */
function refusalOf({ code, message }: Refusal, restoreId: string, slackIsSilent = false): AuroraError {
  if (code === errorCodes.slackSilent)
    return new AuroraError({
      code,
      message,
      hint: 'Nothing was decided. Wait for Slack; or set `people.whenSlackIsDown: roster` and start the bot again (docs/signing.md says what that opens).',
    });
  const groups = slackIsSilent
    ? ' Slack does not answer, so only approvers who are named in the configuration and in the proposal count, not those of groups.'
    : '';
  return new AuroraError({ code, message, hint: `Nothing was decided.${groups} ${askStatus(restoreId)}` });
}

function askStatus(restoreId: string): string {
  return `\`aurora-chatops restore status ${restoreId}\` says who can do what now.`;
}

const noRoster: Refusal = {
  code: 'no-roster',
  message: 'This bot has no roster of keys, so nobody can be proven in a terminal.',
  hint: 'Set people.roster in its configuration and start it again (docs/signing.md).',
};

const silent: Omit<Refusal, 'code'> = {
  message: 'Slack does not answer, and without its word only an abort is taken here.',
  hint: '',
};

const spent: Refusal = {
  code: 'order-spent',
  message: 'That signature is for an order that this connection has not asked for, or that was used already.',
  hint: 'Nothing was decided. Run the command again.',
};

const tooOld: Refusal = {
  code: 'order-too-old',
  message: 'The order was signed more than two minutes after it was asked for.',
  hint: 'Nothing was decided. Run the command again and sign at once.',
};
