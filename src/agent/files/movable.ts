/**
 * Whether something can be renamed where it is: asked here for `agent check`, step 1 and the operations, so that they agree.
 * Nothing is changed by asking.
 */
import { constants } from 'node:fs';
import { access, lstat, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { mountOf } from './mounts.ts';
import { atName, listAllNames } from './pinned.ts';

/** What is in the way, and what to do about it. */
interface Unmovable {
  /** Ends a sentence that begins with the path: `is a symbolic link`. */
  readonly why: string;
  readonly remedy: string;
}

/** `null` when it can be, or when nothing is there and something could be made. */
export async function whyUnmovable(path: string): Promise<Unmovable | null> {
  const parent = dirname(path);
  const closed = await refusalOf(access(parent, constants.W_OK | constants.X_OK));
  if (closed !== null) return closedDirectory(parent, closed);
  try {
    return await atName(path, async (at, around) => {
      // An operation looks for its earlier work among the names beside.
      await listAllNames(around);
      const itself = await lstat(at).catch(() => null);
      if (itself === null) return null;
      if (itself.isSymbolicLink()) {
        return {
          why: 'is a symbolic link',
          remedy: 'Name what it leads to in the configuration of the agent.',
        };
      }
      if ((await mountOf(at)).id !== (await mountOf(around.at('.'))).id) return ownMount;
      const kept = await askKernel(at, itself.isDirectory());
      return kept === null
        ? null
        : { why: `may not be renamed (${kept})`, remedy: immutableRemedy(path, parent) };
    });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    return {
      why: `is outside of what the agent may change: ${error.message.replace(/\.$/, '')}`,
      remedy: error.hint,
    };
  }
}

/** AuroraError `not-movable`, before anything is touched. */
export async function requireMovable(path: string): Promise<void> {
  const found = await whyUnmovable(path);
  if (found === null) return;
  throw new AuroraError({
    code: 'not-movable',
    message: `${path} ${found.why}, so it cannot be moved aside. Nothing was touched.`,
    hint: found.remedy,
  });
}

/**
 * A rename and a removal are allowed by one and the same function of the kernel (may_delete in fs/namei.c): EPERM for what is
 * immutable or append-only, or lies in such a directory. It is asked for the removal that it refuses in any case, unlink(2) of a
 * directory and rmdir(2) of anything else: EISDIR or ENOTDIR then mean that nothing else stands in the way.
 */
async function askKernel(path: string, isDirectory: boolean): Promise<string | null> {
  const code = await refusalOf(isDirectory ? unlink(path) : rmdir(path));
  return code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOENT' ? null : code;
}

async function refusalOf(asked: Promise<void>): Promise<string | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

const ownMount: Unmovable = {
  why: 'is a mount point',
  remedy:
    "Keep it in a directory inside that mount. In the agent's unit, ReadWritePaths must name the directory around it.",
};

function closedDirectory(parent: string, code: string): Unmovable {
  const [why, remedy] = closedWords[code] ?? [
    `cannot be written (${code})`,
    `Look at ${parent} on the host.`,
  ];
  return { why: `lies in ${parent}, which ${why}`, remedy: remedy.replace('{}', parent) };
}

const closedWords: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['is not there', 'Make {}, or correct the path in the configuration of the agent.'],
  EROFS: [
    'is read-only for the agent',
    "Add {} to ReadWritePaths of the agent's unit; if it is read-only for everybody, look at dmesg and mount it again.",
  ],
  EPERM: ['is immutable', 'Run "chattr -i {}".'],
  EACCES: ['the agent may not write', 'Fix the owner and mode of {}.'],
};

function immutableRemedy(path: string, parent: string): string {
  return `Look with "lsattr -d ${path} ${parent}", and take the attribute away with "chattr -i -a".`;
}
