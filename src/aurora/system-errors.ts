/**
 * What the operating system and SQLite say when a file cannot be written or read, as sentences with path and remedy. Codes of
 * the system are those of errno(3), SQLite's those of sqlite.org/rescode.html.
 */
import { AuroraError } from './errors.ts';

/** An AuroraError as it is; one of the file system or of SQLite as a sentence; `null` for anything else. */
export function explainSystemError(error: unknown): AuroraError | null {
  if (error instanceof AuroraError) return error;
  if (!(error instanceof Error)) return null;
  const code = codeOf(error);
  const words = code === null ? undefined : sentences[code];
  if (code === null || words === undefined) return null;
  const path = textOf(error, 'path') ?? 'a file';
  const [message, hint] = words({ path, to: textOf(error, 'dest') ?? path });
  return new AuroraError({
    code: isFull(error) ? 'disk-full' : 'file-system',
    message: `${message} (${code}).`,
    hint,
    cause: error,
    details: { errno: code, path },
  });
}

/** No room is left, or none for this account. */
export function isFull(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error) : null;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL';
}

/** The error, with the path that it is about when it is of the system and names none: those of an open file do not. */
export function aboutPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || codeOf(error) === null || 'path' in error) return error;
  return Object.assign(error, { path });
}

const retry = 'then look again. Nothing is deleted by a restore.';

/** A sentence without its full stop, and what to do. */
type Words = (about: { path: string; to: string }) => readonly [message: string, hint: string];

const full: Words = ({ path }) => [
  `There is no room left on the disk of ${path}`,
  `Free some, space and inodes ("df -h" and "df -i" on ${path} show which), ${retry}`,
];
const damaged: Words = ({ path }) => [
  `${path} is damaged`,
  'Keep a copy of it as it is, look at the disk ("dmesg"), and put it back from its copy.',
];

const sentences: Readonly<Record<string, Words>> = {
  ENOSPC: full,
  SQLITE_FULL: full,
  EDQUOT: ({ path }) => [
    `The disk quota for ${path} is used up`,
    `Raise it ("quota -v" shows it), or free some of it, ${retry}`,
  ],
  EROFS: ({ path }) => [
    `${path} is on a file system that is read-only here`,
    'Add its directory to ReadWritePaths of the unit. If the kernel has made it read-only ("dmesg"), its disk needs repair first.',
  ],
  EACCES: ({ path }) => [
    `${path} is closed to this program`,
    'Fix the owner and mode of it and of the directories around it.',
  ],
  EPERM: ({ path }) => [
    `${path} may not be changed`,
    `Look with "lsattr -d ${path}": "chattr -i -a" takes immutable and append-only away, on its directory too.`,
  ],
  EMFILE: () => [
    'This program has as many files open as it may have',
    'Raise LimitNOFILE in its unit and start it again.',
  ],
  ENFILE: () => [
    'This machine has as many files open as it may have',
    'Raise fs.file-max, or stop what holds them.',
  ],
  ENOTEMPTY: ({ to }) => [
    `${to} is there already, with something in it`,
    'Look at what it is, and move it elsewhere.',
  ],
  EEXIST: ({ to }) => [`${to} is there already`, 'Look at what it is, and move it elsewhere.'],
  EXDEV: ({ path, to }) => [
    `${path} and ${to} are on two mounts, and a rename does not reach across`,
    'Keep both inside one mount.',
  ],
  EBUSY: ({ path }) => [
    `${path} is a mount, or in use by the kernel`,
    'Keep what is moved in a directory inside the mount.',
  ],
  ENAMETOOLONG: ({ to }) => [
    `The name ${to} is longer than its file system takes`,
    'Choose shorter paths in the configuration.',
  ],
  EFBIG: ({ path }) => [`${path} is larger than this program may write`, 'Raise LimitFSIZE in its unit.'],
  EIO: ({ path }) => [
    `The disk failed at ${path}`,
    'Look at "dmesg". Restore nothing onto a disk that fails; the other hosts have their own.',
  ],
  ESTALE: ({ path }) => [`The server of ${path} no longer knows it`, 'Mount that file system again.'],
  ENOENT: ({ path }) => [`${path} does not exist`, 'Make it, or correct the path in the configuration.'],
  ENOTDIR: ({ path }) => [
    `Something on the way to ${path} is not a directory`,
    'Correct the path in the configuration.',
  ],
  EISDIR: ({ path }) => [`${path} is a directory`, 'Name a file in the configuration.'],
  ELOOP: ({ path }) => [`${path} is a symbolic link`, 'Name what it leads to: links are not followed here.'],
  SQLITE_CANTOPEN: ({ path }) => [
    `The database ${path} cannot be opened`,
    'Its directory must be there and writable for this program, and its disk not full.',
  ],
  SQLITE_READONLY: ({ path }) => [
    `The database ${path} cannot be written`,
    'Fix the owner and mode of it and of its directory; "dmesg" shows whether its disk has become read-only.',
  ],
  SQLITE_IOERR: ({ path }) => [
    `The disk failed at ${path}, or is full`,
    'Look at "df -h" and "dmesg", and start this program again when the disk is in order.',
  ],
  SQLITE_CORRUPT: damaged,
  SQLITE_NOTADB: damaged,
  SQLITE_BUSY: ({ path }) => [`Another program has locked ${path}`, 'Find it with "fuser", and stop it.'],
};

/** Primary result codes; an extended one has its primary one in the lowest byte. */
const sqliteNames: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
};

function codeOf(error: Error): string | null {
  if ('errcode' in error && typeof error.errcode === 'number')
    return sqliteNames[error.errcode & 0xff] ?? null;
  return 'syscall' in error ? textOf(error, 'code') : null;
}

function textOf(error: Error, key: string): string | null {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : null;
}
