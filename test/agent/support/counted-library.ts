/** A library over a real directory and a real database, that counts what is decoded, and can hold a decoding. */
import { basename } from 'node:path';
import { type BackupLibrary, createBackupLibrary } from '../../../src/agent/backup-library.ts';
import { type KeptReports, openKeptReports } from '../../../src/agent/kept-reports.ts';
import type { Clock } from '../../../src/aurora/clock.ts';
import { decodeBackup } from '../../../src/backups/decode-backup.ts';
import { readTaskRows } from '../../../src/backups/task-rows.ts';

export interface CountedLibrary extends BackupLibrary {
  /** Decodings that began and were not of nothing, in bytes that they took. */
  readonly decoded: readonly number[];
  readonly warnings: readonly string[];
  /** Goes away as an agent that ends does; the database stays. */
  close(): void;
}

interface Setting {
  readonly directory: string;
  readonly clock: Clock;
  /** Of the database. */
  readonly state: string;
  readonly decoderVersion?: number;
  readonly bytesMax?: number;
  /** Before each piece that is decoded; a promise holds it. */
  readonly onPiece?: (bytesSoFar: number) => Promise<void> | undefined;
}

export function countedLibrary(setting: Setting): CountedLibrary {
  const { directory, clock, state, decoderVersion = 1, bytesMax = 4 * 1024 ** 3, onPiece } = setting;
  const decoded: number[] = [];
  const warnings: string[] = [];
  const kept: KeptReports = openKeptReports({
    path: state,
    decoderVersion,
    warn: (fields, message) => warnings.push(`${message}: ${String(fields['why'])}`),
  });
  const library = createBackupLibrary({
    directory,
    bytesMax,
    kept,
    clock,
    decoder: {
      inspect: async (bytes) => {
        if (Array.isArray(bytes) && bytes.length === 0) return await decodeBackup([]);
        const mine = decoded.push(0) - 1;
        return await decodeBackup(
          (async function* () {
            for await (const piece of bytes) {
              await onPiece?.(decoded[mine] ?? 0);
              decoded[mine] = (decoded[mine] ?? 0) + piece.length;
              yield piece;
            }
          })(),
        );
      },
      readTasks: readTaskRows,
    },
  });
  return {
    ...library,
    decoded,
    warnings,
    close: () => {
      library.close();
      kept.close();
    },
  };
}

/** Names alone, of what is known and of what is still read. */
export async function namesOf(library: BackupLibrary): Promise<{ known: string[]; reading: string[] }> {
  const { files, reading } = await library.listKnown();
  return {
    known: files.map(({ report }) => basename(report.file)),
    reading: reading.map(({ name }) => name),
  };
}
