/** One decision of a restore in a terminal: shown, signed by the person's ssh key, and taken by the bot over its socket. */
import { AuroraError } from '../aurora/errors.ts';
import { type Order, orderText, type TerminalDecision } from '../aurora/order.ts';
import { escapedLines } from '../aurora/printable.ts';
import { statementText } from '../aurora/statement.ts';
import { callBot } from '../terminal/ask-bot.ts';
import type { Ordered } from '../terminal/protocol.ts';
import { readBotConfig } from './config.ts';
import { type AgentOptions, compareWithAgents, confirm, describeStatement, signWithSsh } from './sign.ts';

export interface DecideOptions extends Partial<AgentOptions> {
  readonly config: string;
  readonly key: string;
  readonly reason?: string;
  readonly cluster?: string;
}

/**
 * What is signed goes to standard error before it is. Throws AuroraError: what the bot refuses with, `bot-not-running`, `outcome-unknown`,
 * `digest-changed`, `not-confirmed`, and `other-order` for a bot that asks for something else.
 */
export async function decideIn(
  restore: string,
  decision: TerminalDecision,
  options: DecideOptions,
): Promise<void> {
  const { key, reason = '', cluster } = options;
  const config = await readBotConfig(options.config);
  const bot = await callBot(config.state);
  try {
    const asked = { decision, restore, reason };
    const shown = assertAsked(await bot.order(asked), asked);
    say(describeOrder(shown.order));
    if (shown.statement !== null) {
      say(describeStatement(shown.statement));
      const { agent } = options;
      if (agent === undefined) say("That is the bot's word; --agent URL asks the hosts.");
      else await compareWithAgents(shown.statement, { ...options, agent });
    }
    if (decision !== 'abort') await confirmCluster(shown.order, cluster);
    const statementSignature =
      shown.statement === null ? null : await signWithSsh(statementText(shown.statement), key);
    // The order itself is young when it is signed, however long somebody has read.
    const { order, statement } = assertAsked(await bot.order(asked), asked);
    if (!isSame(shown, { order, statement })) throw changed();
    const { nonce } = order;
    const signature = await signWithSsh(orderText(order), key);
    const done = await bot.decide({ nonce, signature, statementSignature, typedCluster: order.cluster });
    process.stdout.write(
      escapedLines(
        `Done, as ${done.name} with the key ${done.key}. The record says so${done.slackIsSilent ? '; the thread will as soon as Slack answers' : ', and the thread'}.\n`,
      ),
    );
  } finally {
    bot.close();
  }
}

/** Nothing else is signed than what was asked for, whatever the bot says. */
function assertAsked(
  answer: Ordered,
  { decision, restore, reason }: Pick<Order, 'decision' | 'restore' | 'reason'>,
): Pick<Ordered, 'order' | 'statement'> {
  const { order, statement } = answer;
  const intent = decision === 'let-reconcile' ? 'release' : order.gate;
  const isAsked = order.decision === decision && order.restore === restore && order.reason === reason;
  const isOfIt =
    statement === null ||
    (statement.restore === restore && statement.cluster === order.cluster && statement.intent === intent);
  if (isAsked && isOfIt) return { order, statement };
  throw new AuroraError({
    code: 'other-order',
    message: 'The bot asks for a signature of something other than what you asked for.',
    hint: 'Nothing was signed. Do not continue with this bot: find out who changed it.',
  });
}

function isSame(
  one: Pick<Ordered, 'order' | 'statement'>,
  other: Pick<Ordered, 'order' | 'statement'>,
): boolean {
  const of = ({ order: { nonce: _nonce, issuedAt: _issuedAt, ...order }, statement }: typeof one) =>
    JSON.stringify([order, statement === null ? null : statementText(statement)]);
  return of(one) === of(other);
}

function changed(): AuroraError {
  return new AuroraError({
    code: 'digest-changed',
    message: 'What you were shown has changed since.',
    hint: 'Nothing was decided. Run the command again, and read the new numbers.',
  });
}

function describeOrder({ decision, cluster, restore, gate, digest }: Order): string {
  const about =
    gate === null ? '' : `, gate ${gate}${digest === null ? '' : `, digest ${digest.slice(0, 16)}`}`;
  return `${decision} for ${restore} of ${cluster}${about}`;
}

async function confirmCluster(order: Order, given: string | undefined): Promise<void> {
  if (given === undefined) await confirm(order);
  else if (given !== order.cluster)
    throw new AuroraError({
      code: 'not-confirmed',
      message: `${JSON.stringify(given)} is not ${order.cluster}.`,
      hint: 'Nothing was signed.',
    });
}

function say(text: string): void {
  process.stderr.write(escapedLines(`${text}\n`));
}
