/** LevelDB's own words for why a directory could not be opened; mesos-log and schedulers print them. */
export class OpenError extends Error {
  override name = 'OpenError';
}

const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
};

/** `NotFound: …` for a missing file, `IO error: …` for the rest (`util/env_posix.cc`, PosixError). */
export function openErrorOf(path: string, thrown: unknown): OpenError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
  const kind = code === 'ENOENT' ? 'NotFound' : 'IO error';
  return new OpenError(`${kind}: ${path}: ${systemErrors[code] ?? 'Input/output error'}`);
}
