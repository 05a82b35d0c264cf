/** The terminal's end of the bot's socket. */
import { lstatSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { readLines } from './lines.ts';
import {
  type Decided,
  decided,
  lineBytesMax,
  type Ordered,
  ordered,
  refused,
  socketOf,
  type TerminalRequest,
} from './protocol.ts';

interface BotLine {
  order(asked: Omit<Extract<TerminalRequest, { ask: 'order' }>, 'ask'>): Promise<Ordered>;
  /** AuroraError `outcome-unknown` when the bot went away before it answered. */
  decide(given: Omit<Extract<TerminalRequest, { ask: 'decide' }>, 'ask'>): Promise<Decided>;
  close(): void;
}

/** Slack may be asked several times, for half a minute each. */
const answerMs = 3 * 60_000;

/** The bot whose state is in that directory. AuroraError `bot-not-running`, or `socket-of-another` for one that somebody else has put there. */
export async function callBot(state: string): Promise<BotLine> {
  const path = socketOf(state);
  assertOurs(path, state);
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => reject(notRunning(path, cause)));
  });
  socket.on('error', () => undefined); // Told by the end of its lines.
  socket.setTimeout(answerMs, () => socket.destroy());
  const lines = readLines(socket, lineBytesMax);
  const ask = async <T>(request: TerminalRequest, schema: z.ZodType<T>): Promise<T> => {
    const answer = await nextAnswer(socket, lines, request);
    const no = refused.safeParse(answer);
    if (no.success) throw new AuroraError(no.data);
    const yes = schema.safeParse(answer);
    if (yes.success) return yes.data;
    throw new AuroraError({
      code: 'other-version',
      message: 'The bot answers in words that this version does not know.',
      hint: 'Use the command of the same version as the bot.',
    });
  };
  return {
    order: (asked) => ask({ ask: 'order', ...asked }, ordered),
    decide: (given) => ask({ ask: 'decide', ...given }, decided),
    close: () => socket.destroy(),
  };
}

async function nextAnswer(
  socket: Socket,
  lines: AsyncGenerator<string>,
  request: TerminalRequest,
): Promise<unknown> {
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    const { value, done } = await lines.next();
    if (done !== true) return JSON.parse(value) as unknown;
  } catch {
    // The same as a line that did not come.
  }
  throw new AuroraError({
    code: request.ask === 'decide' ? 'outcome-unknown' : 'bot-not-running',
    message: 'The bot went away before it answered.',
    hint:
      request.ask === 'decide'
        ? 'It may have been decided or not: `aurora-chatops restore status` says which.'
        : 'Nothing was decided. Start it, and run the command again.',
  });
}

/** Whoever else could put a socket there would be shown what we sign, and answer as they like. */
function assertOurs(path: string, state: string): void {
  let owner: number;
  let isSocket: boolean;
  try {
    const found = lstatSync(path);
    owner = found.uid;
    isSocket = found.isSocket();
  } catch (cause) {
    throw notRunning(path, cause);
  }
  const ours = new Set([0, process.getuid?.() ?? 0, statSync(state).uid]);
  if (isSocket && ours.has(owner)) return;
  throw new AuroraError({
    code: 'socket-of-another',
    message: isSocket
      ? `${path} belongs to account ${owner}, which is not that of ${state}.`
      : `${path} is not a socket.`,
    hint: 'Nothing was sent. Find out who has put it there before anything else; a start of the bot replaces it.',
  });
}

function notRunning(path: string, cause: unknown): AuroraError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES' || code === 'EPERM')
    return new AuroraError({
      code: 'not-the-bots-account',
      message: `This account may not speak to the bot at ${path}.`,
      hint: "Run the command as the bot's account or as root.",
      cause,
    });
  return new AuroraError({
    code: 'bot-not-running',
    message: `The bot does not run: nobody answers at ${path} (${messageOf(cause)}).`,
    hint: 'Nothing was decided. Start it as you always do, such as `aurora-chatops bot --config bot.yaml`; it needs no Slack to begin. Then run the command again.',
    cause,
  });
}
