/** Who else than its owner can use a file or a directory: judged by mode and owner alone. Pure. */

/** The part of a `stat` that tells it; `isDirectory` with the sticky bit lets nobody rename what others own. */
interface FileAccess {
  readonly path: string;
  readonly uid: number;
  readonly mode: number;
  readonly isDirectory: boolean;
}

/** `secret`: nobody else may read it. `trusted`: others may read it, and nobody else may change it. */
export type FileUse = 'secret' | 'trusted';

/** What is wrong, as the end of a sentence that begins with the path, and what to do; `null` when nothing is. */
export function judgeAccess(
  { path, uid, mode, isDirectory }: FileAccess,
  { use, own }: { use: FileUse; own: number },
): { readonly why: string; readonly remedy: string } | null {
  if (uid !== 0 && uid !== own) {
    return { why: `belongs to another account (uid ${uid})`, remedy: `Run "chown ${own} ${path}".` };
  }
  const sticky = isDirectory && (mode & 0o1000) !== 0;
  if ((mode & 0o022) !== 0 && !sticky) {
    return { why: 'can be changed by other accounts', remedy: `Run "chmod go-w ${path}".` };
  }
  if (use === 'secret' && (mode & 0o077) !== 0) {
    return { why: 'can be read by other accounts', remedy: `Run "chmod go-rwx ${path}".` };
  }
  return null;
}
