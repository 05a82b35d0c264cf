/** Modes and owners of files that must belong to one program alone, of the directories above them, and of what links name. */
import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type FileUse, judgeAccess } from '../aurora/file-modes.ts';

export interface LookedAt {
  /** As it is called in the configuration. */
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

/** What other accounts could do with them. What is not there is nobody's fault here: whoever needs it says so. */
export async function lookAtModes(files: readonly LookedAt[], own: number): Promise<readonly ModeFault[]> {
  const faults = new Map<string, ModeFault>();
  for (const file of files) {
    for (const { path, use } of await placesOf(file)) {
      const found = await lstat(path).catch(() => null);
      if (found === null || found.isSymbolicLink()) continue;
      const { uid, mode } = found;
      const fault = judgeAccess({ path, uid, mode, isDirectory: found.isDirectory() }, { use, own });
      if (fault === null || faults.has(path)) continue;
      const about = path === file.path ? `${path} (${file.key})` : `${path}, on the way to ${file.key},`;
      faults.set(path, { message: `${about} ${fault.why}.`, hint: fault.remedy });
    }
  }
  return [...faults.values()];
}

/** The file, what it links to, and every directory above each of them: who may rename there may put another one in place. */
async function placesOf({ path, use }: LookedAt): Promise<readonly { path: string; use: FileUse }[]> {
  const places: { path: string; use: FileUse }[] = [];
  let at = path;
  for (let links = 0; links < linksMax; links += 1) {
    places.push({ path: at, use });
    for (let above = dirname(at); ; above = dirname(above)) {
      places.push({ path: above, use: 'trusted' });
      if (above === dirname(above)) break;
    }
    const target = await readlink(at).catch(() => null);
    if (target === null) return await withReal(places, { path, use });
    at = resolve(dirname(at), target);
  }
  return places;
}

/** A directory above may be a link as well. */
async function withReal(
  places: readonly { path: string; use: FileUse }[],
  { path }: { path: string; use: FileUse },
): Promise<readonly { path: string; use: FileUse }[]> {
  const linked = places.filter((place) => place.path !== path && place.use === 'trusted');
  const real = await Promise.all(
    linked.map(async (place) => ((await stat(place.path).catch(() => null)) === null ? [] : [place])),
  );
  return [...places.filter((place) => !linked.includes(place)), ...real.flat()];
}
