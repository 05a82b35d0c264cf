/** Modes and owners of files that must belong to one program alone, of the directories above them, and of what links name. */
import { lstat, readlink, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type FileUse, judgeAccess } from '../aurora/file-modes.ts';

export interface LookedAt {
  /** As the configuration calls it. */
  readonly key: string;
  /** Absolute. */
  readonly path: string;
  readonly use: FileUse;
}

interface ModeFault {
  readonly message: string;
  readonly hint: string;
}

const linksMax = 16;

/**
 * What other accounts than `own` and root could do with them. Whoever may write in a directory above can put another file in
 * place. What is not there is no fault here: whoever needs it says so.
 */
export async function lookAtModes(files: readonly LookedAt[], own: number): Promise<readonly ModeFault[]> {
  const faults = new Map<string, ModeFault>();
  for (const { key, path, use } of files) {
    const names = await namesOf(path);
    const above = new Set(names.flatMap(parentsOf));
    for (const place of [...names, ...above]) {
      const found = await lstat(place).catch(() => null);
      if (found === null || found.isSymbolicLink() || faults.has(place)) continue;
      const { uid, mode } = found;
      const fault = judgeAccess(
        { path: place, uid, mode, isDirectory: found.isDirectory() },
        { use: names.includes(place) ? use : 'trusted', own },
      );
      if (fault === null) continue;
      const about = place === path ? `${place} (${key})` : `${place}, which leads to ${key} (${path}),`;
      faults.set(place, { message: `${about} ${fault.why}.`, hint: fault.remedy });
    }
  }
  return [...faults.values()];
}

/** The file itself under every name by which links lead to it. */
async function namesOf(path: string): Promise<readonly string[]> {
  const names = [path];
  for (let at = path; names.length < linksMax; names.push(at)) {
    const target = await readlink(at).catch(() => null);
    if (target === null) break;
    at = resolve(dirname(at), target);
  }
  const real = await realpath(path).catch(() => path);
  return [...new Set([...names, real])];
}

function parentsOf(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...parentsOf(above)];
}
