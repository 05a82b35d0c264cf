import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from './log.ts';

/**
 * Bolt's logger over ours. Bolt logs `("text", error)`, and its debug lines hold whole payloads with their secrets, so
 * debug is dropped; `setLevel` does nothing, because Bolt would override our level with its own (slack.md 1.10).
 */
export function createBoltLogger(log: Log): Logger {
  const write = (level: 'info' | 'warn' | 'error', parts: readonly unknown[]): void => {
    const err = parts.find((part) => part instanceof Error);
    const text = parts
      .filter((part) => part !== err)
      .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
      .join(' ');
    log(level, err === undefined ? {} : { err }, text === '' ? (err?.message ?? '') : text.slice(0, 2000));
  };
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => write('info', parts),
    warn: (...parts: unknown[]) => write('warn', parts),
    error: (...parts: unknown[]) => write('error', parts),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
