/**
 * Flags in a file, in whatever style its packaging has them (src/agent/flags). The original lies beside it as `<flags>.set-aside-<restoreId>` from
 * before the first change to long after the restore; what a restore had changed is moved to `<flags>.changed-<restoreId>`.
 */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { copyDurably, nameExists, writeDurably } from '../files/durable-file.ts';
import { type FileIdentity, inDirectory, listAllNames } from '../files/pinned.ts';
import { hashFile, withPlain } from '../files/plain-file.ts';
import { type FlagGrammar, replaceProven } from '../flags/flag-grammar.ts';
import type { FlagChange, FlagDriver, FlagEvidence } from './flag-driver.ts';

const flagBytesMax = 1024 * 1024;

/** The driver for the file at `path`. */
export function createFlagFileDriver(path: string, grammar: FlagGrammar): FlagDriver {
  const asidePath = (restoreId: string): string => `${path}.set-aside-${restoreId}`;

  const observeSet = async ({ restoreId, flags }: FlagChange): Promise<FlagEvidence | null> => {
    const aside = asidePath(restoreId);
    const sha256Before = await hashFile(aside, flagBytesMax);
    if (sha256Before === null) return null;
    const current = await readFlagFile(path);
    if (replaceProven(grammar, current.text, flags) !== current.text) return null;
    return { setAside: aside, sha256Before, sha256After: sha256Of(current.bytes) };
  };

  const observeRestored = async (restoreId: string): Promise<{ sha256: string } | null> => {
    const current = await readFlagFile(path).catch(() => null);
    const aside = asidePath(restoreId);
    if (!(await nameExists(aside))) return current === null ? null : { sha256: sha256Of(current.bytes) };
    if (current === null) return null;
    const original = await readFlagFile(aside);
    const same = original.bytes.equals(current.bytes) && original.identity.mode === current.identity.mode;
    return same ? { sha256: sha256Of(current.bytes) } : null;
  };

  return {
    read: async () => {
      const { bytes, text } = await readFlagFile(path);
      return { sha256: sha256Of(bytes), values: grammar.parse(text) };
    },
    listChanged: async () => {
      const changed = await listChangedFiles(path);
      const read = await Promise.all(
        changed.map(async ({ restoreId, file }) => {
          const values = await readFlagFile(file).then(
            ({ text }) => grammar.parse(text),
            () => null,
          );
          return values === null ? [] : [{ restoreId, values }];
        }),
      );
      return read.flat();
    },
    rehearse: async (flags) => {
      replaceProven(grammar, (await readFlagFile(path)).text, flags);
    },
    observeSet,
    set: async (change) => {
      const current = await readFlagFile(path);
      // Parsed before anything is written: a file we do not understand stays as it is.
      const wanted = replaceProven(grammar, current.text, change.flags);
      const aside = asidePath(change.restoreId);
      if (!(await nameExists(aside))) await writeDurably(aside, current.bytes, current.identity);
      // Crash here: the original is safe and the file unchanged; the next try starts from the same bytes.
      if (wanted !== current.text) await writeDurably(path, wanted, current.identity);
      const evidence = await observeSet(change);
      if (evidence === null) throw changedMeanwhile(path);
      return evidence;
    },
    observeRestored,
    restore: async (restoreId) => {
      const already = await observeRestored(restoreId);
      if (already !== null) return already;
      // Read before anything is written: what is not ours to understand stays as it is.
      await readFlagFile(asidePath(restoreId));
      const changed = await readFlagFile(path).catch(() => null);
      // A copy, so that there is a flag file at every instant; writing the original over it is one rename.
      if (changed !== null) await copyDurably(path, await freeName(path, restoreId));
      await copyDurably(asidePath(restoreId), path);
      const restored = await observeRestored(restoreId);
      if (restored === null) throw changedMeanwhile(path);
      return restored;
    },
  };
}

interface FlagFile {
  readonly bytes: Buffer;
  readonly text: string;
  readonly identity: FileIdentity;
}

async function readFlagFile(path: string): Promise<FlagFile> {
  return await withPlain(path, async (file) => {
    if (file.bytes > flagBytesMax) {
      throw new AuroraError({
        code: 'flags-not-understood',
        message: `The flag file is ${file.bytes} bytes long, too long for a flag file.`,
        hint: 'Correct paths.flags in the configuration of the agent.',
      });
    }
    const bytes = Buffer.concat(await Array.fromAsync(file.chunks()));
    const text = bytes.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(bytes)) {
      throw new AuroraError({
        code: 'flags-not-understood',
        message: 'The flag file is not UTF-8 text.',
        hint: 'Correct the file by hand; nothing was changed.',
      });
    }
    return { bytes, text, identity: file.identity };
  });
}

/** Each lies beside the original of the same restore, which tells its name from a number behind it. */
async function listChangedFiles(path: string): Promise<readonly { restoreId: string; file: string }[]> {
  const names = await inDirectory(dirname(path), listAllNames);
  const prefix = `${basename(path)}.set-aside-`;
  const changed = `${basename(path)}.changed-`;
  const restoreIds = names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const found = await Promise.all(
    names.map(async (name) => {
      const of = name.startsWith(changed) ? name.slice(changed.length) : '';
      const restoreId =
        restoreIds.find((id) => id === of) ?? restoreIds.find((id) => id === of.replace(/-\d+$/, ''));
      if (restoreId === undefined) return [];
      const file = join(dirname(path), name);
      return [{ restoreId, file, at: (await lstat(file)).mtimeMs }];
    }),
  );
  return found.flat().sort((a, b) => b.at - a.at);
}

async function freeName(path: string, restoreId: string): Promise<string> {
  for (let turn = 1; turn < 1_000; turn += 1) {
    const name = `${path}.changed-${restoreId}${turn === 1 ? '' : `-${turn}`}`;
    if (!(await nameExists(name))) return name;
  }
  throw new Error('a thousand changed flag files of one restore');
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function changedMeanwhile(path: string): AuroraError {
  return new AuroraError({
    code: 'flags-changed',
    message: `${path} was changed by somebody else at the same time.`,
    hint: 'Keep other programs (configuration management) away from the file until the restore ends.',
  });
}
