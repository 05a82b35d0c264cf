/** `backup diff BEFORE AFTER`: what is different between two backups. Memory goes by their jobs, not by their tasks. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { type ClusterOutline, collectOutline } from '../aurora/outline.ts';
import { escaped } from '../aurora/printable.ts';
import { describeDiff } from '../backups/describe-diff.ts';
import { diffOutlines, isSame } from '../backups/diff.ts';
import { readOutline } from '../backups/read-outline.ts';
import { durationText } from '../slack/time.ts';
import { writtenText } from './backup-inspect.ts';
import { type OffLine, readShown, runOffLine } from './backup-off-line.ts';

export function registerDiff(backup: Command, offLine: OffLine): void {
  backup
    .command('diff')
    .description('what is different between two backups: jobs, tasks, cron jobs, quotas, updates')
    .argument('<before>', 'the older file')
    .argument('<after>', 'the newer file')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', help)
    .action(async (before: string, after: string, options: { json?: true }, command: Command) => {
      const output = command.configureOutput();
      await runOffLine(
        offLine,
        (text) => output.writeErr?.(text),
        async (signal) => {
          const outlineOf = (file: string) =>
            collectOutline(readOutline(readShown(offLine, file, signal), file));
          const was = await outlineOf(before);
          const is = await outlineOf(after);
          const diff = diffOutlines(was, is);
          const files = { before: sideOf(before, was), after: sideOf(after, is) };
          const lines = [headLine(files), ...describeDiff(diff)];
          output.writeOut?.(
            `${options.json === true ? JSON.stringify({ ...files, diff }) : lines.join('\n')}\n`,
          );
          return isSame(diff) ? 'ok' : 'warning';
        },
      );
    });
}

interface Side {
  readonly file: string;
  readonly atMs: number | null;
}

function sideOf(file: string, { atMs }: ClusterOutline): Side {
  return { file, atMs };
}

function headLine({ before, after }: { before: Side; after: Side }): string {
  const name = ({ file, atMs }: Side): string => `${escaped(basename(file))} (${writtenText(atMs)})`;
  const apart = (after.atMs ?? 0) - (before.atMs ?? 0);
  const known = before.atMs !== null && after.atMs !== null;
  const words = known ? `: ${durationText(Math.abs(apart))} ${apart < 0 ? 'earlier' : 'later'}` : '';
  return `${name(before)} → ${name(after)}${words}`;
}

const help = `
+ created, - removed, ~ changed, on the way from the first to the second. Tasks that have ended are not
counted. "other configuration": some task runs with a configuration that the other backup has not.

Exit status: 0 when nothing is different, 1 when something is, 2 when a file is not a whole backup,
3 when one cannot be read; 130 after Ctrl-C.`;
