/**
 * One bound for all that the agent keeps of backups, held and brought alike: neither needs anybody's signature, and restores may
 * have any name. Held copies are never removed by the agent: a person removes those of restores that nobody needs.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { AuroraError } from '../aurora/errors.ts';
import type { AgentConfig } from './config.ts';
import { isMissing } from './files/plain-file.ts';

interface Kept {
  readonly files: number;
  readonly bytes: number;
  /** Ids of restores with a held copy, the oldest first. */
  readonly restoreIds: readonly string[];
}

/** Throws AuroraError `kept-full` when one more file of so many bytes would be too much. */
export async function requireKeptRoom(
  { paths: { state }, bounds: { keptBytes, keptFiles } }: Pick<AgentConfig, 'paths' | 'bounds'>,
  bytes: number,
): Promise<void> {
  const kept = await measureKept(state);
  if (kept.files < keptFiles && kept.bytes + bytes <= keptBytes) return;
  const oldest = kept.restoreIds.slice(0, 5).join(', ');
  throw new AuroraError({
    code: 'kept-full',
    message: `The agent keeps ${kept.files} files of backups, ${kept.bytes} bytes, and is full: at most ${keptFiles} files and ${keptBytes} bytes.`,
    hint: `Remove the directories of restores that nobody needs from ${join(state, 'held')}${oldest === '' ? '' : ` (the oldest: ${oldest})`} and what was let go from ${join(state, 'released')}, or raise bounds.keptFiles or bounds.keptBytes.`,
  });
}

/** The same bytes, as long as there is room; throws as `requireKeptRoom` in their middle. */
export async function* withinKeptRoom(
  config: Pick<AgentConfig, 'paths' | 'bounds'>,
  bytes: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const room = config.bounds.keptBytes - (await measureKept(config.paths.state)).bytes;
  let mine = 0;
  for await (const chunk of bytes) {
    mine += chunk.length;
    if (mine > room) await requireKeptRoom(config, Number.POSITIVE_INFINITY);
    yield chunk;
  }
}

async function measureKept(state: string): Promise<Kept> {
  const [held, incoming, released] = await Promise.all([
    listFiles(join(state, 'held')),
    listFiles(join(state, 'incoming')),
    listFiles(join(state, 'released')),
  ]);
  const since = new Map<string, number>();
  for (const { restoreId, mtimeMs } of held)
    since.set(restoreId, Math.min(mtimeMs, since.get(restoreId) ?? Number.POSITIVE_INFINITY));
  const all = [...held, ...incoming, ...released];
  return {
    files: all.length,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    restoreIds: [...since].sort(([, a], [, b]) => a - b).map(([restoreId]) => restoreId),
  };
}

/** Plain files, but for the small ones in which `place-backup` remembers what it did. */
async function listFiles(
  directory: string,
): Promise<readonly { restoreId: string; bytes: number; mtimeMs: number }[]> {
  const names = await readdir(directory, { recursive: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found = await Promise.all(
    names
      .filter((name) => !name.endsWith('.json'))
      .map(async (name) => {
        const { size, mtimeMs, isFile } = await look(join(directory, name));
        return isFile ? [{ restoreId: name.split(sep)[0] ?? '', bytes: size, mtimeMs }] : [];
      }),
  );
  return found.flat();
}

/** What is gone by now takes no room. */
async function look(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const found = await lstat(path).catch(() => null);
  return { size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0, isFile: found?.isFile() ?? false };
}
