/** `backup watch DIR`: judges a directory of backups once, for a monitoring system, or again and again, and says what has changed. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type BackupReport, backupNamePattern } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { escaped } from '../aurora/printable.ts';
import {
  type DirectoryFile,
  type DirectoryFinding,
  type DirectoryJudgement,
  judgeDirectory,
} from '../backups/judge-directory.ts';
import { count, durationText } from '../slack/time.ts';
import { inspectShown, type OffLine, runOffLine } from './backup-off-line.ts';
import { parseDuration } from './duration.ts';
import type { Status } from './monitoring.ts';

const lookEveryMs = 60_000;
/** A scheduler keeps 48 unless it is told otherwise. */
const filesMax = 5_000;

interface Options {
  readonly interval: number;
  readonly once?: true;
  readonly json?: true;
}

export function registerWatch(backup: Command, offLine: OffLine): void {
  backup
    .command('watch')
    .description('judge the backups in a directory: the age of the newest, shrinking ones, broken ones')
    .argument('<directory>', '-backup_dir of a scheduler')
    .option(
      '--interval <duration>',
      'how often a backup is expected (-backup_interval)',
      parseInterval,
      3_600_000,
    )
    .option('--once', 'look once and end with the status, for a monitoring system')
    .option('--json', 'JSON objects, one a line, instead of text')
    .addHelpText('after', help)
    .action(async (directory: string, options: Options, command: Command) => {
      const output = command.configureOutput();
      const print = (text: string) => output.writeOut?.(`${text}\n`);
      const directoryReader = createReader(offLine, directory);
      await runOffLine(
        offLine,
        (text) => output.writeErr?.(text),
        async (signal) => {
          const look = async (): Promise<DirectoryJudgement> =>
            judgeDirectory(await directoryReader(signal), {
              now: offLine.clock.now(),
              intervalMs: options.interval,
            });
          if (options.once === true) return tellOnce(await look(), options, print);
          return await keepTelling(offLine, { look, print, json: options.json === true, signal });
        },
      );
    });
}

function tellOnce(judged: DirectoryJudgement, options: Options, print: (text: string) => void): Status {
  if (options.json === true) print(JSON.stringify(judged));
  else
    for (const line of [
      `${headLine(judged)} | ${metricsOf(judged, options)}`,
      ...judged.findings.map(findingLine),
    ])
      print(line);
  return judged.level;
}

/** Each finding is said once when it comes, and once when it has gone. Ends when it is interrupted. */
async function keepTelling(
  { clock }: OffLine,
  watch: {
    look: () => Promise<DirectoryJudgement>;
    print: (text: string) => void;
    json: boolean;
    signal: AbortSignal;
  },
): Promise<Status> {
  const { look, print, json, signal } = watch;
  let known: ReadonlyMap<string, DirectoryFinding> | null = null;
  while (!signal.aborted) {
    const judged = await look();
    const now = new Map(judged.findings.map((finding) => [finding.code, finding]));
    const at = new Date(clock.now()).toISOString().slice(0, 19);
    const tell = (what: 'found' | 'gone', finding: DirectoryFinding): void =>
      print(
        json
          ? JSON.stringify({ at, what, ...finding })
          : `${at}Z ${what === 'gone' ? 'gone: ' : ''}${findingLine(finding)}`,
      );
    if (known === null && !json) print(`${at}Z ${headLine(judged)}`);
    for (const [code, finding] of now) if (known?.has(code) !== true) tell('found', finding);
    for (const [code, finding] of known ?? []) if (!now.has(code)) tell('gone', finding);
    known = now;
    await clock.sleep(lookEveryMs, signal);
  }
  return 'ok';
}

/** Files of before are not decoded again. */
function createReader(
  offLine: OffLine,
  directory: string,
): (signal: AbortSignal) => Promise<DirectoryFile[]> {
  let decoded = new Map<string, BackupReport>();
  return async (signal) => {
    const names = (await list(directory)).filter((name) => backupNamePattern.test(name));
    if (names.length > filesMax) throw tooMany(directory, names.length);
    const files: DirectoryFile[] = [];
    const still = new Map<string, BackupReport>();
    for (const name of names.sort()) {
      const file = join(directory, name);
      const found = await stat(file, { bigint: true }).catch(() => null);
      // Rotated away since it was listed.
      if (found === null) continue;
      const version = `${name} ${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`;
      const report = decoded.get(version) ?? (await inspectShown(offLine, file, signal));
      still.set(version, report);
      files.push({ name, mtimeMs: Number(found.mtimeMs), report });
    }
    decoded = still;
    return files;
  };
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    throw new AuroraError({
      code: 'directory-unreadable',
      message: `The directory ${directory} cannot be read: ${messageOf(cause)}.`,
      hint: 'Check the path (-backup_dir of the scheduler) and that this user may read it.',
      cause,
    });
  }
}

function tooMany(directory: string, files: number): AuroraError {
  return new AuroraError({
    code: 'too-many-names',
    message: `There are ${files} backups in ${directory}, and at most ${filesMax} are looked at.`,
    hint: 'A scheduler keeps as many as -max_saved_backups says: look at that flag.',
  });
}

const words = { ok: 'OK', warning: 'WARNING', critical: 'CRITICAL' } as const;

function headLine({ level, newest, findings }: DirectoryJudgement): string {
  const what =
    newest === null
      ? (findings[0]?.says ?? 'There is no backup.')
      : `the newest whole backup is ${durationText(newest.ageMs)} old and holds ${count(newest.tasks, 'task')}`;
  return `BACKUPS ${words[level]}: ${escaped(what)}`;
}

/** Performance data as monitoring plug-ins write it: value;warning;critical. */
function metricsOf({ newest }: DirectoryJudgement, { interval }: Options): string {
  if (newest === null) return 'age=U tasks=U';
  const seconds = (ms: number): number => Math.round(ms / 1000);
  return `age=${seconds(newest.ageMs)}s;${seconds(2 * interval)};${seconds(4 * interval)} tasks=${newest.tasks}`;
}

function findingLine({ level, says, hint }: DirectoryFinding): string {
  return escaped(`${words[level]}: ${says} ${hint}`);
}

function parseInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 60_000)
    throw new InvalidArgumentError('It must be a duration of a minute or more, such as 30m, 1h or 6h.');
  return ms;
}

const help = `
Warnings: no whole backup for twice the interval; one that cannot be restored; one with less than half of the
tasks of the one before, or of another framework; a clock that cannot be right. Critical: no whole backup at all,
or none for four times the interval; the last that was written cannot be restored.

Exit status with --once: 0 ok, 1 warning, 2 critical, 3 when the directory cannot be read. Without it, it looks
every minute, says each finding once when it comes and once when it has gone, and ends on Ctrl-C with 130.`;
