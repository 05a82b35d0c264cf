/**
 * What systemd is told of a program that it started (sd_notify(3)): that it serves, that its event loop turns, that it stops. The
 * messages go over a datagram socket, which Node has not; systemd's own program sends them. Anywhere else nothing is said.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';

interface ServiceManager {
  /** It does now what it is for. The watchdog waits for its first sign from here on. */
  ready(status: string): void;
  /** Why it is not ready yet: a line of `systemctl status`. */
  status(status: string): void;
  /** It was asked to end. No sign comes any more. */
  stopping(): void;
}

interface ManagerParts {
  readonly clock: Clock;
  /** Sends these assignments; rejects when they did not arrive. */
  readonly send?: (socket: string, assignments: readonly string[]) => Promise<void>;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** Of the time after which systemd takes the program for dead: two signs may be late, or lost. */
const signsPerWatchdog = 3;
const sendMs = 5_000;

/**
 * Takes systemd's variables out of `env`: commands that the program runs are not the service. The process that WATCHDOG_PID names is
 * not compared: under an old Node the service is a child of it (bin/become.cjs).
 */
export function openServiceManager(env: NodeJS.ProcessEnv, parts: ManagerParts): ServiceManager {
  const { clock, send = notify, warn } = parts;
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: watchdog = '' } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  const everyMs = /^\d{1,16}$/.test(watchdog) ? Math.floor(Number(watchdog) / 1000 / signsPerWatchdog) : 0;
  const ended = new AbortController();
  // One after the other, so that they arrive in the order in which they were said.
  let last: Promise<void> = Promise.resolve();
  const say = (...assignments: string[]): Promise<void> => {
    if (socket === '') return last;
    last = last.then(async () => {
      await send(socket, assignments).catch((error: unknown) =>
        warn({ err: messageOf(error), assignments }, 'systemd was not told'),
      );
    });
    return last;
  };
  const giveSigns = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(everyMs, ended.signal);
      if (!ended.signal.aborted) await say('WATCHDOG=1');
    }
  };
  return {
    ready: (status) => {
      void say('READY=1', `STATUS=${status}`);
      if (socket !== '' && everyMs > 0) void giveSigns();
    },
    status: (status) => void say(`STATUS=${status}`),
    stopping: () => {
      ended.abort();
      void say('STOPPING=1', 'STATUS=');
    },
  };
}

/** It answers when systemd has taken the message in, which is when the sender may end (systemd 246 and newer). */
async function notify(socket: string, assignments: readonly string[]): Promise<void> {
  const env = { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: socket };
  await promisify(execFile)('systemd-notify', [...assignments], { env, timeout: sendMs });
}
