/**
 * The bot's socket in its state directory, mode 0600: the kernel lets its own account and root connect, and nobody else. It is made in a
 * directory of its own and renamed, so that it never stands open for a moment, and one that a killed bot left is replaced.
 */
import { chmodSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { type DeskDeps, openDesk } from './desk.ts';
import { readLines } from './lines.ts';
import { lineBytesMax, type Refused, requestSchema, socketOf } from './protocol.ts';

/** Few people have a terminal on that machine. */
const connectionsMax = 16;
/** Longer than an order lives, with time to read what is signed. */
const idleMs = 15 * 60_000;
/** A Unix address has 108 bytes with its end (unix(7)); the name while it is made is the longest. */
const pathBytesMax = 100;

/** Listens below `state`; AuroraError `socket-not-made`. The one bot of a database calls it, after it has taken that. */
export async function listenForTerminals(
  deps: DeskDeps,
  { state }: { state: string },
): Promise<{ close(): Promise<void> }> {
  const path = socketOf(state);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void serve(deps, socket);
  });
  server.maxConnections = connectionsMax;
  try {
    if (Buffer.byteLength(path) > pathBytesMax - '.sock-XXXXXX/'.length)
      throw new Error('its path is longer than a socket may have; choose a shorter `state`');
    const making = mkdtempSync(join(state, '.sock-'));
    const made = join(making, 'bot.sock');
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(made, resolve);
      });
      chmodSync(made, 0o600);
      renameSync(made, path);
    } finally {
      rmSync(made, { force: true });
      rmdirSync(making);
    }
  } catch (cause) {
    server.close();
    throw new AuroraError({
      code: 'socket-not-made',
      message: `The socket ${path} could not be made: ${messageOf(cause)}.`,
      hint: 'Until it is, nobody can decide in a terminal.',
      cause,
    });
  }
  return {
    close: async () => {
      rmSync(path, { force: true });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers one line after the other; whatever is not a request ends the connection. Never rejects. */
async function serve(deps: DeskDeps, socket: Socket): Promise<void> {
  const desk = openDesk(deps);
  socket.on('error', () => undefined); // The terminal has gone; what it ordered before stands.
  socket.setTimeout(idleMs, () => socket.destroy());
  try {
    for await (const line of readLines(socket, lineBytesMax)) {
      const request = requestSchema.safeParse(jsonOf(line));
      if (!request.success) {
        tellOff(socket);
        return;
      }
      const answer = await desk.answer(request.data).catch((error: unknown) => refusedBy(deps, error));
      socket.write(`${JSON.stringify(answer)}\n`);
    }
  } catch {
    // A line that is too long, or a terminal that was killed in the middle of one.
    tellOff(socket);
  }
}

function tellOff(socket: Socket): void {
  socket.end(`${JSON.stringify(notARequest)}\n`, () => socket.destroy());
}

function refusedBy({ log }: DeskDeps, error: unknown): Refused {
  if (error instanceof AuroraError) {
    const { code, message, hint } = error;
    return { ok: false, code, message, hint };
  }
  log('error', { err: messageOf(error) }, 'a terminal could not be answered');
  return {
    ok: false,
    code: 'internal-error',
    message: 'The bot made a mistake.',
    hint: 'Its log says more; `aurora-chatops restore status` says what is true now.',
  };
}

const notARequest: Refused = {
  ok: false,
  code: 'not-a-request',
  message: 'That is not a request of a terminal of this version.',
  hint: 'Nothing was decided. Use the command of the same version as the bot.',
};

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
