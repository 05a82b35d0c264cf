/** What a person or a monitoring system should know of the backups in one directory. Pure. */
import { judgeBackupTime } from '../aurora/backup-time.ts';
import { type BackupReport, isRestorable } from '../aurora/backups.ts';

export type Level = 'ok' | 'warning' | 'critical';

export interface DirectoryFinding {
  readonly level: Exclude<Level, 'ok'>;
  /** The same for the same finding, also when its numbers have moved. */
  readonly code: string;
  /** One sentence. */
  readonly says: string;
  readonly hint: string;
}

export interface DirectoryFile {
  readonly name: string;
  readonly mtimeMs: number;
  readonly report: BackupReport;
}

export interface DirectoryJudgement {
  readonly level: Level;
  readonly findings: readonly DirectoryFinding[];
  /** The newest whole one by its own time, `null` when there is none. */
  readonly newest: { readonly name: string; readonly ageMs: number; readonly tasks: number } | null;
}

/** A scheduler gives a file its name before its tail is on the disk (aurora.md 5.3). */
const writingMs = 10_000;

/** `intervalMs`: how often a backup is expected (`-backup_interval`). One more than twice as old is a warning, four times critical. */
export function judgeDirectory(
  files: readonly DirectoryFile[],
  { now, intervalMs }: { now: number; intervalMs: number },
): DirectoryJudgement {
  const settled = files.filter(({ mtimeMs, report }) => isRestorable(report) || now - mtimeMs > writingMs);
  const whole = settled
    .filter(({ report }) => isRestorable(report))
    .flatMap((file) => {
      const time = judgeBackupTime(file.report.timestampMs, now);
      return time.kind === 'known' ? [{ ...file, ageMs: time.ageMs }] : [];
    })
    .sort((a, b) => a.ageMs - b.ageMs);
  const [newest, before] = whole;
  const findings = [
    ...(newest === undefined ? [none(files.length)] : judgeAge(newest, intervalMs)),
    ...(newest !== undefined && before !== undefined ? judgeChange(newest, before) : []),
    ...judgeUnusable(settled, newest),
    ...judgeTimes(settled, now),
  ];
  return {
    level: levelOf(findings),
    findings,
    newest:
      newest === undefined
        ? null
        : { name: newest.name, ageMs: newest.ageMs, tasks: newest.report.tasks.total },
  };
}

function levelOf(findings: readonly DirectoryFinding[]): Level {
  if (findings.some(({ level }) => level === 'critical')) return 'critical';
  return findings.length > 0 ? 'warning' : 'ok';
}

function none(files: number): DirectoryFinding {
  return {
    level: 'critical',
    code: 'none',
    says:
      files === 0
        ? 'There is no backup.'
        : `${files === 1 ? 'The only file is not a' : `None of the ${files} files is a`} whole backup with a timestamp.`,
    hint: 'Look at -backup_dir of the scheduler, and on the other hosts: only the leader writes backups.',
  };
}

function judgeAge({ name, ageMs }: { name: string; ageMs: number }, intervalMs: number): DirectoryFinding[] {
  if (ageMs <= 2 * intervalMs) return [];
  const level = ageMs > 4 * intervalMs ? 'critical' : 'warning';
  return [
    {
      level,
      code: `old-${level}`,
      says: `The newest whole backup, ${name}, is older than ${level === 'critical' ? 'four times' : 'twice'} the interval.`,
      hint: 'Look on the other hosts: only the leader writes backups. A leader that restarts more often than the interval writes none.',
    },
  ];
}

function judgeChange(newest: DirectoryFile, before: DirectoryFile): DirectoryFinding[] {
  const [is, was] = [newest.report.tasks.total, before.report.tasks.total];
  const other = newest.report.frameworkId !== before.report.frameworkId;
  return [
    ...(was > 0 && is < was / 2
      ? [
          {
            level: 'warning' as const,
            code: 'shrunk',
            says: `${newest.name} holds ${is} tasks, and ${before.name} before it held ${was}.`,
            hint: 'If nobody ended that many, the scheduler has lost them: keep the older one out of rotation.',
          },
        ]
      : []),
    ...(other
      ? [
          {
            level: 'warning' as const,
            code: 'other-framework',
            says: `${newest.name} belongs to a different framework than ${before.name}.`,
            hint: 'The scheduler has started from scratch, or a file of another cluster is here: keep the older one out of rotation.',
          },
        ]
      : []),
  ];
}

/** What nobody can restore weighs more when it is the last that was written. */
function judgeUnusable(
  files: readonly DirectoryFile[],
  newest: DirectoryFile | undefined,
): DirectoryFinding[] {
  return files.flatMap(({ name, mtimeMs, report }) => {
    if (isRestorable(report)) return [];
    const isLast = newest === undefined || mtimeMs > newest.mtimeMs;
    return [
      {
        level: isLast ? ('critical' as const) : ('warning' as const),
        code: `unusable-${name}`,
        says: `${name} is ${report.verdict}: ${report.reasons[0] ?? 'it cannot be restored'}`,
        hint: 'Restore another one. If the newest ones are like that, look at the disk and at the scheduler.',
      },
    ];
  });
}

function judgeTimes(files: readonly DirectoryFile[], now: number): DirectoryFinding[] {
  return files.flatMap(({ name, report }) => {
    const { kind } = judgeBackupTime(report.timestampMs, now);
    if (!isRestorable(report) || kind === 'known') return [];
    return [
      {
        level: 'warning' as const,
        code: `time-${name}`,
        says: `${name} has ${kind === 'none' ? 'no timestamp' : kind === 'ahead' ? 'a time ahead of this clock' : 'a date before Aurora existed'}.`,
        hint: 'Compare the clock of its host with this one; its age is unknown.',
      },
    ];
  });
}
