/** `backup inspect FILE…`: decodes each to its last byte and judges it. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { BackupReport } from '../aurora/backups.ts';
import { AuroraError } from '../aurora/errors.ts';
import { escapedLines } from '../aurora/printable.ts';
import { describeBackup } from '../backups/describe-backup.ts';
import { bytesText } from '../slack/time.ts';
import { inspectShown, type OffLine, reportLine, runOffLine, statusOfVerdict } from './backup-off-line.ts';
import { type Status, worstOf } from './monitoring.ts';
import { table } from './table.ts';

export function registerInspect(backup: Command, offLine: OffLine): void {
  backup
    .command('inspect')
    .description('decode backups to their last byte and judge them')
    .argument('<file...>', 'files as a scheduler writes them, whatever their name')
    .option('--json', 'one JSON object a line instead of text')
    .addHelpText('after', help)
    .action(async (files: readonly string[], options: { json?: true }, command: Command) => {
      const output = command.configureOutput();
      const complain = (text: string) => output.writeErr?.(text);
      const print = (text: string) => output.writeOut?.(`${text}\n`);
      await runOffLine(offLine, complain, async (signal) => {
        const statuses: Status[] = [];
        const reports: BackupReport[] = [];
        for (const file of files) {
          const report = await inspectShown(offLine, file, signal).catch((thrown: unknown) => {
            if (!(thrown instanceof AuroraError) || signal.aborted) throw thrown;
            complain(escapedLines(`${thrown.message} ${thrown.hint}\n`));
            return null;
          });
          statuses.push(report === null ? 'unknown' : statusOfVerdict[report.verdict]);
          if (report === null) continue;
          print(options.json === true ? reportLine(report) : describeBackup(report));
          reports.push(report);
        }
        if (options.json !== true && reports.length > 1) print(`\n${overview(reports)}`);
        return worstOf(statuses);
      });
    });
}

function overview(reports: readonly BackupReport[]): string {
  return table([
    ['VERDICT', 'WRITTEN (UTC)', 'TASKS', 'JOBS', 'SIZE', 'FILE'],
    ...reports.map(({ verdict, timestampMs, tasks, jobs, bytes, file }) => [
      verdict,
      writtenText(timestampMs),
      String(tasks.total),
      String(jobs),
      bytesText(bytes),
      basename(file),
    ]),
  ]);
}

/** Any number may stand in a file. */
export function writtenText(timestampMs: number | null): string {
  const date = new Date(timestampMs ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 16).replace('T', ' ');
}

const help = `
Verdicts:
  ok          whole, and it passed every check
  suspicious  a scheduler accepts it, but read the reasons before you restore it
  unlivable   whole, and no scheduler survives it: each one that loads it dies at its start, again and
              again. Where only tasks kill, a staged restore can leave them out
  broken      a scheduler refuses it, or would stage something other than a backup

Exit status, as monitoring reads it, of the worst file: 0 ok, 1 suspicious, 2 unlivable or broken,
3 when a file cannot be read; 130 after Ctrl-C. The other files are inspected all the same.`;
