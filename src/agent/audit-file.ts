/**
 * One chain of lines on disk: a current file and rotated ones, bounded in number. Each line names the hash of the one before
 * it (audit-chain.ts), also over a restart and over a line that a crash cut off.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { chainStart, hashLine } from './audit-chain.ts';

export interface AuditBounds {
  readonly fileBytes: number;
  /** Rotated files that are kept. */
  readonly files: number;
}

export interface AuditFile {
  /** Its current file. */
  readonly path: string;
  /** Throws when it cannot be written; the next line vouches for what was cut off. */
  append(fields: object): void;
  sync(): void;
  /** Hash of the last line. */
  head(): string;
  close(): void;
}

/** More than the longest line of any version. */
const tailBytes = 512 * 1024;

/** Opens or begins `<name>.jsonl` in `directory`, readable by its owner only. */
export function openAuditFile(directory: string, name: string, bounds: AuditBounds): AuditFile {
  const path = join(directory, `${name}.jsonl`);
  let previous = lastHash(directory, name);
  let file = openSync(path, 'a+', 0o600);
  let bytes = fstatSync(file).size;
  /** Where the file ends is known: nothing has failed since it was last looked at. */
  let sure = false;

  const rotate = (): void => {
    fsyncSync(file);
    closeSync(file);
    const rotated = listRotated(directory, name);
    const turn = turnOf(rotated.at(-1) ?? '', name) + 1;
    renameSync(path, join(directory, `${name}-${String(turn).padStart(6, '0')}.jsonl`));
    for (const old of rotated.slice(0, Math.max(0, rotated.length + 1 - bounds.files))) {
      unlinkSync(join(directory, old));
    }
    file = openSync(path, 'a+', 0o600);
    bytes = 0;
  };

  return {
    path,
    append: (fields) => {
      if (bytes > bounds.fileBytes) rotate();
      // After a crash or a failed write half a line may be there: the next one begins on its own and vouches for it.
      const torn = !sure && endsMidLine(file);
      if (torn) writeSync(file, '\n');
      if (!sure) previous = lastHash(directory, name);
      const line = JSON.stringify({ ...fields, ...(torn ? { torn } : {}), previous });
      sure = false;
      writeWhole(file, `${line}\n`);
      sure = true;
      bytes += Buffer.byteLength(line) + 1;
      previous = hashLine(line);
    },
    sync: () => fsyncSync(file),
    head: () => previous,
    close: () => {
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** Every file of that chain, oldest first, as absolute paths. */
export function listAuditFiles(directory: string, name: string): readonly string[] {
  const current = `${name}.jsonl`;
  const names = [...listRotated(directory, name), ...(existsSync(join(directory, current)) ? [current] : [])];
  return names.map((file) => join(directory, file));
}

function listRotated(directory: string, name: string): readonly string[] {
  return readdirSync(directory)
    .filter((file) => turnOf(file, name) > 0)
    .sort((a, b) => turnOf(a, name) - turnOf(b, name));
}

/** Which rotated file it is, from 1; 0 for any other file. */
function turnOf(file: string, name: string): number {
  return file.startsWith(`${name}-`)
    ? Number(/^(\d{6,9})\.jsonl$/.exec(file.slice(name.length + 1))?.[1] ?? 0)
    : 0;
}

/** Of the last line there is, whole or not. */
function lastHash(directory: string, name: string): string {
  for (const path of listAuditFiles(directory, name).toReversed()) {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(size, tailBytes));
      readSync(file, tail, 0, tail.length, size - tail.length);
      const last = tail.toString('utf8').replace(/\n$/, '').split('\n').at(-1) ?? '';
      if (last !== '') return hashLine(last);
    } finally {
      closeSync(file);
    }
  }
  return chainStart;
}

function endsMidLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
