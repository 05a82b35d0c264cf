/**
 * The backups in this host's backup directory, decoded. What a file holds is kept as long as it is the same one (device, inode, size,
 * times), across restarts too; files are decoded one after another, because a scheduler runs on this host too. Only plain files are
 * read, and none that is longer than a backup may be: the directory is the scheduler's, and what lies there may be anybody's.
 */
import { join } from 'node:path';
import {
  type BackupFile,
  type BackupReport,
  backupNamePattern,
  type KnownBackups,
  type UnreadBackup,
} from '../aurora/backups.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import { inDirectory, listAllNames, type PinnedDirectory } from './files/pinned.ts';
import {
  isMissing,
  lookPlainIn,
  type PlainFile,
  type PlainLook,
  readPlain,
  withPlain,
} from './files/plain-file.ts';
import type { KeptReport, KeptReports } from './kept-reports.ts';
import { requireBackupName } from './names.ts';
import { paced } from './paced.ts';
import { ReadingQueue, type Turn } from './reading-queue.ts';
import { createSettling } from './settling.ts';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads the format; another room's craft. */
interface BackupDecoder {
  inspect(bytes: Chunks): Promise<KeptReport>;
  /** `path` is for errors. */
  readTasks(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<TaskRow>;
}

export interface BackupLibrary {
  /** Newest content first; files without a time come last. AuroraError `too-many-names` when they are more than are looked at. */
  list(): Promise<readonly BackupFile[]>;
  /** What is known by now, in the same order, and what is still to be read; waits for no decoding. Errors as `list`. */
  listKnown(): Promise<KnownBackups>;
  /** AuroraError `backup-missing` when there is no plain file of that name. */
  find(name: string): Promise<BackupFile>;
  /** Checks the name at once and streams afterwards. */
  openTasks(name: string): Promise<AsyncIterable<TaskRow>>;
  /** Notices what is new and what is gone. `settling`: something there has just been written, and is looked at again. */
  look(): Promise<{ readonly settling: boolean }>;
  /** Nothing more is decoded. */
  close(): void;
  /** The bytes of the file, checked and read in the same way; `path` is for errors. */
  openBytes(name: string): Promise<{ path: string; bytes: AsyncIterable<Uint8Array> }>;
}

interface LibraryParts {
  readonly directory: string;
  /** The longest file that is read; a longer one is listed as broken. */
  readonly bytesMax: number;
  readonly decoder: BackupDecoder;
  readonly kept: KeptReports;
  readonly clock: Clock;
}

/** A name with what it says, or with what is said instead of reading it. */
type Found = { readonly name: string } & (
  | { readonly look: PlainLook; readonly refused: null }
  | { readonly look: null; readonly refused: BackupFile }
);

/** How long decoding goes on without a rest after somebody has asked for what is known: they will ask again. */
const hurryMs = 10_000;
/** Looked at together. */
const looksAtOnce = 64;

/** The library of one directory. */
export function createBackupLibrary({
  directory,
  bytesMax,
  decoder,
  kept,
  clock,
}: LibraryParts): BackupLibrary {
  /** By version of the file: of what is there, and read in this life of the agent. */
  const read = new Map<string, KeptReport>();
  const settling = createSettling(clock);
  /** By version: why what is there could not be read. */
  const unreadable = new Map<string, AuroraError>();
  let hurriedUntil = Number.NEGATIVE_INFINITY;

  const reportOf = (version: string): KeptReport | null => {
    const report = read.get(version) ?? kept.find(version);
    if (report !== null) read.set(version, report);
    return report;
  };

  const readFile = (name: string, turn: Turn): Promise<BackupFile> =>
    withPlain(
      join(directory, name),
      async (file: PlainFile) => {
        const wasSettled = settling.isSettled(file);
        const known = reportOf(file.version);
        const report = known ?? (await inspect(file, turn));
        read.set(file.version, report);
        // What was written a moment ago may be written on, within one tick of the file system's clock.
        if (known === null && wasSettled) kept.keep(file.version, report, clock.now());
        if (!wasSettled) settling.noteProvisional(file.version);
        return toFile(name, file, report);
      },
      bytesMax,
    );
  const inspect = (file: PlainFile, turn: Turn): Promise<KeptReport> => {
    const isHurried = (): boolean => turn.isUrgent() || clock.now() < hurriedUntil;
    return decoder.inspect(paced(file.chunks(), { clock, isHurried, mustStop: turn.mustGiveWay }));
  };
  const queue = new ReadingQueue<BackupFile>(readFile);

  const toFile = (name: string, { bytes, mtimeMs }: PlainLook, report: KeptReport): BackupFile => ({
    name,
    bytes,
    mtimeMs,
    report: { ...report, file: join(directory, name) },
  });

  /** A file that is listed, so that somebody learns why it cannot be taken. */
  const refusedFile = async (
    name: string,
    why: AuroraError,
    seen: Partial<PlainLook>,
  ): Promise<BackupFile> => {
    const { bytes = 0, mtimeMs = 0 } = seen;
    return toFile(
      name,
      { bytes, mtimeMs, changedAtMs: 0, version: '' },
      { ...(await decoder.inspect([])), bytes, reasons: [why.message] },
    );
  };

  /** `null` for anything that is not a plain file of that name: links are never followed. */
  const lookAt = async (pinned: PinnedDirectory, name: string): Promise<Found | null> => {
    try {
      return { name, look: await lookPlainIn(pinned, name, bytesMax), refused: null };
    } catch (error) {
      if (isMissing(error) || hasCode(error, 'not-a-file')) return null;
      if (!(error instanceof AuroraError) || !unreadCodes.has(error.code)) throw error;
      const { bytes, mtimeMs } = error.details;
      const refused = await refusedFile(name, error, { bytes: Number(bytes), mtimeMs: Number(mtimeMs) });
      return { name, look: null, refused };
    }
  };

  const lookAround = (): Promise<readonly Found[]> =>
    inDirectory(directory, async (pinned) => {
      const names = (await listAllNames(pinned)).filter((name) => backupNamePattern.test(name));
      const found: Found[] = [];
      for (let at = 0; at < names.length; at += looksAtOnce) {
        const some = names.slice(at, at + looksAtOnce).map((name) => lookAt(pinned, name));
        found.push(...(await Promise.all(some)).filter((one) => one !== null));
      }
      const versions = new Set(found.flatMap(({ look }) => look?.version ?? []));
      for (const map of [read, unreadable])
        for (const version of map.keys()) if (!versions.has(version)) map.delete(version);
      queue.retain(versions);
      settling.see(versions);
      kept.noteSeen(versions, clock.now());
      return found;
    });

  /** The report on it, when there is one that is to be believed; what was just written may not be whole yet. */
  const believed = (look: PlainLook): KeptReport | null => {
    if (settling.isSettled(look) && settling.takeProvisional(look.version)) read.delete(look.version);
    const report = reportOf(look.version);
    return report?.verdict === 'broken' && !settling.isSettled(look) ? null : report;
  };

  /** `null` for what is not a fault of the file. */
  const whyUnread = (error: unknown, name: string): AuroraError | null => {
    const why = explainSystemError(aboutPath(error, join(directory, name)));
    return why?.code === 'agent-stops' ? null : why;
  };

  /** Decodes it for somebody who waits; `null` when it has gone meanwhile. */
  const readNow = async (name: string, version: string): Promise<BackupFile | null> => {
    try {
      return await queue.add(version, name, { urgent: true });
    } catch (error) {
      if (isMissing(error) || hasCode(error, 'not-a-file')) return null;
      const why = whyUnread(error, name);
      if (why === null) throw error;
      return await refusedFile(name, why, {});
    }
  };

  /** It is tried again at every look; until it can be read, it is listed with the reason. */
  const readInBackground = ({ name, look }: { name: string; look: PlainLook }): void => {
    queue.add(look.version, name, { urgent: false }).then(
      () => unreadable.delete(look.version),
      (error: unknown) => {
        const why = whyUnread(error, name);
        if (why !== null) unreadable.set(look.version, why);
      },
    );
  };

  const find = async (name: string): Promise<BackupFile> => {
    const path = requireBackupName(name);
    const found = await inDirectory(directory, (pinned) => lookAt(pinned, path));
    if (found === null) throw missing(name);
    if (found.look === null) return found.refused;
    const report = believed(found.look);
    const file = report === null ? await readNow(name, found.look.version) : toFile(name, found.look, report);
    if (file === null) throw missing(name);
    return file;
  };

  const requireReadable = async (name: string): Promise<string> => {
    const path = join(directory, requireBackupName(name));
    try {
      await withPlain(path, async () => undefined, bytesMax);
    } catch (error) {
      if (error instanceof AuroraError && unreadCodes.has(error.code)) throw error;
      throw missing(name);
    }
    return path;
  };

  return {
    list: async () => {
      const files = await Promise.all(
        (await lookAround()).map(async ({ name, look, refused }) => {
          if (look === null) return refused;
          const report = believed(look);
          return report === null ? readNow(name, look.version) : toFile(name, look, report);
        }),
      );
      return inOrder(files.filter((file) => file !== null));
    },
    listKnown: async () => {
      hurriedUntil = clock.now() + hurryMs;
      const files: BackupFile[] = [];
      const reading: UnreadBackup[] = [];
      for (const { name, look, refused } of await lookAround()) {
        const report = look === null ? null : believed(look);
        if (look === null) files.push(refused);
        else if (report !== null) files.push(toFile(name, look, report));
        else {
          if (settling.isSettled(look)) readInBackground({ name, look });
          const why = unreadable.get(look.version);
          if (why !== undefined) files.push(await refusedFile(name, why, look));
          else reading.push({ name, bytes: look.bytes, mtimeMs: look.mtimeMs, reading: true });
        }
      }
      return { files: inOrder(files), reading: reading.sort((a, b) => (a.name < b.name ? 1 : -1)) };
    },
    find,
    openTasks: async (name) => {
      const path = await requireReadable(name);
      return decoder.readTasks(path, readPlain(path, bytesMax));
    },
    look: async () => {
      let isSettling = false;
      for (const { name, look } of await lookAround()) {
        if (look === null) continue;
        if (!settling.isSettled(look)) isSettling = true;
        else if (believed(look) === null) readInBackground({ name, look });
      }
      return { settling: isSettling };
    },
    close: () => queue.close(),
    openBytes: async (name) => {
      const path = await requireReadable(name);
      return { path, bytes: readPlain(path, bytesMax) };
    },
  };
}

function inOrder(files: readonly BackupFile[]): readonly BackupFile[] {
  return files.toSorted((a, b) => compareTimes(a.report, b.report) || (a.name < b.name ? 1 : -1));
}

function compareTimes({ timestampMs: timeA }: BackupReport, { timestampMs: timeB }: BackupReport): number {
  if (timeA === timeB) return 0;
  return (timeB ?? -Infinity) > (timeA ?? -Infinity) ? 1 : -1;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof AuroraError && error.code === code;
}

/** What is listed, so that somebody learns why it cannot be taken. */
const unreadCodes: ReadonlySet<string> = new Set(['file-too-long', 'file-hollow']);

function missing(name: string): AuroraError {
  return new AuroraError({
    code: 'backup-missing',
    message: `${name} is not a plain file in the backup directory of this host.`,
    hint: 'Look at the list of backups; the scheduler may have rotated it away.',
  });
}
