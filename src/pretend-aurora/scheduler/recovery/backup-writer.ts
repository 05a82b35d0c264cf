import fs from 'node:fs';
import { snapshot } from '../../../thrift/structs.ts';
import { encodeStruct } from '../../../thrift/tbinary.ts';
import type { Snapshot } from '../storage/store.ts';

const prefix = 'scheduler-backup-';

/**
 * Writes backups as a scheduler does: under `temp_…`, renamed, and then only so many kept (aurora.md 5.1 to
 * 5.4).
 */
export class BackupWriter {
  private readonly directory: string;
  private readonly keep: number;
  succeeded = 0;
  failed = 0;

  constructor({ directory, keep }: { directory: string; keep: number }) {
    this.directory = directory;
    this.keep = keep;
  }

  /** Never throws for the disk: a scheduler only counts a failure, and answers OK. */
  write(taken: Snapshot, at: Date): void {
    const name = backupName(at);
    const temporary = `${this.directory}/temp_${name}`;
    try {
      fs.writeFileSync(temporary, encodeStruct(snapshot, taken));
      fs.renameSync(temporary, `${this.directory}/${name}`);
      this.succeeded++;
    } catch {
      this.failed++;
      fs.rmSync(temporary, { force: true });
    }
    this.dropOldest();
  }

  /** Everything in the directory, whatever it is. */
  list(): string[] {
    return fs.readdirSync(this.directory);
  }

  private dropOldest(): void {
    let names: string[];
    try {
      names = this.list();
    } catch {
      return;
    }
    const backups = names.filter((name) => name.startsWith(prefix)).sort();
    for (const name of backups.slice(0, Math.max(0, backups.length - this.keep))) {
      fs.rmSync(`${this.directory}/${name}`, { force: true, recursive: true });
    }
  }
}

/** The minute in the process's own time zone (TZ), as the JVM formats it. */
function backupName(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${prefix}${day}-${two(at.getHours())}-${two(at.getMinutes())}`;
}
