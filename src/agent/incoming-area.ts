/**
 * Bounds on what the bot brings before any operation has taken it: `<state>/incoming`. Bringing needs no grant, so that
 * it must not be a way to fill the disk. What nobody has taken for a day is removed; it was only ever a copy.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { within } from '../aurora/within.ts';
import { bodyTooSlow } from './body-too-slow.ts';
import { isMissing } from './files/plain-file.ts';

interface IncomingArea {
  /** The same bytes; throws AuroraError `uploads-full` or `body-too-slow` in their middle. */
  bounded(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

interface IncomingBounds {
  readonly bytesMax: number;
  /** The longest silence. */
  readonly silenceMs: number;
}

const keptMs = 24 * 3_600_000;

/** The area under the agent's state directory. */
export function createIncomingArea(state: string, bounds: IncomingBounds, clock: Clock): IncomingArea {
  const directory = join(state, 'incoming');
  let arriving = 0;
  return {
    bounded: async function* (bytes) {
      const stored = await measure(directory, clock.now() - keptMs);
      let mine = 0;
      try {
        for await (const chunk of withoutSilence(bytes, bounds.silenceMs, clock)) {
          mine += chunk.length;
          arriving += chunk.length;
          if (stored + arriving > bounds.bytesMax) throw full(bounds.bytesMax);
          yield chunk;
        }
      } finally {
        arriving -= mine;
      }
    },
  };
}

async function* withoutSilence(
  bytes: AsyncIterable<Uint8Array>,
  silenceMs: number,
  clock: Clock,
): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  for (;;) {
    const next = await within(clock, silenceMs, iterator.next());
    if (next === undefined) throw bodyTooSlow(silenceMs);
    if (next.done === true) return;
    yield next.value;
  }
}

/** Bytes of whole files; those older than `before` are removed, unfinished ones too. */
async function measure(directory: string, before: number): Promise<number> {
  const names = await readdir(directory, { recursive: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  let bytes = 0;
  for (const name of names) {
    const path = join(directory, name);
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isFile()) continue;
    if (found.mtimeMs < before) await rm(path, { force: true });
    else if (!name.endsWith('.part')) bytes += found.size;
  }
  return bytes;
}

function full(bytesMax: number): AuroraError {
  return new AuroraError({
    code: 'uploads-full',
    message: `The agent keeps ${bytesMax} bytes of uploaded backups that are not stored yet, which is its limit.`,
    hint: 'Let receive-backup take what was brought, or raise bounds.incomingBytes; after a day it is removed.',
  });
}
