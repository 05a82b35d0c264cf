/** Sees how files and directories of a host get their names: everything else is written beside and has none yet. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';

/** `effect` is `rename-…` or `mkdir-…` with what the name stands for. */
export function watchFiles(onEffect: (when: 'before' | 'after', effect: string) => void): void {
  const { rename, mkdir } = fs.promises;
  fs.promises.rename = async (from, to) => {
    const effect = `rename-${roleOf(String(to))}`;
    onEffect('before', effect);
    await rename(from, to);
    onEffect('after', effect);
  };
  const watchedMkdir = async (...args: Parameters<typeof mkdir>): Promise<string | undefined> => {
    const [path] = args;
    if (fs.existsSync(String(path))) return await mkdir(...args);
    const effect = `mkdir-${roleOf(String(path))}`;
    onEffect('before', effect);
    const made = await mkdir(...args);
    onEffect('after', effect);
    return made;
  };
  fs.promises.mkdir = watchedMkdir as typeof mkdir;
  syncBuiltinESMExports();
}

/** The last two names of the path, without what differs from one restore and backup to the next. */
function roleOf(path: string): string {
  return (
    [basename(dirname(path)), basename(path)]
      .join('-')
      .replace(/^aurora-\d-/, '')
      .replace(/scheduler-backup-[\d-]+\d/g, 'backup')
      .replace(/\bR\d+\b(-\d+$)?/g, 'R')
      .replace(/[0-9a-f]{64}/g, 'sha256')
      // LevelDB's own files, numbered on from wherever the log was.
      .replace(/\b\d{6}\b/g, 'N')
  );
}
