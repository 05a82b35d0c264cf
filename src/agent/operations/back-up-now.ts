/**
 * Has the scheduler of this host write a backup. It answers OK when writing failed, replaces a file of the same minute, and on a host
 * with a blank log writes an empty one (aurora.md 4.2, 5.1, 5.3): so it is asked only when it leads with tasks, in a minute of which
 * there is no file, and only a file that has appeared and decodes to its end is a backup.
 */
import { join } from 'node:path';
import { type BackupReport, backupNamePattern, isRestorable } from '../../aurora/backups.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEvidence } from '../../aurora/operations.ts';
import { countTasks } from '../../aurora/tasks.ts';
import { decodeBackup } from '../../backups/decode-backup.ts';
import { inDirectory, listAllNames } from '../files/pinned.ts';
import { isMissing, withPlain } from '../files/plain-file.ts';
import { readLeaderHealth, readVars } from '../scheduler-pages.ts';
import type { Operation, OperationContext } from './operation.ts';
import { cannotTell } from './scheduler-call.ts';

type Evidence = OperationEvidence['back-up-now'];

const minuteMs = 60_000;
/** Time zones are whole quarters of an hour apart, and a name does not say its own. */
const zoneStepMs = 15 * minuteMs;
const zoneMsMax = 14 * 60 * minuteMs;
/** Between the look at the names and the file; a snapshot of a large cluster takes seconds before its name is made. */
const marginMs = 20_000;
const freeMinuteWithinMs = 3 * minuteMs;
const appearsWithinMs = 2 * minuteMs;
const lookEveryMs = 1_000;

export const backUpNow: Operation<'back-up-now'> = {
  // Who does not lead is told so before it begins: what began counts for the pace of host-rules.ts.
  observe: async (context) => {
    if (context.interrupted) return cannotTell;
    await requireLeader(context);
    return { state: 'not-done' };
  },
  run: async (context) => {
    await requireLeader(context);
    const before = await waitForFreeMinute(context);
    const startedAt = context.clock.now();
    const { answer, messages } = await context.scheduler.performBackup();
    if (answer === 'error' || answer === 'not-ready') throw refused(messages);
    return { changed: true, evidence: await findNew(context, { before, startedAt }) };
  },
};

async function requireLeader({ config, reader }: OperationContext): Promise<void> {
  const page = { host: config.scheduler.httpAddress, port: config.scheduler.httpPort };
  const [health, vars] = await Promise.all([readLeaderHealth(page), readVars(page)]);
  if (health !== 200 || vars?.['framework_registered'] !== 1)
    throw notNow(
      'The scheduler of this host does not lead.',
      'Ask the one that does: only a leader has the tasks.',
    );
  if (!(await reader.isStorageReady()))
    throw notNow(
      'The storage of the scheduler is not READY.',
      'Wait until it is; a backup now would be empty.',
    );
  const counted = Object.entries(vars).filter(([name]) => name.startsWith('task_store_'));
  const tasks =
    counted.length === 0
      ? await reader.listTasks(countTasks)
      : counted.reduce((sum, [, value]) => sum + Number(value), 0);
  if (tasks === 0)
    throw notNow(
      'The scheduler has no tasks, and an empty backup is worthless.',
      'If there should be tasks, look at the leader before anything else: good backups must not be rotated away.',
    );
}

/** The names that are there, in a minute of which there is none, with enough of it left. AuroraError `minute-taken`. */
async function waitForFreeMinute({ config, clock }: OperationContext): Promise<ReadonlySet<string>> {
  const endsAt = clock.now() + freeMinuteWithinMs;
  for (;;) {
    const names = await listNames(config.paths.backups);
    const now = clock.now();
    // A call that runs over the end of this minute writes a file of the next one.
    if ([now, now + marginMs].every((at) => !names.some((name) => mayBeOf(name, at)))) return new Set(names);
    if (now >= endsAt)
      throw new AuroraError({
        code: 'minute-taken',
        message:
          'There are backups of this minute and of those around it, and one of them would be overwritten.',
        hint: 'Nothing was asked of the scheduler. There is a fresh backup already: look at the list.',
      });
    await clock.sleep(Math.min(marginMs, minuteMs - (now % minuteMs)));
  }
}

/** Whether a file of this name is of that minute in some time zone. */
function mayBeOf(name: string, atMs: number): boolean {
  const [, day, hour, minute] = /^scheduler-backup-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)$/.exec(name) ?? [];
  const named = Date.parse(`${day ?? ''}T${hour ?? ''}:${minute ?? ''}:00Z`);
  const apart = named - Math.floor(atMs / minuteMs) * minuteMs;
  return Math.abs(apart) <= zoneMsMax && apart % zoneStepMs === 0;
}

/** What was not there before and is whole. Its tail may come a moment after its name. AuroraError `backup-not-proven`. */
async function findNew(
  context: OperationContext,
  { before, startedAt }: { before: ReadonlySet<string>; startedAt: number },
): Promise<Evidence> {
  const { config, clock } = context;
  const endsAt = clock.now() + appearsWithinMs;
  const read = createReader(context);
  for (;;) {
    const fresh = (await listNames(config.paths.backups)).filter((name) => !before.has(name)).sort();
    const name = fresh.at(-1);
    const report = name === undefined ? null : await read(name);
    if (name !== undefined && report !== null && isRestorable(report) && report.tasks.total > 0) {
      const { sha256, bytes, tasks, timestampMs } = report;
      return { name, sha256, bytes, tasks: tasks.total, atMs: timestampMs, ms: clock.now() - startedAt };
    }
    if (clock.now() >= endsAt) throw notProven(name, report);
    await clock.sleep(lookEveryMs);
  }
}

/** Decodes a file again only when it has changed. */
function createReader({
  config,
}: OperationContext): (name: string) => Promise<Omit<BackupReport, 'file'> | null> {
  let last: { version: string; report: Omit<BackupReport, 'file'> } | null = null;
  return async (name) => {
    const path = join(config.paths.backups, name);
    try {
      return await withPlain(
        path,
        async ({ version, chunks }) => {
          if (last?.version !== version) last = { version, report: await decodeBackup(chunks()) };
          return last.report;
        },
        config.bounds.uploadBytes,
      );
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };
}

async function listNames(directory: string): Promise<string[]> {
  return (await inDirectory(directory, listAllNames)).filter((name) => backupNamePattern.test(name));
}

function notNow(message: string, hint: string): AuroraError {
  return new AuroraError({ code: 'not-backed-up', message: `${message} Nothing was sent to it.`, hint });
}

function refused(messages: readonly string[]): AuroraError {
  return new AuroraError({
    code: 'not-backed-up',
    message: `The scheduler refused to write a backup: ${messages.join('; ') || 'without a reason'}.`,
    hint: 'Look at its log; it may have just lost its leadership.',
  });
}

function notProven(
  name: string | undefined,
  report: Pick<BackupReport, 'verdict' | 'reasons'> | null,
): AuroraError {
  const found =
    name === undefined
      ? 'no new file has appeared'
      : `${name} is ${report === null ? 'gone again' : `${report.verdict}: ${report.reasons.join(' ')}`}`;
  return new AuroraError({
    code: 'backup-not-proven',
    message: `The scheduler was asked to write a backup, and ${found}.`,
    hint: 'Its OK proves nothing: look at scheduler_backup_failed in /vars, at its log, and at the room in -backup_dir.',
  });
}
